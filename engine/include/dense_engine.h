// Products of dense projections: activity (trial, unit) against weights (source, target), row-major.
// With one trial a matrix-matrix routine is slower than a loop that touches each weight once.
#ifndef ONTOGENY_DENSE_ENGINE_H
#define ONTOGENY_DENSE_ENGINE_H

#include <algorithm>
#include <cstdint>
#include <cstring>
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

// The signals of a row that are not 0, with their places; silent units cost nothing.
template <class T>
struct Active {
    std::vector<int> place;
    std::vector<T> signal;
    int count = 0;

    void read(const T* row, int units)
    {
        if ((int)place.size() < units) place.resize(units), signal.resize(units);
        int* __restrict__ places = place.data();
        T* __restrict__ signals = signal.data();
        int found = 0, i = 0;
        const int chunk = 16;  // silent stretches are passed over
        for (; i + chunk <= units; i += chunk)
        {
            int active = 0;
            for (int k = 0; k < chunk; k++) active += row[i + k] != T(0);
            if (!active) continue;
            for (int k = 0; k < chunk; k++)
            {
                places[found] = i + k;
                signals[found] = row[i + k];
                found += row[i + k] != T(0);
            }
        }
        for (; i < units; i++)
        {
            places[found] = i;
            signals[found] = row[i];
            found += row[i] != T(0);
        }
        count = found;
    }
};

// Sixty-four bytes, which the compiler maps to whatever registers there are.
template <class T>
struct Wide {
    typedef T Lanes __attribute__((vector_size(64)));
    static const int lanes = 64 / sizeof(T);
};

// The columns from `first` on, V registers wide, of out = sum_k signal(k) * row(place(k)). The last
// register may overlap the one before it, so that no column is left over.
template <int V, class T>
void sum_columns(const int* place, const T* signal, int count, const T* rows, int length, int first,
                 T* out)
{
    typedef typename Wide<T>::Lanes Lanes;
    Lanes sum[V] = {};
    int at[V];
    for (int v = 0; v < V; v++) at[v] = std::min(first + v * Wide<T>::lanes, length - Wide<T>::lanes);
    for (int k = 0; k < count; k++)
    {
        const T* row = rows + (int64_t)place[k] * length;
        for (int v = 0; v < V; v++)
        {
            Lanes weights;
            std::memcpy(&weights, row + at[v], sizeof weights);
            sum[v] += signal[k] * weights;
        }
    }
    for (int v = 0; v < V; v++) std::memcpy(out + at[v], &sum[v], sizeof sum[v]);
}

// out = sum_k signal(k) * row(place(k)), with the sums in registers.
template <class T>
void sum_rows(const int* place, const T* signal, int count, const T* rows, int length, T* out)
{
    const int lanes = Wide<T>::lanes;
    if (length < lanes)
    {
        std::fill(out, out + length, T(0));
        for (int k = 0; k < count; k++)
            for (int j = 0; j < length; j++) out[j] += signal[k] * rows[(int64_t)place[k] * length + j];
        return;
    }
    for (int first = 0; first < length; first += 4 * lanes)
    {
        const int left = (length - first + lanes - 1) / lanes;
        if (left >= 4)
            sum_columns<4>(place, signal, count, rows, length, first, out);
        else if (left == 3)
            sum_columns<3>(place, signal, count, rows, length, first, out);
        else if (left == 2)
            sum_columns<2>(place, signal, count, rows, length, first, out);
        else
            sum_columns<1>(place, signal, count, rows, length, first, out);
    }
}

// Whether so many signals are 0 that passing over them beats a dense product. Finding them has to
// pay off by rows of some length (measured: 784-100-10 loses, 784-1000-10 takes half the time).
template <class T>
bool is_sparse(const T* source, int64_t size, int length)
{
#ifdef ONTOGENY_CBLAS
    if (length < 256) return false;
    int64_t active = 0;
    for (int64_t i = 0; i < size; i++) active += source[i] != T(0);
    return active * 3 < size;
#else
    return true;
#endif
}

