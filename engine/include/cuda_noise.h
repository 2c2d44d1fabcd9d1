// Counter-based noise on a GPU; the C++ twin is noise.h.
#ifndef ONTOGENY_CUDA_NOISE_H
#define ONTOGENY_CUDA_NOISE_H

#include <cmath>
#include <cstdint>

#include "cuda_engine.h"

namespace dense_engine {

// Philox4x64-10 of Salmon et al. 2011.
__device__ inline void device_philox(uint64_t block, uint64_t seed, uint64_t stream,
                                     uint64_t words[4])
{
    uint64_t c0 = block, c1 = 0, c2 = 0, c3 = 0, k0 = seed, k1 = stream;
    for (int round = 0; round < 10; round++)
    {
        const unsigned __int128 p0 = (unsigned __int128)0xD2E7470EE14C6C93ULL * c0;
        const unsigned __int128 p1 = (unsigned __int128)0xCA5A826395121157ULL * c2;
        const uint64_t n0 = (uint64_t)(p1 >> 64) ^ c1 ^ k0;
        const uint64_t n2 = (uint64_t)(p0 >> 64) ^ c3 ^ k1;
        c1 = (uint64_t)p1;
        c3 = (uint64_t)p0;
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B97F4A7C15ULL;
        k1 += 0xBB67AE8584CAA73BULL;
    }
    words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}

// One of the blocks of 8 numbers that a presentation's noise consists of.
template <class T>
__device__ void noise_block(bool gaussian, int64_t seed, int64_t stream, int64_t presentation,
                            int64_t block, int64_t units, T mean, T std_, T* rates)
{
    const int64_t half = (units + 1) / 2, blocks = (half + 3) / 4;
    const T step = T(1) / T(4294967296.);
    const T width = T(3.46410161513775458705), turn = T(6.28318530717958647693);  // sqrt(12), 2*pi
    uint64_t words[4];
    device_philox(presentation * blocks + block, seed, stream, words);
    for (int64_t k = 0, i = 4 * block; k < 4 && i < half; k++, i++)
    {
        T one = T(uint32_t(words[k] >> 32)) * step + step / T(2);
        T two = T(uint32_t(words[k])) * step + step / T(2);
        if (gaussian)
        {
            const T radius = sqrt(T(-2) * log(one)), angle = turn * two;
            one = radius * cos(angle);
            two = radius * sin(angle);
        }
        else
        {
            one = (one - T(0.5)) * width;
            two = (two - T(0.5)) * width;
        }
        rates[i] = one * std_ + mean;
        if (half + i < units) rates[half + i] = two * std_ + mean;
    }
}

// Standard deviates of consecutive presentations, one row of units for each; a thread draws 8 numbers.
template <class T>
__global__ void deviates_kernel(bool gaussian, int64_t seed, int64_t stream, int64_t first,
                                int64_t rows, int64_t units, T* values)
{
    const int64_t blocks = ((units + 1) / 2 + 3) / 4;
    const int64_t thread = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
    const int64_t row = thread / blocks, block = thread % blocks;
    if (row >= rows) return;
    noise_block(gaussian, seed, stream, first + row, block, units, T(0), T(1),
                values + row * units);
}

}  // namespace dense_engine

#endif
