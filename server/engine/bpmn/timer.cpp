#include "engine/bpmn/timer.hpp"

#include <algorithm>
#include <charconv>

namespace keepword::bpmn {
namespace {

constexpr Duration beijing = hours(8);
constexpr std::int64_t max_parts = 1'000'000;               // of any one number in a period
constexpr std::int64_t last_instant = 253'402'300'799'999;  // the end of the year 9999

std::unexpected<Error> wrong(std::string_view text) {
    return fail(Error(Kind::invalid, "process.timer").with("text", std::string(text)));
}

// A number and the letter behind it, taken off the front; `thousandths` where it has a fraction.
struct Part {
    std::int64_t whole = 0;
    std::int64_t thousandths = 0;
    bool fraction = false;
    char unit = '\0';
};

std::optional<Part> take_part(std::string_view& rest) {
    Part part;
    auto const [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), part.whole);
    if (error != std::errc{} || part.whole < 0 || part.whole > max_parts || rest[0] == '-') return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (!rest.empty() && (rest[0] == '.' || rest[0] == ',')) {
        part.fraction = true;
        rest.remove_prefix(1);
        std::int64_t weight = 100;
        std::size_t digits = 0;
        for (; !rest.empty() && rest[0] >= '0' && rest[0] <= '9'; rest.remove_prefix(1), weight /= 10, ++digits) {
            part.thousandths += (rest[0] - '0') * weight;
        }
        if (digits == 0) return std::nullopt;
    }
    if (rest.empty()) return std::nullopt;
    part.unit = rest[0];
    rest.remove_prefix(1);
    return part;
}

// One part before or after the T; false where the unit is unknown, out of order or may not have a fraction.
bool add_part(Part const& part, bool time, std::string_view& units_left, Period& period) {
    auto const at = units_left.find(part.unit);
    if (at == std::string_view::npos || (part.fraction && part.unit != 'S')) return false;
    units_left.remove_prefix(at + 1);
    switch (part.unit) {
        case 'Y':
            period.months += part.whole * 12;
            break;
        case 'W':
            period.days += part.whole * 7;
            break;
        case 'D':
            period.days += part.whole;
            break;
        case 'H':
            period.time.ms += hours(part.whole).ms;
            break;
        case 'M':
            time ? period.time.ms += minutes(part.whole).ms : period.months += part.whole;
            break;
        default:
            period.time.ms += part.whole * 1000 + part.thousandths;
            break;
    }
    return true;
}

Result<TimerText> parse_cycle(std::string_view iso) {
    TimerText timer{.kind = TimerKind::cycle, .period = {}, .at = {}, .repetitions = {}};
    auto const slash = iso.find('/');
    if (!iso.starts_with('R') || slash == std::string_view::npos) return wrong(iso);
    if (slash > 1) {
        std::uint32_t n = 0;
        auto const [end, error] = std::from_chars(iso.data() + 1, iso.data() + slash, n);
        if (error != std::errc{} || end != iso.data() + slash || n == 0 || n > max_repetitions) return wrong(iso);
        timer.repetitions = n;
    }
    auto rest = iso.substr(slash + 1);
    if (auto const second = rest.find('/'); second != std::string_view::npos) {
        auto const start = Instant::parse(rest.substr(0, second));
        if (!start) return wrong(iso);
        timer.at = *start;
        rest.remove_prefix(second + 1);
    }
    timer.period = TRY(parse_period(rest));
    // Nothing would ever be due between two of these, and time would not go on.
    if (timer.period.empty()) return wrong(iso);
    return timer;
}

Day plus_months(Day day, std::int64_t months) {
    std::int64_t const count = day.year * 12LL + day.month - 1 + months;
    Day out{static_cast<int>(count / 12), static_cast<int>(count % 12 + 1), 1};
    int const next_year = out.month == 12 ? out.year + 1 : out.year;
    int const length = static_cast<int>(Day{next_year, out.month % 12 + 1, 1}.number() - out.number());
    out.day = std::min(day.day, length);
    return out;
}

}  // namespace

bool fits_a_calendar(TimerText const& text) {
    if (text.kind == TimerKind::date) return true;
    auto const& period = text.period;
    bool const days = period.days != 0;
    return !text.at && period.months == 0 && !(days && period.time.ms != 0) && period.time.ms % 1000 == 0 &&
           period.days <= max_calendar_days;
}

Result<Period> parse_period(std::string_view iso) {
    if (!iso.starts_with('P')) return wrong(iso);
    Period period;
    auto rest = iso.substr(1);
    std::string_view units = "YMWD";
    bool time = false;
    bool any = false;
    while (!rest.empty()) {
        if (!time && rest[0] == 'T') {
            time = true;
            any = false;
            units = "HMS";
            rest.remove_prefix(1);
            continue;
        }
        auto const part = take_part(rest);
        if (!part || !add_part(*part, time, units, period)) return wrong(iso);
        any = true;
    }
    if (!any) return wrong(iso);
    return period;
}

Result<TimerText> parse_timer(TimerKind kind, std::string_view iso) {
    if (kind == TimerKind::cycle) return parse_cycle(iso);
    TimerText timer{.kind = kind, .period = {}, .at = {}, .repetitions = {}};
    if (kind == TimerKind::date) {
        auto const at = Instant::parse(iso);
        if (!at) return wrong(iso);
        timer.at = *at;
    } else {
        timer.period = TRY(parse_period(iso));
    }
    return timer;
}

Result<Instant> by_clock(Instant from, Period const& period, std::int64_t times) {
    // Within the limits of a period's parts nothing here overflows for this many times.
    if (times < 0 || times > max_repetitions) return wrong("too often");
    Instant at = from;
    if (period.months != 0) {
        if (period.months * times > 12 * 8'000) return wrong("too far");
        Day const day = day_at(from, beijing);
        Duration const of_day{from.ms + beijing.ms - day.number() * days(1).ms};
        at = Instant{plus_months(day, period.months * times).number() * days(1).ms} + of_day - beijing;
    }
    __extension__ using Wide = __int128;
    Wide const sum = Wide(at.ms) + (Wide(days(period.days).ms) + period.time.ms) * times;
    if (sum > last_instant) return wrong("too far");
    return Instant{static_cast<std::int64_t>(sum)};
}

Result<std::optional<Instant>> due(TimerText const& timer, Instant since, std::uint32_t fired, Add const& add) {
    if (timer.kind == TimerKind::date) return timer.at;
    if (timer.kind == TimerKind::duration) return TRY(add(since, timer.period, 1));
    if (timer.repetitions && fired >= *timer.repetitions) return std::optional<Instant>();
    // With a start in the text the first time is that instant itself, else one period from `since`.
    if (timer.at) return TRY(add(*timer.at, timer.period, fired));
    return TRY(add(since, timer.period, std::int64_t(fired) + 1));
}

Result<std::uint32_t> missed(TimerText const& timer, Instant since, std::uint32_t fired, Instant now, Add const& add) {
    if (timer.kind != TimerKind::cycle) return 0U;
    return periods_over([&](std::uint32_t more) -> Result<bool> {
        auto const at = TRY(due(timer, since, fired + more, add));
        return at && *at <= now;
    });
}

Result<std::uint32_t> periods_over(std::function<Result<bool>(std::uint32_t)> const& over) {
    std::uint32_t low = 0;  // the last of which we know that it is over: the one that fires now
    std::uint32_t high = 1;
    while (high < max_repetitions && TRY(over(high))) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        std::uint32_t const middle = low + (high - low) / 2;
        (TRY(over(middle)) ? low : high) = middle;
    }
    return low;
}

}  // namespace keepword::bpmn
