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
    static std::vector<int> active;  // silent sources cost nothing
    for (int t = 0; t < trials; t++)
    {
        const T* in = source + (int64_t)t * pre;
        T* __restrict__ out = target + (int64_t)t * post;
        active.clear();
        for (int i = 0; i < pre; i++)
            if (in[i] != T(0)) active.push_back(i);
        std::fill(out, out + post, T(0));
        size_t k = 0;
        // Four rows of weights at a time: the target is read and written a quarter as often.
        for (; k + 4 <= active.size(); k += 4)
        {
            const int *i = active.data() + k;
            const T r0 = in[i[0]], r1 = in[i[1]], r2 = in[i[2]], r3 = in[i[3]];
            const T *w0 = w + (int64_t)i[0] * post, *w1 = w + (int64_t)i[1] * post,
                    *w2 = w + (int64_t)i[2] * post, *w3 = w + (int64_t)i[3] * post;
            for (int j = 0; j < post; j++) out[j] += (r0 * w0[j] + r1 * w1[j]) + (r2 * w2[j] + r3 * w3[j]);
        }
        for (; k < active.size(); k++)
        {
            const T r = in[active[k]];
            const T* row = w + (int64_t)active[k] * post;
            for (int j = 0; j < post; j++) out[j] += r * row[j];
        }
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

// The sums of a row of synapses when there is one trial: made when they are read, kept nowhere.
template <class T>
struct Outer {
    T pre;
    const T* post;
    T operator[](int64_t k) const { return pre * post[k]; }
};

// Correlate block by block, and call use(begin, end, sums) for the synapses of each while their sums
// are in the cache, with sums[0] that of the synapse `begin`. Sparse: synapses whose sum is 0 need no
// call. Writes: the call changes the sums.
template <class T, bool sparse, bool writes, class Use>
void correlate_and(int trials, int pre, int post, const T* a, const T* b, const Use& use)
{
    if constexpr (!writes)
        if (trials == 1)
        {
            for (int i = 0; i < pre; i++)
                if (!sparse || a[i] != T(0))
                    use((int64_t)i * post, (int64_t)(i + 1) * post, Outer<T>{a[i], b});
            return;
        }
    // A product needs many rows to be fast; its result stays in the cache.
    const int rows = std::max(1, std::min(pre, 16384 / post));
    static std::vector<T> sums((size_t)rows * post);
    for (int begin = 0; begin < pre; begin += rows)
    {
        const int end = std::min(begin + rows, pre);
        correlate_rows(trials, pre, post, begin, end, a, b, sums.data());
        use((int64_t)begin * post, (int64_t)end * post, sums.data());
    }
}

}  // namespace dense_engine

#endif
