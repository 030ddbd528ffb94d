#pragma once
#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json.hpp"
#include "foundation/result.hpp"
#include "foundation/time.hpp"

// Working time: hours, breaks, weekends, public holidays and shifted workdays (调休). Pure: the data comes in, instants
// come out. Nothing here walks minute by minute; the cost grows with the days between, not with the length.
namespace keepword::calendar {

constexpr int minutes_per_day = 24 * 60;
constexpr std::int64_t max_days = 3'700;  // a deadline further away than ten years is refused

struct Name {
    std::string zh;
    std::string en;
    bool operator==(Name const&) const = default;
};

// Working hours of one day, in minutes from midnight: from inclusive, to exclusive, up to 1440.
struct Hours {
    int from = 0;
    int to = 0;
    bool operator==(Hours const&) const = default;
};

// The public holidays of one year as the State Council publishes them.
struct HolidayYear {
    struct Off {
        Day from;
        Day to;  // the last day off
        Name name;
    };
    int year = 0;
    std::vector<Off> off;
    std::vector<Day> work;  // weekend days that are worked instead

    // From `{"year":2026,"off":[{"from":…,"to":…,"name":{"zh":…,"en":…}}],"work":["2026-02-14"]}`. Error
    // `calendar.holidays` with the field that is wrong.
    static Result<HolidayYear> parse(json::value const& file);
};

// A pause: working time in it does not count (waiting on the customer). `to` may lie in the future.
struct Pause {
    Instant from;
    Instant to;
};

// How long a clock runs: a length of working time, or a number of working days. `P1D` is one working day: until the
// close of the next working day; `PT30M`, `PT4H` are working time.
struct Length {
    std::int64_t days = 0;
    Duration time;
    bool operator==(Length const&) const = default;
    // ISO 8601 `PnD`, `PnW` (seven times as many days), `PTnHnMnS`; not both days and time, not empty. Error
    // `calendar.length` (Kind::invalid).
    static Result<Length> parse(std::string_view iso);
    std::string str() const;  // ISO 8601
    Length times(std::int64_t n) const { return {days * n, time * n}; }
};

// Why a stretch of time counts or does not.
enum class Part {
    work,          // working hours: counts
    break_,        // between working hours, the noon break
    night,         // before opening, after closing
    weekend,       // a day of the week without hours
    holiday,       // a public holiday; `name` says which
    shifted_work,  // working hours of a weekend day that is worked instead: counts
    pause,         // the clock stood still
    start_day,     // lengths in days: the rest of the working day on which the clock started
};
BOOST_DESCRIBE_ENUM(Part, work, break_, night, weekend, holiday, shifted_work, pause, start_day)

// One stretch of the explanation. Neighbouring stretches of the same kind (two nights round a weekend are not) are one.
struct Stretch {
    Instant from;
    Instant to;
    Part part = Part::work;
    Name name;         // of the holiday, else empty
    Duration counted;  // working time that counted
    int days = 0;      // lengths in days: working days that counted
};

// The answer to “why is it due then?”.
struct Explanation {
    Instant from;
    Instant due;
    Length length;
    std::vector<Stretch> stretches;  // without gaps from `from` to `due`
    std::vector<int> unpublished;    // years on the way whose holidays are not published: only weekends counted
};
// {"from","due","length" (ISO 8601),"stretches":[{"from","to","part","name"?,"counted" (seconds),"days"?}],
// "unpublished":[2027]}; "name" is {"zh","en"} and is there for holidays, "days" where a working day closed.
json::value to_json(Explanation const& explanation);

// A calendar with the holidays that are known. Immutable; changing the data makes another one.
class Calendar {
  public:
    // From `{"key":"office","name":{"zh":…,"en":…},"zone":"Asia/Shanghai","week":{"1":[["08:30","12:00"],…],…},
    // "holidays":true}`; days of the week that are missing have no hours; `holidays` false (duty) works through them.
    // Error `calendar.file` with the field that is wrong.
    static Result<Calendar> parse(json::value const& file, std::vector<HolidayYear> years);

    std::string const& key() const { return key_; }
    Name const& name() const { return name_; }
    Duration offset() const { return offset_; }

    // Working hours of a day, with holidays and shifted workdays.
    std::span<Hours const> hours(Day day) const;
    bool works_on(Day day) const { return !hours(day).empty(); }
    // Whether the year's holidays are known (always, for a calendar that works through them).
    bool published(int year) const;

    // When a clock that starts at `from` is due. Error `calendar.too-far` where there is no such instant within
    // max_days (a calendar without hours, a pause without end).
    Result<Instant> due(Instant from, Length length, std::span<Pause const> pauses = {}) const;
    // Working time between two instants, pauses taken out; negative where b is before a.
    Duration working_between(Instant a, Instant b, std::span<Pause const> pauses = {}) const;
    Result<Explanation> explain(Instant from, Length length, std::span<Pause const> pauses = {}) const;

  private:
    struct Special {
        Part part = Part::holiday;  // or shifted_work
        Name name;
    };
    Calendar() = default;
    void add_years(std::vector<HolidayYear> const& years);
    Special const* special(std::int64_t day_number) const;
    Result<Explanation> explain_time(Instant from, Length length, std::span<Pause const> pauses, bool record) const;
    Result<Explanation> explain_days(Instant from, Length length, std::span<Pause const> pauses, bool record) const;
    Result<Duration> working_time_of_days(Day after, std::int64_t days) const;
    bool closes_day(Instant at) const;
    friend class Walk;

    std::string key_;
    Name name_;
    Duration offset_;
    std::array<std::vector<Hours>, 8> week_;  // by ISO weekday, 1 to 7
    bool holidays_ = true;
    std::vector<int> years_;
    std::map<std::int64_t, Special> special_;  // by day number
};

}  // namespace keepword::calendar
