#include "foundation/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace keepword::log {
namespace {

// The one logger of the process: spdlog keeps it, so that this file holds no state of its own.
spdlog::logger& logger() {
    static auto const instance = [] {
        auto made = spdlog::stderr_logger_mt("keepword");
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum translate(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warning:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

}  // namespace

void write(Level level, std::string_view message) {
    logger().log(translate(level), message);
}
void set_level(Level level) {
    logger().set_level(translate(level));
}

}  // namespace keepword::log
