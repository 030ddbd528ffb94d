#pragma once
#include <fmt/core.h>

#include <string>
#include <string_view>

// The log is for whoever runs the system: no secrets and no personal text go into it. Lines on standard error.
namespace keepword::log {

enum class Level { debug, info, warning, error };

void write(Level level, std::string_view message);  // one line; below the set level, nothing
void set_level(Level level);

template <class... A>
void info(fmt::format_string<A...> format, A&&... args) {  // the format is checked when compiled
    write(Level::info, fmt::format(format, std::forward<A>(args)...));
}
template <class... A>
void warning(fmt::format_string<A...> format, A&&... args) {
    write(Level::warning, fmt::format(format, std::forward<A>(args)...));
}
template <class... A>
void error(fmt::format_string<A...> format, A&&... args) {
    write(Level::error, fmt::format(format, std::forward<A>(args)...));
}
template <class... A>
void debug(fmt::format_string<A...> format, A&&... args) {
    write(Level::debug, fmt::format(format, std::forward<A>(args)...));
}

}  // namespace keepword::log
