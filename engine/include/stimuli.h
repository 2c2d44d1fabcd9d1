// Present stored stimuli or noise; the NumPy twin is source.py.
#ifndef ONTOGENY_STIMULI_H
#define ONTOGENY_STIMULI_H

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __SSE2__
#include <xmmintrin.h>
#endif

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "noise.h"
#include "segments.h"

namespace dense_engine {

struct Presentation {
    int64_t trials, units, classes, step;
    int64_t bank, noise, seed, stream, first, presentations, graded, record;
    double noise_mean, noise_std, scale, shift;
};

// A file of the run's folder, mapped and kept: stimuli are neither copied nor converted.
struct Mapped {
    const void* data = nullptr;
    size_t bytes = 0;
    int64_t since = 0;    // the segment in which this content was first read
    int64_t checked = 0;  // the last segment in which it was found to be there still
    ino_t inode = 0;
};

// A file that was replaced is another one; while the old one is mapped, its number is not used again.
inline void map_again(Mapped& entry, const std::string& path)
{
    const int file = open(path.c_str(), O_RDONLY);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) fail("Cannot open", path);
    if (!entry.data || entry.inode != status.st_ino)
    {
        if (entry.data) munmap(const_cast<void*>(entry.data), entry.bytes);
        entry.inode = status.st_ino;
        entry.bytes = status.st_size;
        entry.since = current_segment();
        entry.data = mmap(nullptr, entry.bytes, PROT_READ, MAP_SHARED, file, 0);
    }
    close(file);
    if (entry.data == MAP_FAILED) fail("Cannot map", path);
    entry.checked = current_segment();
}

inline const Mapped& mapped(const std::string& path)
{
    static std::map<std::string, Mapped> files;
    Mapped& entry = files[path];
    if (!entry.data || entry.checked != current_segment()) map_again(entry, path);
    return entry;
}

template <class T, class U>
void copy_image(const Presentation& p, const void* bank, int64_t row, T* rates)
{
    const U* __restrict__ image = static_cast<const U*>(bank) + row * p.units;
    T* __restrict__ into = rates;
    const T scale = T(p.scale), shift = T(p.shift);
    const int64_t units = p.units;
    for (int64_t i = 0; i < units; i++) into[i] = T(image[i]) * scale + shift;
}

// Images are uint8 or of the program's float type; which one follows from the size of the bank. Its
// targets are one category for each stimulus, or real numbers, one for each output.
template <class T>
void present_image(const Presentation& p, const std::string& folder, int64_t position, T* rates,
                   T* targets)
{
    const std::string number = std::to_string(p.bank);
    const Mapped& bank = mapped(folder + "bank_" + number);
    const Mapped& wanted = mapped(folder + "targets_" + number);
    const Mapped& order = mapped(folder + "order");
    const int64_t row = static_cast<const int64_t*>(order.data)[position];
    const size_t stimuli = wanted.bytes / (p.graded ? p.classes * sizeof(T) : sizeof(int64_t));
    if (bank.bytes == stimuli * p.units)
        copy_image<T, uint8_t>(p, bank.data, row, rates);
    else if (bank.bytes == stimuli * p.units * sizeof(T))
        copy_image<T, T>(p, bank.data, row, rates);
    else
        fail("Unexpected size of", folder + "bank_" + number);
    if (p.graded)
        std::copy_n(static_cast<const T*>(wanted.data) + row * p.classes, p.classes, targets);
    else
        targets[static_cast<const int64_t*>(wanted.data)[row]] = T(1);
}

template <class T>
void append(const std::string& path, const T* values, size_t count)
{
    FILE* file = std::fopen(path.c_str(), "ab");
    if (!file || std::fwrite(values, sizeof(T), count, file) != count || std::fclose(file) != 0)
        fail("Cannot write", path);
}

// Moments of synapses that rest decay towards 0; below the normal numbers, where every operation takes
// much longer, they are 0.
inline void flush_denormals()
{
#ifdef __SSE2__
    _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

template <class T>
void present(const Presentation& p, const std::string& folder, T* rates, T* targets, T* share)
{
    flush_denormals();
    const int64_t begin = p.step * p.trials;
    const int64_t active = std::min(p.trials, std::max((int64_t)0, p.presentations - begin));
    std::fill(targets, targets + p.trials * p.classes, T(0));
    for (int64_t j = 0; j < active; j++)
    {
        T* row = rates + j * p.units;
        T* wanted = targets + j * p.classes;
        if (p.noise)
        {
            const int64_t presentation = p.first + begin + j;
            draw_noise<T>(p.noise == 1, p.seed, 2 * p.stream, presentation, p.units, p.noise_mean,
                          p.noise_std, row);
            wanted[draw_label(p.seed, 2 * p.stream + 1, presentation, p.classes)] = T(1);
        }
        else
            present_image(p, folder, begin + j, row, wanted);
        share[j] = T(1) / T(active);
    }
    std::fill(rates + active * p.units, rates + p.trials * p.units, T(0));
    std::fill(share + active, share + p.trials, T(0));
    if (p.record)
    {
        append(folder + "recorded_rates", rates, active * p.units);
        append(folder + "recorded_targets", targets, active * p.classes);
    }
}

}  // namespace dense_engine

#endif
