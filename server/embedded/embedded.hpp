#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

// The data files inside the binary: processes, forms, calendars, migrations, the web client.
namespace keepword::embedded {

struct File {
    std::string_view path;  // relative to the source tree; the web client's files are under `web/`
    std::string_view bytes;
};

// All files in order of their path (the web client's after the others).
std::span<File const> all();

// The file of exactly this path.
std::optional<std::string_view> find(std::string_view path);

// The files whose path begins with `prefix`, in order.
std::vector<File> below(std::string_view prefix);

}  // namespace keepword::embedded
