// A program that lives from segment to segment: what goes in and out of each lies in a file that it
// shares with the process that started it; requests come, and answers go, through pipes.
#ifndef ONTOGENY_SEGMENTS_H
#define ONTOGENY_SEGMENTS_H

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace dense_engine {

inline void fail(const std::string& what, const std::string& path)
{
    std::fprintf(stderr, "%s '%s'\n", what.c_str(), path.c_str());
    std::exit(1);
}

// Number of the segment that runs; files may have been replaced between two.
inline int64_t& current_segment()
{
    static int64_t number = 0;
    return number;
}

// The memory of an array.
struct Memory {
    void* data;
    size_t bytes;
};

// An array that lies in the shared file too.
struct Exchanged {
    Memory memory;
    size_t offset;
    bool given, returned;
};

// Every segment finds the arrays as they were when the program began, but for those that are given.
class Segments {
public:
    Segments(const std::string& path, const std::vector<Memory>& arrays,
             std::vector<Exchanged> shared)
        : exchanged(std::move(shared)), answers(dup(1))
    {
        dup2(2, 1);  // whatever is printed is no answer
        for (const Memory& array : arrays) remember(array);
        map(path);
    }

    // Wait for a request; false when there will be none, since the other end is closed.
    bool begin()
    {
        char request;
        ssize_t count;
        do count = read(0, &request, 1);
        while (count < 0 && errno == EINTR);
        if (count != 1) return false;
        current_segment()++;
        for (const auto& [array, values] : initial)
            if (values.empty())
                std::memset(array.data, 0, array.bytes);
            else
                std::memcpy(array.data, values.data(), array.bytes);
        for (const Exchanged& entry : exchanged)
            if (entry.given)
                std::memcpy(entry.memory.data, file + entry.offset, entry.memory.bytes);
        return true;
    }

    // Hand over the results, and say so.
    void end()
    {
        for (const Exchanged& entry : exchanged)
            if (entry.returned)
                std::memcpy(file + entry.offset, entry.memory.data, entry.memory.bytes);
        if (write(answers, ".", 1) != 1) std::exit(1);
    }

private:
    std::vector<Exchanged> exchanged;
    std::vector<std::pair<Memory, std::vector<char>>> initial;  // no values: all are 0
    int answers;
    char* file = nullptr;

    void remember(const Memory& array)
    {
        for (const Exchanged& entry : exchanged)
            if (entry.given && entry.memory.data == array.data) return;
        const char* data = static_cast<const char*>(array.data);
        const bool zero = std::all_of(data, data + array.bytes, [](char byte) { return byte == 0; });
        initial.emplace_back(array, zero ? std::vector<char>()
                                         : std::vector<char>(data, data + array.bytes));
    }

    void map(const std::string& path)
    {
        size_t bytes = 0;
        for (const Exchanged& entry : exchanged)
            bytes = std::max(bytes, entry.offset + entry.memory.bytes);
        const int opened = open(path.c_str(), O_RDWR);
        struct stat status;
        if (opened < 0 || fstat(opened, &status) != 0) fail("Cannot open", path);
        if (static_cast<size_t>(status.st_size) != bytes) fail("Unexpected size of", path);
        void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
        close(opened);
        if (memory == MAP_FAILED) fail("Cannot map", path);
        file = static_cast<char*>(memory);
    }
};

}  // namespace dense_engine

#endif
