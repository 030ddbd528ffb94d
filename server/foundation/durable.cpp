#include "foundation/durable.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace keepword {

bool sync_to_disk(std::filesystem::path const& file_or_folder) {
    int const descriptor = ::open(file_or_folder.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    bool const synced = ::fsync(descriptor) == 0;
    int const why = errno;
    ::close(descriptor);
    errno = why;
    return synced;
}

Scratch::~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

}  // namespace keepword