// target(trial, post) = sum_pre source(trial, pre) * w(pre, post)
template <class T>
void propagate_forwards(int trials, int pre, int post, const T* source, const T* w, T* target)
{
#ifdef ONTOGENY_CBLAS
    if (trials > 1 && !is_sparse(source, (int64_t)trials * pre, post))
        return gemm(plain, plain, trials, post, pre, source, pre, w, post, target, post);
#endif
    static Active<T> active;
    for (int t = 0; t < trials; t++)
    {
        active.read(source + (int64_t)t * pre, pre);
        sum_rows(active.place.data(), active.signal.data(), active.count, w, post,
                 target + (int64_t)t * post);
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

// The active trials of every source.
template <class T>
struct Columns {
    std::vector<int> count, place;
    std::vector<T> signal;

    void read(int trials, int pre, const T* a)
    {
        static Active<T> row;
        count.assign(pre, 0);
        place.resize((size_t)pre * trials);
        signal.resize((size_t)pre * trials);
        for (int t = 0; t < trials; t++)
        {
            row.read(a + (int64_t)t * pre, pre);
            const int* places = row.place.data();
            const T* signals = row.signal.data();
            for (int k = 0, found = row.count; k < found; k++)
            {
                const int i = places[k];
                const size_t at = (size_t)i * trials + count[i]++;
                place[at] = t;
                signal[at] = signals[k];
            }
        }
    }
};

// The sums of a row of synapses when there is one trial: made when they are read, kept nowhere.
template <class T>
struct Outer {
    T pre;
    const T* post;
    T operator[](int64_t k) const { return pre * post[k]; }
};

// g(pre, post) = a(pre) * b(post), row by row: use(begin, end, sums) is called for the synapses of each,
// with sums[0] that of the synapse `begin`. Sparse: synapses whose sum is 0 need no call.
template <class T, bool sparse, class Use>
void correlate_one(int pre, int post, const T* a, const T* b, const Use& use)
{
    for (int i = 0; i < pre; i++)
        if (!sparse || a[i] != T(0))
            use((int64_t)i * post, (int64_t)(i + 1) * post, Outer<T>{a[i], b});
}

// g(pre, post) = sum_trial a(trial, pre) * b(trial, post), some rows at a time: use(begin, end, sums)
// is called while their sums are in the cache.
template <class T, class Use>
void correlate_and(int trials, int pre, int post, const T* a, const T* b, const Use& use)
{
    // A dense product needs many rows to be fast; its result stays in the cache.
    const int rows = std::max(1, std::min(pre, 16384 / post));
    // Operations of different sizes may share it.
    static std::vector<T> sums;
    if (sums.size() < (size_t)rows * post) sums.resize((size_t)rows * post);
    const bool few = trials == 1 || is_sparse(a, (int64_t)trials * pre, post);
    static Columns<T> columns;
    if (few) columns.read(trials, pre, a);
    for (int begin = 0; begin < pre; begin += rows)
    {
        const int end = std::min(begin + rows, pre);
        if (few)
            for (int i = begin; i < end; i++)
            {
                const size_t at = (size_t)i * trials;
                sum_rows(&columns.place[at], &columns.signal[at], columns.count[i], b, post,
                         &sums[(size_t)(i - begin) * post]);
            }
#ifdef ONTOGENY_CBLAS
        else
            gemm(transposed, plain, end - begin, post, trials, a + begin, pre, b, post, sums.data(),
                 post);
#endif
        use((int64_t)begin * post, (int64_t)end * post, sums.data());
    }
}

// The same, stored.
template <class T>
void correlate(int trials, int pre, int post, const T* a, const T* b, T* g)
{
    correlate_and<T>(trials, pre, post, a, b, [g](int64_t begin, int64_t end, const T* sums) {
        std::copy(sums, sums + (end - begin), g + begin);
    });
}

}  // namespace dense_engine

#endif
