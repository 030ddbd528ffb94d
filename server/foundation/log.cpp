#include "foundation/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>

#include "foundation/json.hpp"
#include "foundation/text.hpp"
#include "foundation/time.hpp"

namespace keepword::log {
namespace {

// The one log of the process, which has one standard error.
struct Log {
    Log() : logger(spdlog::stderr_logger_mt("keepword")) { logger->set_pattern("%v"); }
    std::shared_ptr<spdlog::logger> logger;
    std::atomic<Format> format{Format::text};
};

Log& the_log() {
    static Log instance;
    return instance;
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

std::string_view word(Level level) {
    constexpr std::string_view words[] = {"debug", "info", "warning", "error"};
    return words[static_cast<std::size_t>(level)];
}

// What another program said may be in a message; it cannot make a second line of it.
std::string as_text(std::string const& time, Level level, std::string_view message, About const& about) {
    std::string line = fmt::format("{} {} {}", time, word(level), message);
    if (!about.request.empty()) line += fmt::format(" request={}", about.request);
    if (!about.case_id.empty()) line += fmt::format(" case={}", about.case_id);
    std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return line;
}

std::string as_json(std::string const& time, Level level, std::string_view message, About const& about) {
    json::object line{{"time", time}, {"level", word(level)}, {"message", text::repair_utf8(message)}};
    if (!about.request.empty()) line["request"] = about.request;
    if (!about.case_id.empty()) line["case"] = about.case_id;
    return json::serialize(line);
}

}  // namespace

bool writes(Level level) {
    return the_log().logger->should_log(translate(level));
}

void write(Level level, std::string_view message, About const& about) {
    if (!writes(level)) return;
    auto& log = the_log();
    auto const time = SystemClock().now().str();
    log.logger->log(translate(level),
                    std::string_view(log.format == Format::json ? as_json(time, level, message, about)
                                                                : as_text(time, level, message, about)));
}
void set_level(Level level) {
    the_log().logger->set_level(translate(level));
}
void set_format(Format format) {
    the_log().format = format;
}

}  // namespace keepword::log
