#pragma once
#include <atomic>
#include <chrono>
#include <compare>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.hpp"

namespace keepword {

// A length of time in milliseconds.
struct Duration {
    std::int64_t ms = 0;
    auto operator<=>(Duration const&) const = default;
    constexpr Duration operator*(std::int64_t n) const { return {ms * n}; }
    constexpr Duration operator+(Duration other) const { return {ms + other.ms}; }
};
constexpr Duration milliseconds(std::int64_t n) {
    return {n};
}
constexpr Duration seconds(std::int64_t n) {
    return {n * 1000};
}
constexpr Duration minutes(std::int64_t n) {
    return {n * 60'000};
}
constexpr Duration hours(std::int64_t n) {
    return {n * 3'600'000};
}
constexpr Duration days(std::int64_t n) {
    return {n * 86'400'000};
}

// A point in time: milliseconds since 1970-01-01T00:00:00Z.
struct Instant {
    std::int64_t ms = 0;
    auto operator<=>(Instant const&) const = default;
    constexpr Instant operator+(Duration d) const { return {ms + d.ms}; }
    constexpr Instant operator-(Duration d) const { return {ms - d.ms}; }
    constexpr Duration operator-(Instant other) const { return {ms - other.ms}; }

    // RFC 3339 in UTC with milliseconds: "2026-02-13T09:30:00.000Z".
    std::string str() const;
    // RFC 3339 with Z or an offset, seconds optional fractions; years 1970 to 9999.
    static Result<Instant> parse(std::string_view text);
};

// A calendar day, without a place: "2026-02-13".
struct Day {
    int year = 1970;
    int month = 1;  // 1 to 12
    int day = 1;    // 1 to 31
    auto operator<=>(Day const&) const = default;

    std::string str() const;
    static Result<Day> parse(std::string_view text);  // "YYYY-MM-DD", a day that exists
    static Day from_number(std::int64_t days_since_1970);
    std::int64_t number() const;  // days since 1970-01-01
    Day plus(std::int64_t n) const { return from_number(number() + n); }
    int weekday() const;  // 1 Monday to 7 Sunday
};

// The day an instant falls on at a fixed offset from UTC (China has one, +8 h, and no summer time).
Day day_at(Instant instant, Duration offset);

// What time it is. Injected everywhere; nothing else asks the machine.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
};

class SystemClock final : public Clock {  // the machine's own
  public:
    Instant now() const override;
};

// Stands still until told: for tests, demonstrations and `serve --clock manual`.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(Instant start) : now_(start.ms) {}
    Instant now() const override { return {now_.load()}; }
    void advance(Duration by) { now_ += by.ms; }
    void set(Instant to) { now_ = to.ms; }

  private:
    std::atomic<std::int64_t> now_;
};

}  // namespace keepword
