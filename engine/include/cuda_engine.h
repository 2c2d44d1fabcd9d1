// Products of dense projections on a GPU; the C++ twin is dense_engine.h.
// Every sum is taken by one block in a fixed order, without atomics: results do not change from run
// to run. One barrier in a block, none within a warp.
#ifndef ONTOGENY_CUDA_ENGINE_H
#define ONTOGENY_CUDA_ENGINE_H

#include <cuda_runtime.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace dense_engine {

constexpr int LANES = 32;              // neighbouring threads read neighbouring numbers
constexpr int ROWS = 8;                // threads of a block: LANES * ROWS
constexpr int GROUP = 8;               // trials that share every weight that is read
constexpr int THREADS = LANES * ROWS;

inline void check(cudaError_t error, const char* what)
{
    if (error == cudaSuccess) return;
    std::fprintf(stderr, "CUDA failed in %s: %s\n", what, cudaGetErrorString(error));
    std::exit(1);
}

inline int64_t ceiling(int64_t number, int64_t divisor) { return (number + divisor - 1) / divisor; }

inline unsigned int blocks_for(int64_t threads)
{
    return static_cast<unsigned int>(ceiling(threads, THREADS));
}

template <class T>
T* on_device(size_t count)
{
    void* memory = nullptr;
    check(cudaMalloc(&memory, (count ? count : 1) * sizeof(T)), "an allocation");
    return static_cast<T*>(memory);
}

// Stands for an array of which each thread only ever touches one element, kept in a register.
template <class T>
struct InRegister {
    T* value;
    template <class I>
    __device__ T& operator[](I) const { return *value; }
};

// target(trial, post) = sum_pre source(trial, pre) * w(pre, post)
// A block sums for LANES units in GROUP trials; each row of threads takes every ROWS-th source.
template <class T>
__global__ void propagate_forwards_kernel(int trials, int pre, int post, const T* source, const T* w,
                                          T* target)
{
    __shared__ T parts[GROUP][ROWS][LANES];
    const int lane = threadIdx.x % LANES, row = threadIdx.x / LANES;
    const int columns = (post + LANES - 1) / LANES;
    const int j = (blockIdx.x % columns) * LANES + lane;
    const int first = (blockIdx.x / columns) * GROUP;
    T sums[GROUP] = {};
    if (j < post)
#pragma unroll 4
        for (int i = row; i < pre; i += ROWS)
        {
            const T weight = w[(int64_t)i * post + j];
#pragma unroll
            for (int t = 0; t < GROUP; t++)
                if (first + t < trials) sums[t] += source[(int64_t)(first + t) * pre + i] * weight;
        }
#pragma unroll
    for (int t = 0; t < GROUP; t++) parts[t][row][lane] = sums[t];
    __syncthreads();
    for (int t = row; t < GROUP; t += ROWS)
        if (j < post && first + t < trials)
        {
            T sum = 0;
            for (int r = 0; r < ROWS; r++) sum += parts[t][r][lane];
            target[(int64_t)(first + t) * post + j] = sum;
        }
}

// target(trial, pre) = sum_post source(trial, post) * w(pre, post)
// A block sums for ROWS units in GROUP trials; the lanes of a row share out the weights of a unit.
template <class T>
__global__ void propagate_backwards_kernel(int trials, int pre, int post, const T* source,
                                           const T* w, T* target)
{
    __shared__ T parts[GROUP][ROWS][LANES + 1];
    const int lane = threadIdx.x % LANES, row = threadIdx.x / LANES;
    const int rows = (pre + ROWS - 1) / ROWS;
    const int begin = (blockIdx.x % rows) * ROWS, first = (blockIdx.x / rows) * GROUP;
    T sums[GROUP] = {};
    if (begin + row < pre)
#pragma unroll 4
        for (int j = lane; j < post; j += LANES)
        {
            const T weight = w[(int64_t)(begin + row) * post + j];
#pragma unroll
            for (int t = 0; t < GROUP; t++)
                if (first + t < trials) sums[t] += source[(int64_t)(first + t) * post + j] * weight;
        }
#pragma unroll
    for (int t = 0; t < GROUP; t++) parts[t][row][lane] = sums[t];
    __syncthreads();
    for (int k = threadIdx.x; k < GROUP * ROWS; k += THREADS)
    {
        const int t = k / ROWS, r = k % ROWS;
        if (begin + r >= pre || first + t >= trials) continue;
        T sum = 0;
        for (int l = 0; l < LANES; l++) sum += parts[t][r][l];
        target[(int64_t)(first + t) * pre + begin + r] = sum;
    }
}

template <class T>
void propagate_forwards(int trials, int pre, int post, const T* source, const T* w, T* target)
{
    const unsigned int blocks = ceiling(post, LANES) * ceiling(trials, GROUP);
    propagate_forwards_kernel<<<blocks, THREADS>>>(trials, pre, post, source, w, target);
}

template <class T>
void propagate_backwards(int trials, int pre, int post, const T* source, const T* w, T* target)
{
    const unsigned int blocks = ceiling(pre, ROWS) * ceiling(trials, GROUP);
    propagate_backwards_kernel<<<blocks, THREADS>>>(trials, pre, post, source, w, target);
}

}  // namespace dense_engine

#endif
