#pragma once
#include <fmt/core.h>

#include <string>
#include <string_view>

// The log is for whoever runs the system: no secrets and no personal text go into it. Lines on standard error.
namespace keepword::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

// What a line is about, by ids that the program gave itself; empty where it is about none.
struct About {
    std::string_view request;
    std::string_view case_id;
};

// One line, whatever is in the message; below the set level, nothing. As JSON an object with time, level, message, and
// request and case where there is one.
void write(Level level, std::string_view message, About const& about = {});
// Whether a line of this level is written at all: for whoever has work to do for it first.
bool writes(Level level);
void set_level(Level level);
void set_format(Format format);

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
void error(About const& about, fmt::format_string<A...> format, A&&... args) {
    write(Level::error, fmt::format(format, std::forward<A>(args)...), about);
}
template <class... A>
void debug(fmt::format_string<A...> format, A&&... args) {
    if (writes(Level::debug)) write(Level::debug, fmt::format(format, std::forward<A>(args)...));
}

}  // namespace keepword::log
