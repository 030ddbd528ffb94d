#pragma once
#include <functional>
#include <optional>
#include <string_view>

#include "engine/bpmn/model.hpp"
#include "foundation/result.hpp"
#include "foundation/time.hpp"

// The ISO 8601 texts of timers, and when a timer is due. The core sets timers without knowing when they are due;
// whoever runs it asks here, with a calendar of its own or by the clock.
namespace keepword::bpmn {

constexpr std::uint32_t max_repetitions = 1'000'000;

// `P1Y2M3DT4H5M6.5S`, `P2W`. Months and days are kept apart from time, because a calendar counts them otherwise.
struct Period {
    std::int64_t months = 0;
    std::int64_t days = 0;
    Duration time;
    bool operator==(Period const&) const = default;
    bool empty() const { return months == 0 && days == 0 && time.ms == 0; }
};

// A timer's text, read. Duration: `period`. Date: `at`. Cycle: `R3/PT10M`, `R/P1D`, `R5/2026-01-01T00:30:00Z/P1W`:
// `period`, how often at most, and from when where the text says so.
struct TimerText {
    TimerKind kind = TimerKind::duration;
    Period period;
    std::optional<Instant> at;
    std::optional<std::uint32_t> repetitions;
    bool operator==(TimerText const&) const = default;
};

constexpr std::int64_t max_calendar_days = 3'700;  // no promise is longer than ten years

// Whether working time can be counted by it: time (`PT30M`) or days (`P1D`), not both, no months, no parts of a second,
// no beginning of its own. An instant needs no counting.
bool fits_a_calendar(TimerText const& text);

// Error `process.timer` (Kind::invalid) with the parameter `text`.
Result<Period> parse_period(std::string_view iso);
Result<TimerText> parse_timer(TimerKind kind, std::string_view iso);

// Adds a period `times` times, in whatever time the clock counts.
using Add = std::function<Result<Instant>(Instant from, Period const& period, std::int64_t times)>;

// By the clock: a day is 24 hours; months end where the shorter month ends, by the wall clock of Beijing, the one time
// zone of the service centre. Error `process.timer` beyond the year 9999.
Result<Instant> by_clock(Instant from, Period const& period, std::int64_t times);

// When the timer fires next, counted from `since`, when `fired` periods are over; nullopt when a repeating timer has
// fired as often as it may. Counting from `since` and not from the last time keeps the phase.
Result<std::optional<Instant>> due(TimerText const& timer, Instant since, std::uint32_t fired,
                                   Add const& add = by_clock);

// How many further periods are over, where `over` says whether this many are, with max_repetitions at most. Asked by
// doubling, then halving: a machine that was off for a year is not counted second by second.
Result<std::uint32_t> periods_over(std::function<Result<bool>(std::uint32_t more)> const& over);

// How many further periods are over at `now`, beyond the one that fires now: for TimerFired::missed.
Result<std::uint32_t> missed(TimerText const& timer, Instant since, std::uint32_t fired, Instant now,
                             Add const& add = by_clock);

}  // namespace keepword::bpmn
