{# The program around the code objects: segment by segment, take what is given, run, hand over. #}
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>
#include "cuda_engine.h"
#include "segments.h"
{% for name in code_objects %}
#include "code_objects/{{name}}.h"
{% endfor %}

namespace brian {
std::string results_dir = "results/";
{% for array in arrays %}
{{array.type}}* {{array.name}};
{{array.type}}* dev{{array.name}};
{% endfor %}
}

namespace {

struct Array {
    const char* name;
    size_t count, size;
    bool numbered;
    void** host;
    void** device;
    char* values() const { return static_cast<char*>(*host); }
    size_t bytes() const { return count * size; }
};

using namespace brian;
const std::vector<Array> arrays = {
{% for array in arrays %}
    {"{{array.name}}", {{array.size}}, sizeof({{array.type}}), {{'true' if array.numbered else 'false'}},
     (void**)&{{array.name}}, (void**)&dev{{array.name}}},
{% endfor %}
};

void allocate()
{
    for (const Array& array : arrays)
    {
        *array.host = std::calloc(array.count + 1, array.size);
        *array.device = dense_engine::on_device<char>(array.bytes());
        if (!*array.host) dense_engine::fail("No memory for", array.name);
        if (array.numbered)  // the only such arrays are Brian2's 32-bit neuron numbers
            for (size_t i = 0; i < array.count; i++) ((int32_t*)array.values())[i] = int32_t(i);
    }
}

void copy(cudaMemcpyKind direction)
{
    const bool there = direction == cudaMemcpyHostToDevice;
    for (const Array& array : arrays)
        dense_engine::check(cudaMemcpy(there ? *array.device : *array.host,
                                       there ? *array.host : *array.device, array.bytes(), direction),
                            "copying arrays");
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc >= 3 && std::string(argv[1]) == "--results_dir") results_dir = argv[2];
    dense_engine::check(cudaSetDevice(0), "looking for a GPU");
    allocate();
    {{clock.dt}}[0] = {{dt}};
    std::vector<dense_engine::Memory> memory;
    for (const Array& array : arrays) memory.push_back({array.values(), array.bytes()});
    dense_engine::Segments segments(results_dir + "exchange", memory, { {{exchanged}} });
    while (segments.begin())
    {
        copy(cudaMemcpyHostToDevice);
        const int64_t steps = {{steps}}[0];
        int64_t step = 0;
        for (; step < steps; step++)
        {
            {{clock.timestep}}[0] = step;
            {{clock.t}}[0] = double(step) * {{clock.dt}}[0];
{% for name in code_objects %}
            _run_{{name}}();
{% endfor %}
        }
        dense_engine::check(cudaDeviceSynchronize(), "a step");
        copy(cudaMemcpyDeviceToHost);
        {{clock.timestep}}[0] = step;
        segments.end();
    }
    return 0;
}
