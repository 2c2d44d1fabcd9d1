// Present stored stimuli or counter-based noise on a GPU; the C++ twin is stimuli.h.
#ifndef ONTOGENY_CUDA_STIMULI_H
#define ONTOGENY_CUDA_STIMULI_H

#include <map>
#include <string>
#include <vector>

#include "cuda_engine.h"
#include "cuda_noise.h"
#include "stimuli.h"

namespace dense_engine {

// What every trial gets beside its rates: the one-hot category, and its share of the sums.
template <class T>
__device__ void present_category(const Presentation& p, int64_t trial, int64_t category,
                                 int64_t label, int64_t active, T* targets, T* share)
{
    const bool shown = trial < active;
    targets[trial * p.classes + category] = T(shown && category == label);
    if (category == 0) share[trial] = shown ? T(1) / T(active) : T(0);
}

// Of each trial's threads, the first draw its noise, 8 numbers each; the others its category.
template <class T>
__global__ void present_noise_kernel(Presentation p, int64_t active, T* rates, T* targets, T* share)
{
    const int64_t half = (p.units + 1) / 2, blocks = (half + 3) / 4;
    const int64_t thread = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
    const int64_t trial = thread / (blocks + p.classes), part = thread % (blocks + p.classes);
    if (trial >= p.trials) return;
    const int64_t presentation = p.first + p.step * p.trials + trial;
    T* row = rates + trial * p.units;
    if (part >= blocks)
    {
        uint64_t words[4];
        device_philox(presentation, p.seed, 2 * p.stream + 1, words);
        const int64_t label = (int64_t)(((words[0] >> 32) * (uint64_t)p.classes) >> 32);
        present_category(p, trial, part - blocks, label, active, targets, share);
    }
    else if (trial < active)
        noise_block(p.noise == 1, p.seed, 2 * p.stream, presentation, part, p.units,
                    T(p.noise_mean), T(p.noise_std), row);
    else
        for (int64_t i = 4 * part; i < 4 * part + 4 && i < half; i++)
        {
            row[i] = T(0);
            if (half + i < p.units) row[half + i] = T(0);
        }
}

// Targets are one category for each stimulus, or real numbers, one for each output.
template <class T, class U>
__global__ void present_images_kernel(Presentation p, int64_t active, const U* images,
                                      const void* wanted, const int64_t* order, T* rates,
                                      T* targets, T* share)
{
    const int64_t thread = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
    const int64_t trial = thread / (p.units + p.classes), part = thread % (p.units + p.classes);
    if (trial >= p.trials) return;
    const int64_t stimulus = trial < active ? order[p.step * p.trials + trial] : 0;
    if (part >= p.units)
    {
        const int64_t output = part - p.units;
        const int64_t label = p.graded ? -1 : static_cast<const int64_t*>(wanted)[stimulus];
        present_category(p, trial, output, label, active, targets, share);
        if (p.graded && trial < active)
            targets[trial * p.classes + output] =
                static_cast<const T*>(wanted)[stimulus * p.classes + output];
    }
    else if (trial < active)
        rates[trial * p.units + part] =
            T(images[stimulus * p.units + part]) * T(p.scale) + T(p.shift);
    else
        rates[trial * p.units + part] = T(0);
}

// A file on the GPU.
struct Copied {
    void* memory = nullptr;
    int64_t since = 0;
};

// A file of the run's folder, copied to the GPU once, and again when it was replaced.
inline const void* copied(const std::string& path)
{
    static std::map<std::string, Copied> files;
    const Mapped& file = mapped(path);
    Copied& entry = files[path];
    if (entry.memory && entry.since == file.since) return entry.memory;
    check(cudaFree(entry.memory), "freeing stimuli");
    entry.memory = on_device<char>(file.bytes);
    entry.since = file.since;
    check(cudaMemcpy(entry.memory, file.data, file.bytes, cudaMemcpyHostToDevice), "copying stimuli");
    return entry.memory;
}

template <class T>
void present_images(const Presentation& p, int64_t active, const std::string& folder, T* rates,
                    T* targets, T* share)
{
    const std::string number = std::to_string(p.bank);
    const size_t bytes = mapped(folder + "bank_" + number).bytes;
    const size_t each = p.graded ? p.classes * sizeof(T) : sizeof(int64_t);
    const size_t stimuli = mapped(folder + "targets_" + number).bytes / each;
    const void* bank = copied(folder + "bank_" + number);
    const void* wanted = copied(folder + "targets_" + number);
    const int64_t* order = static_cast<const int64_t*>(copied(folder + "order"));
    const unsigned int blocks = blocks_for(p.trials * (p.units + p.classes));
    // Images are uint8 or of the program's float type; which one follows from the size of the bank.
    if (bytes == stimuli * p.units)
        present_images_kernel<<<blocks, THREADS>>>(
            p, active, static_cast<const uint8_t*>(bank), wanted, order, rates, targets, share);
    else if (bytes == stimuli * p.units * sizeof(T))
        present_images_kernel<<<blocks, THREADS>>>(
            p, active, static_cast<const T*>(bank), wanted, order, rates, targets, share);
    else
        fail("Unexpected size of", folder + "bank_" + number);
}

template <class T>
void append_from_device(const std::string& path, const T* values, size_t count)
{
    std::vector<T> copy(count);
    check(cudaMemcpy(copy.data(), values, count * sizeof(T), cudaMemcpyDeviceToHost), "recording");
    append(path, copy.data(), count);
}

// One launch for everything that a step presents.
template <class T>
void present_on_device(const Presentation& p, const std::string& folder, T* rates, T* targets,
                       T* share)
{
    const int64_t left = p.presentations - p.step * p.trials;
    const int64_t active = std::min(p.trials, std::max((int64_t)0, left));
    if (p.noise || !active)  // where nothing is left, nothing is read
    {
        const unsigned int blocks = blocks_for(p.trials * (((p.units + 1) / 2 + 3) / 4 + p.classes));
        present_noise_kernel<<<blocks, THREADS>>>(p, active, rates, targets, share);
    }
    else
        present_images(p, active, folder, rates, targets, share);
    if (p.record)
    {
        append_from_device(folder + "recorded_rates", rates, active * p.units);
        append_from_device(folder + "recorded_targets", targets, active * p.classes);
    }
}

}  // namespace dense_engine

#endif
