#pragma once
#include <cerrno>
#include <cstring>
#include <string>

namespace keepword {

// What the system says of the call that has just failed (errno), from any thread.
inline std::string system_error() {
    char const* const known = ::strerrordesc_np(errno);
    return known != nullptr ? known : "error " + std::to_string(errno);
}

}  // namespace keepword
