#include "foundation/time.hpp"

#include <fmt/core.h>

#include <charconv>

namespace keepword {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

// Reads exactly `width` digits at `at`.
bool digits(std::string_view text, std::size_t at, std::size_t width, int& out) {
    if (at + width > text.size()) return false;
    auto const* begin = text.data() + at;
    for (std::size_t i = 0; i < width; ++i) {
        if (begin[i] < '0' || begin[i] > '9') return false;
    }
    std::from_chars(begin, begin + width, out);
    return true;
}

// Writes a number that is not negative into `width` places at `at`.
void put_digits(std::string& text, std::size_t at, std::size_t width, std::int64_t number) {
    for (std::size_t i = width; i-- > 0; number /= 10) text[at + i] = static_cast<char>('0' + number % 10);
}

bool exists(Day d) {
    return d.year >= 1970 &&
           year_month_day{std::chrono::year{d.year}, std::chrono::month(static_cast<unsigned>(d.month)),
                          std::chrono::day(static_cast<unsigned>(d.day))}
               .ok();
}

// "Z", "+08:00" or "-03:30" at the end of an instant, in milliseconds.
bool offset(std::string_view text, std::int64_t& out) {
    if (text == "Z" || text == "z") {
        out = 0;
        return true;
    }
    int hour = 0;
    int minute = 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !digits(text, 1, 2, hour) ||
        !digits(text, 4, 2, minute) || hour > 23 || minute > 59) {
        return false;
    }
    out = (hour * 60LL + minute) * 60'000 * (text[0] == '-' ? -1 : 1);
    return true;
}

}  // namespace

std::string Instant::str() const {
    Day const d = day_at(*this, {0});
    std::int64_t const rest = ms - d.number() * 86'400'000;
    std::string text = d.str() + "T00:00:00.000Z";
    // By hand: an answer may have hundreds of these.
    put_digits(text, text.size() - 13, 2, rest / 3'600'000);
    put_digits(text, text.size() - 10, 2, rest / 60'000 % 60);
    put_digits(text, text.size() - 7, 2, rest / 1000 % 60);
    put_digits(text, text.size() - 4, 3, rest % 1000);
    return text;
}

Result<Instant> Instant::parse(std::string_view text) {
    auto const wrong = [] { return fail(Kind::invalid, "time.instant"); };
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':' ||
        !digits(text, 11, 2, hour) || !digits(text, 14, 2, minute) || !digits(text, 17, 2, second) || hour > 23 ||
        minute > 59 || second > 59) {
        return wrong();
    }
    auto const day = Day::parse(text.substr(0, 10));
    if (!day) return wrong();
    std::size_t at = 19;
    std::int64_t fraction = 0;
    if (text[at] == '.') {
        std::int64_t weight = 100;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, weight /= 10) {
            fraction += (text[at] - '0') * weight;
        }
    }
    std::int64_t shift = 0;
    if (!offset(text.substr(at), shift)) return wrong();
    return Instant{day->number() * 86'400'000 + hour * 3'600'000LL + minute * 60'000LL + second * 1000LL + fraction -
                   shift};
}

std::string Day::str() const {
    if (year < 0 || year > 9999) return fmt::format("{:04}-{:02}-{:02}", year, month, day);
    std::string text = "0000-00-00";
    put_digits(text, 0, 4, year);
    put_digits(text, 5, 2, month);
    put_digits(text, 8, 2, day);
    return text;
}

Result<Day> Day::parse(std::string_view text) {
    Day d;
    if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !digits(text, 0, 4, d.year) ||
        !digits(text, 5, 2, d.month) || !digits(text, 8, 2, d.day) || !exists(d)) {
        return fail(Kind::invalid, "time.day");
    }
    return d;
}

Day Day::from_number(std::int64_t n) {
    year_month_day const ymd{sys_days{std::chrono::days{n}}};
    return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
            static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

std::int64_t Day::number() const {
    return sys_days{std::chrono::year{year} / month / day}.time_since_epoch().count();
}

int Day::weekday() const {
    return static_cast<int>(std::chrono::weekday{sys_days{std::chrono::days{number()}}}.iso_encoding());
}

Day day_at(Instant instant, Duration offset) {
    std::int64_t const local = instant.ms + offset.ms;
    std::int64_t const day = local >= 0 ? local / 86'400'000 : (local - 86'399'999) / 86'400'000;
    return Day::from_number(day);
}

Instant SystemClock::now() const {
    return {std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
                .count()};
}

}  // namespace keepword
