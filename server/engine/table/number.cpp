#include "engine/table/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "foundation/text.hpp"
#include "foundation/time.hpp"

namespace keepword::table {
namespace {

constexpr int most_digits = 40;         // written out
constexpr int digits_of_a_double = 15;  // that a spreadsheet keeps and shows

std::optional<double> number_of(std::string_view text) {
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

bool is_plain(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && text.size() <= most_digits &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "1.2345e+03" written out: its digits, and where the point stands behind the first of them.
std::string written_out(std::string_view digits, int exponent) {
    std::string out;
    if (exponent < 0) {
        out = "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + std::string(digits);
    } else if (static_cast<std::size_t>(exponent) + 1 >= digits.size()) {
        return std::string(digits) + std::string(static_cast<std::size_t>(exponent) + 1 - digits.size(), '0');
    } else {
        auto const point = static_cast<std::size_t>(exponent) + 1;
        out = std::string(digits.substr(0, point)) + "." + std::string(digits.substr(point));
    }
    while (out.ends_with('0')) out.pop_back();
    if (out.ends_with('.')) out.pop_back();
    return out;
}

}  // namespace

std::optional<std::string> shown_number(std::string_view kept) {
    kept = text::trim(kept);
    if (kept.starts_with('+')) kept.remove_prefix(1);
    // Whole numbers stay as they are written: more digits than a double has are still the file's own.
    if (is_plain(kept)) return std::string(kept);
    auto const value = number_of(kept);
    if (!value) return std::nullopt;
    if (*value == 0) return "0";
    auto const scientific = fmt::format("{:.{}e}", std::fabs(*value), digits_of_a_double - 1);
    auto const e = scientific.find('e');
    int exponent = 0;
    auto const power = std::string_view(scientific).substr(e + 1);
    std::from_chars(power.data() + (power.front() == '+' ? 1 : 0), power.data() + power.size(), exponent);
    if (std::abs(exponent) > most_digits) return std::nullopt;
    auto digits = scientific.substr(0, 1) + scientific.substr(2, e - 2);
    while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
    return (*value < 0 ? "-" : "") + written_out(digits, exponent);
}

std::optional<std::string> shown_day(double serial, bool since_1904) {
    constexpr double latest = 2'958'465;        // 9999-12-31
    constexpr std::int64_t day_1900 = -25'569;  // 1899-12-30 counted from 1970
    constexpr std::int64_t days_to_1904 = 1'462;
    constexpr std::int64_t day_in_seconds = 86'400;
    if (!(serial >= 0) || serial > latest) return std::nullopt;
    auto seconds = std::llround(serial * static_cast<double>(day_in_seconds));
    auto days = seconds / day_in_seconds;
    seconds %= day_in_seconds;
    if (since_1904) {
        days += days_to_1904;
    } else if (days == 60 || days == 0) {
        return std::nullopt;
    } else if (days < 60) {
        ++days;  // before the day that never was
    }
    auto const day = Day::from_number(day_1900 + days).str();
    if (seconds == 0) return day;
    return fmt::format("{} {:02}:{:02}:{:02}", day, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

bool is_day_format(int id) {
    // The formats for days of the standard, and those that Chinese, Japanese and Korean programs have beside them.
    return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
           id == 57 || id == 58;
}

bool is_day_format(std::string_view format) {
    bool year_or_day = false;
    // What is quoted, escaped or in brackets ("[红色]", "[$-804]") only decorates; behind ; other signs are meant.
    for (std::size_t i = 0; i < format.size() && format[i] != ';'; ++i) {
        char const c = format[i];
        if (c == '"') {
            i = std::min(format.find('"', i + 1), format.size());
        } else if (c == '[') {
            i = std::min(format.find(']', i), format.size());
        } else if (c == '\\' || c == '_' || c == '*') {
            ++i;
        } else if (c == '0' || c == '#' || c == '?' || text::ascii_lower(format.substr(i, 7)) == "general") {
            return false;
        } else if (c == 'y' || c == 'Y' || c == 'd' || c == 'D') {
            year_or_day = true;
        }
    }
    return year_or_day;
}

}  // namespace keepword::table
