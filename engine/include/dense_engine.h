// Products of dense projections: activity (trial, unit) against weights (source, target), row-major.
// With one trial a matrix-matrix routine is slower than a loop that touches each weight once.
#ifndef ONTOGENY_DENSE_ENGINE_H
#define ONTOGENY_DENSE_ENGINE_H

#include <algorithm>
#include <cstdint>
#include <vector>

// ONTOGENY_CBLAS is what the names of the CBLAS functions begin with; not every library brings a
// header.
#ifdef ONTOGENY_CBLAS
#define ONTOGENY_JOIN_NOW(a, b) a##b
#define ONTOGENY_JOIN(a, b) ONTOGENY_JOIN_NOW(a, b)
#define ONTOGENY_SGEMM ONTOGENY_JOIN(ONTOGENY_CBLAS, sgemm)
#define ONTOGENY_DGEMM ONTOGENY_JOIN(ONTOGENY_CBLAS, dgemm)
extern "C" {
void ONTOGENY_SGEMM(int, int, int, int, int, int, float, const float*, int, const float*, int, float,
                    float*, int);
void ONTOGENY_DGEMM(int, int, int, int, int, int, double, const double*, int, const double*, int,
                    double, double*, int);
}
#endif

namespace dense_engine {

#ifdef ONTOGENY_CBLAS
enum { row_major = 101, plain = 111, transposed = 112 };

inline void gemm(int ta, int tb, int m, int n, int k, const float* a, int lda, const float* b, int ldb,
                 float* c, int ldc)
{
    ONTOGENY_SGEMM(row_major, ta, tb, m, n, k, 1.f, a, lda, b, ldb, 0.f, c, ldc);
}
inline void gemm(int ta, int tb, int m, int n, int k, const double* a, int lda, const double* b,
                 int ldb, double* c, int ldc)
{
    ONTOGENY_DGEMM(row_major, ta, tb, m, n, k, 1., a, lda, b, ldb, 0., c, ldc);
}
#endif

// target(trial, post) = sum_pre source(trial, pre) * w(pre, post)
template <class T>
void propagate_forwards(int trials, int pre, int post, const T* source, const T* w, T* target)
{
#ifdef ONTOGENY_CBLAS
    if (trials > 1)
        return gemm(plain, plain, trials, post, pre, source, pre, w, post, target, post);
#endif
    const int block = 8;  // rows of the target that stay in the cache while the weights pass by
    std::fill(target, target + (int64_t)trials * post, T(0));
    for (int first = 0; first < trials; first += block)
        for (int i = 0; i < pre; i++)
            for (int t = first; t < std::min(first + block, trials); t++)
            {
                const T r = source[(int64_t)t * pre + i];
                if (r == T(0)) continue;
                const T* row = w + (int64_t)i * post;
                T* __restrict__ out = target + (int64_t)t * post;
                for (int j = 0; j < post; j++) out[j] += r * row[j];
            }
}

// target(trial, pre) = sum_post source(trial, post) * w(pre, post)
template <class T>
void propagate_backwards(int trials, int pre, int post, const T* source, const T* w, T* target)
{
#ifdef ONTOGENY_CBLAS
    if (trials > 1)
        return gemm(plain, transposed, trials, pre, post, source, post, w, post, target, pre);
#endif
    for (int t = 0; t < trials; t++)
        for (int i = 0; i < pre; i++)
        {
            const T* row = w + (int64_t)i * post;
            const T* in = source + (int64_t)t * post;
            T sum = 0;
            for (int j = 0; j < post; j++) sum += row[j] * in[j];
            target[(int64_t)t * pre + i] = sum;
        }
}

// The rows begin ... end - 1 of g(pre, post) = sum_trial a(trial, pre) * b(trial, post)
template <class T>
void correlate_rows(int trials, int pre, int post, int begin, int end, const T* a, const T* b, T* g)
{
#ifdef ONTOGENY_CBLAS
    if (trials > 1)
        return gemm(transposed, plain, end - begin, post, trials, a + begin, pre, b, post, g, post);
#endif
    for (int i = begin; i < end; i++)
    {
        T* __restrict__ row = g + (int64_t)(i - begin) * post;
        const T first = a[i];
        for (int j = 0; j < post; j++) row[j] = first * b[j];
        for (int t = 1; t < trials; t++)
        {
            const T r = a[(int64_t)t * pre + i];
            if (r == T(0)) continue;
            const T* in = b + (int64_t)t * post;
            for (int j = 0; j < post; j++) row[j] += r * in[j];
        }
    }
}

template <class T>
void correlate(int trials, int pre, int post, const T* a, const T* b, T* g)
{
    correlate_rows(trials, pre, post, 0, pre, a, b, g);
}

// Correlate block by block, and call use(begin, end, sums) for the synapses of each while their sums
// are in the cache. Sparse: synapses whose sum is 0 need no call.
template <class T, bool sparse, class Use>
void correlate_and(int trials, int pre, int post, const T* a, const T* b, const Use& use)
{
    // A product needs many rows to be fast. With one trial a block is some vectors long, so that rows
    // of silent inputs can be passed over.
    const int most = trials > 1 ? 16384 : 64, rows = std::max(1, std::min(pre, most / post));
    static std::vector<T> sums((size_t)rows * post);
    for (int begin = 0; begin < pre; begin += rows)
    {
        const int end = std::min(begin + rows, pre);
        if (sparse)
        {
            bool silent = true;
            for (int t = 0; t < trials && silent; t++)
                for (int i = begin; i < end; i++) silent &= a[(int64_t)t * pre + i] == T(0);
            if (silent) continue;
        }
        correlate_rows(trials, pre, post, begin, end, a, b, sums.data());
        use((int64_t)begin * post, (int64_t)end * post, sums.data());
    }
}

}  // namespace dense_engine

#endif
