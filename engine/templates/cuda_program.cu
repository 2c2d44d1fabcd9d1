{# The program around the code objects: read what the command line names, run the steps, write. #}
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>
#include "cuda_engine.h"
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
    std::string name, file;
    size_t count, size;
    bool real, numbered;
    void** host;
    void** device;
    char* values() const { return static_cast<char*>(*host); }
    size_t bytes() const { return count * size; }
};

using namespace brian;
const std::vector<Array> arrays = {
{% for array in arrays %}
    {"{{array.label}}", "{{array.file}}", {{array.size}}, sizeof({{array.type}}),
     {{'true' if array.real else 'false'}}, {{'true' if array.numbered else 'false'}},
     (void**)&{{array.name}}, (void**)&dev{{array.name}}},
{% endfor %}
};

void fail(const std::string& what, const std::string& which)
{
    std::fprintf(stderr, "%s '%s': %s\n", what.c_str(), which.c_str(), std::strerror(errno));
    std::exit(1);
}

void allocate()
{
    for (const Array& array : arrays)
    {
        *array.host = std::calloc(array.count + 1, array.size);
        *array.device = dense_engine::on_device<char>(array.bytes());
        if (!*array.host) fail("No memory for", array.name);
        if (array.numbered)  // the only such arrays are Brian2's 32-bit neuron numbers
            for (size_t i = 0; i < array.count; i++) ((int32_t*)array.values())[i] = int32_t(i);
    }
}

void read(const Array& array, const std::string& path)
{
    FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) fail("Cannot open", path);
    if (std::fread(array.values(), 1, array.bytes(), file) != array.bytes() || std::fgetc(file) != EOF)
        fail("Expected " + std::to_string(array.bytes()) + " bytes in", path);
    std::fclose(file);
}

// A scalar's value may be given as a number; anything else is the name of a file.
bool read_number(const Array& array, const std::string& text)
{
    if (array.count != 1 || text.empty()) return false;
    char* end = nullptr;
    const double real = std::strtod(text.c_str(), &end);
    if (*end) return false;
    const int64_t whole = std::strtoll(text.c_str(), nullptr, 10);
    if (array.real && array.size == sizeof(double)) *(double*)array.values() = real;
    else if (array.real) *(float*)array.values() = float(real);
    else if (array.size == sizeof(int64_t)) *(int64_t*)array.values() = whole;
    else if (array.size == sizeof(int32_t)) *(int32_t*)array.values() = int32_t(whole);
    else *array.values() = char(whole);
    return true;
}

void assign(const std::string& argument)
{
    const size_t sign = argument.find('=');
    for (const Array& array : arrays)
        if (sign != std::string::npos && array.name == argument.substr(0, sign))
        {
            const std::string value = argument.substr(sign + 1);
            if (!read_number(array, value)) read(array, value);
            return;
        }
    errno = EINVAL;
    fail("Cannot set", argument);
}

void copy(cudaMemcpyKind direction)
{
    const bool there = direction == cudaMemcpyHostToDevice;
    for (const Array& array : arrays)
        dense_engine::check(cudaMemcpy(there ? *array.device : *array.host,
                                       there ? *array.host : *array.device, array.bytes(), direction),
                            "copying arrays");
}

void write()
{
    for (const Array& array : arrays)
    {
        const std::string path = results_dir + array.file;
        FILE* file = std::fopen(path.c_str(), "wb");
        if (!file || std::fwrite(array.values(), 1, array.bytes(), file) != array.bytes() ||
            std::fclose(file) != 0)
            fail("Cannot write", path);
    }
}

}  // namespace

int main(int argc, char** argv)
{
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() >= 2 && arguments[0] == "--results_dir")
    {
        results_dir = arguments[1];
        arguments.erase(arguments.begin(), arguments.begin() + 2);
    }
    dense_engine::check(cudaSetDevice(0), "looking for a GPU");
    allocate();
    for (const std::string& argument : arguments) assign(argument);
    {{clock.dt}}[0] = {{dt}};
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
    {{clock.t}}[0] = double(step) * {{clock.dt}}[0];
    write();
    return 0;
}
