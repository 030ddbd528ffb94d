#include "embedded/embedded.hpp"

namespace keepword::embedded {

std::optional<std::string_view> find(std::string_view path) {
    for (File const& file : all()) {
        if (file.path == path) return file.bytes;
    }
    return std::nullopt;
}

std::vector<File> below(std::string_view prefix) {
    std::vector<File> found;
    for (File const& file : all()) {
        if (file.path.starts_with(prefix)) found.push_back(file);
    }
    return found;
}

}  // namespace keepword::embedded
