// The Moore-Penrose inverse; the NumPy twin is pseudo_inverse.py.
#ifndef ONTOGENY_PSEUDO_INVERSE_H
#define ONTOGENY_PSEUDO_INVERSE_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace dense_engine {

// Turn two columns (rows in memory) so that they are orthogonal; says whether that was needed.
inline bool orthogonalise(double* a, double* b, double* va, double* vb, int64_t length,
                          int64_t count)
{
    double aa = 0, bb = 0, ab = 0;
    for (int64_t k = 0; k < length; k++)
    {
        aa += a[k] * a[k];
        bb += b[k] * b[k];
        ab += a[k] * b[k];
    }
    const double rounding = std::numeric_limits<double>::epsilon() * std::sqrt(double(length));
    if (std::fabs(ab) <= rounding * std::sqrt(aa) * std::sqrt(bb)) return false;
    const double zeta = (bb - aa) / (2 * ab);
    const double tangent = (zeta < 0 ? -1 : 1) / (std::fabs(zeta) + std::hypot(1, zeta));
    const double cosine = 1 / std::hypot(1, tangent), sine = cosine * tangent;
    const auto turn = [=](double* x, double* y, int64_t n) {
        for (int64_t k = 0; k < n; k++)
        {
            const double old = x[k];
            x[k] = cosine * old - sine * y[k];
            y[k] = sine * old + cosine * y[k];
        }
    };
    turn(a, b, length);
    turn(va, vb, count);
    return true;
}

// inverse(columns, rows) of matrix(rows, columns), both row-major, in double arithmetic: columns are
// turned until they are orthogonal (one-sided Jacobi method, Hestenes 1958, "Inversion of matrices by
// biorthogonalization and related results"), A V = U S, and then the inverse is V S^-1 U^T. Singular
// values up to max(rows, columns)*epsilon of the largest, with epsilon that of T, count as 0.
template <class T>
void pseudo_inverse(int64_t rows, int64_t columns, const T* matrix, T* inverse)
{
    if (!std::all_of(matrix, matrix + rows * columns, [](T x) { return std::isfinite(x); }))
    {
        std::fill(inverse, inverse + rows * columns, std::numeric_limits<T>::quiet_NaN());
        return;
    }
    // The shorter side is turned: of a wide matrix its transpose, whose inverse is the transpose.
    const bool wide = columns > rows;
    const int64_t count = wide ? rows : columns, length = wide ? columns : rows;
    std::vector<double> a(count * length), v(count * count, 0.);
    double largest = 0;
    for (int64_t j = 0; j < count; j++)
    {
        v[j * count + j] = 1;
        for (int64_t k = 0; k < length; k++)
        {
            a[j * length + k] = wide ? matrix[j * columns + k] : matrix[k * columns + j];
            largest = std::max(largest, std::fabs(a[j * length + k]));
        }
    }
    std::fill(inverse, inverse + rows * columns, T(0));
    if (largest == 0) return;
    for (double& x : a) x /= largest;  // squares neither overflow nor vanish
    bool turned = true;
    for (int sweep = 0; turned && sweep < 60; sweep++)
    {
        turned = false;
        for (int64_t i = 0; i < count; i++)
            for (int64_t j = i + 1; j < count; j++)
                turned |= orthogonalise(&a[i * length], &a[j * length], &v[i * count],
                                        &v[j * count], length, count);
    }
    std::vector<double> square(count, 0.);
    for (int64_t j = 0; j < count; j++)
        for (int64_t k = 0; k < length; k++) square[j] += a[j * length + k] * a[j * length + k];
    const double cut = std::sqrt(*std::max_element(square.begin(), square.end())) *
                       double(length) * double(std::numeric_limits<T>::epsilon());
    std::vector<double> result(count * length, 0.);
    for (int64_t j = 0; j < count; j++)
    {
        if (std::sqrt(square[j]) <= cut) continue;
        for (int64_t i = 0; i < count; i++)
        {
            const double factor = v[j * count + i] / square[j];
            for (int64_t k = 0; k < length; k++)
                result[i * length + k] += factor * a[j * length + k];
        }
    }
    for (int64_t i = 0; i < count; i++)
        for (int64_t k = 0; k < length; k++)
            inverse[wide ? k * rows + i : i * rows + k] = T(result[i * length + k] / largest);
}

}  // namespace dense_engine

#endif
