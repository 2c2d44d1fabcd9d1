// Counter-based noise, in loops that the compiler can vectorise; the NumPy twin is philox.py.
#ifndef ONTOGENY_NOISE_H
#define ONTOGENY_NOISE_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace dense_engine {

// Philox4x64-10 of Salmon et al. 2011.
inline void philox(uint64_t block, uint64_t seed, uint64_t stream, uint64_t words[4])
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

// The layout of a float type, and how far the series below go for its precision.
template <class T>
struct Layout;
template <>
struct Layout<float> {
    typedef int32_t Bits;
    static const int mantissa = 23, logarithmic = 4, trigonometric = 4;
    static const Bits root_half = 0x3f3504f3;
};
template <>
struct Layout<double> {
    typedef int64_t Bits;
    static const int mantissa = 52, logarithmic = 10, trigonometric = 8;
    static const Bits root_half = 0x3fe6a09e667f3bcd;
};

// log(x) of a positive, normal x: the logarithm of its power of two, plus the series
// 2 artanh(s) = 2 (s + s^3/3 + s^5/5 + ...) for the rest m, with s = (m - 1)/(m + 1), |s| < 0.172.
template <class T>
inline T logarithm(T x)
{
    typedef typename Layout<T>::Bits Bits;
    Bits bits;
    std::memcpy(&bits, &x, sizeof bits);
    bits -= Layout<T>::root_half;
    const Bits exponent = bits >> Layout<T>::mantissa;
    bits = (bits & (((Bits)1 << Layout<T>::mantissa) - 1)) + Layout<T>::root_half;
    T m;
    std::memcpy(&m, &bits, sizeof m);
    const T s = (m - T(1)) / (m + T(1)), z = s * s;
    T series = 0;
    #pragma GCC unroll 16
    for (int k = Layout<T>::logarithmic; k >= 0; k--) series = series * z + T(1) / T(2 * k + 1);
    return T(exponent) * T(0.693147180559945309417232121458L) + T(2) * s * series;
}

// Cosine and sine of u turns, 0 <= u <= 1: Taylor series within an eighth of a turn around 0, after
// a rotation by quarters.
template <class T>
inline void cosine_and_sine(T u, T& cosine, T& sine)
{
    const int quarter = int(u * T(4) + T(0.5));
    const T a = (u - T(quarter) * T(0.25)) * T(6.283185307179586476925286766559L), z = a * a;
    T c = 1, s = 1;
    #pragma GCC unroll 16
    for (int k = Layout<T>::trigonometric; k >= 1; k--)
    {
        c = T(1) - c * z * (T(1) / T((2 * k - 1) * (2 * k)));
        s = T(1) - s * z * (T(1) / T((2 * k) * (2 * k + 1)));
    }
    s *= a;
    const T first = quarter & 1 ? s : c, second = quarter & 1 ? c : s;
    cosine = quarter == 1 || quarter == 2 ? -first : first;
    sine = quarter == 2 || quarter == 3 ? -second : second;
}

// Two uniform numbers in (0, 1) of one word.
template <class T>
inline void uniforms(uint64_t word, T& one, T& two)
{
    const T step = T(1) / T(4294967296.);
    one = T(uint32_t(word >> 32)) * step + step / T(2);
    two = T(uint32_t(word)) * step + step / T(2);
}

// The noise of one presentation. Pair i gives the rates of units i and i + half.
template <class T>
void draw_noise(bool gaussian, int64_t seed, int64_t stream, int64_t presentation, int64_t units,
                T mean, T std_, T* rates)
{
    const int64_t half = (units + 1) / 2, blocks = (half + 3) / 4;
    const int chunk = 32;  // blocks whose numbers stay in the innermost cache
    uint64_t words[4 * chunk];
    T ones[4 * chunk], twos[4 * chunk];
    for (int64_t begin = 0; begin < blocks; begin += chunk)
    {
        const int64_t count = std::min((int64_t)chunk, blocks - begin);
        for (int64_t k = 0; k < count; k++)
            philox(presentation * blocks + begin + k, seed, stream, words + 4 * k);
        if (gaussian)
            for (int64_t k = 0; k < 4 * count; k++)
            {
                T one, two, cosine, sine;
                uniforms(words[k], one, two);
                cosine_and_sine(two, cosine, sine);
                const T radius = std::sqrt(T(-2) * logarithm(one));
                ones[k] = radius * cosine * std_ + mean;
                twos[k] = radius * sine * std_ + mean;
            }
        else
            for (int64_t k = 0; k < 4 * count; k++)
            {
                T one, two;
                uniforms(words[k], one, two);
                const T width = T(3.464101615137754587054892683012L);  // root of 12
                ones[k] = (one - T(0.5)) * width * std_ + mean;
                twos[k] = (two - T(0.5)) * width * std_ + mean;
            }
        const int64_t first = 4 * begin;
        std::copy_n(ones, std::min(4 * count, half - first), rates + first);
        std::copy_n(twos, std::min(4 * count, units - half - first), rates + half + first);
    }
}

inline int64_t draw_label(int64_t seed, int64_t stream, int64_t presentation, int64_t classes)
{
    uint64_t words[4];
    philox(presentation, seed, stream, words);
    return (int64_t)(((words[0] >> 32) * (uint64_t)classes) >> 32);
}

}  // namespace dense_engine

#endif
