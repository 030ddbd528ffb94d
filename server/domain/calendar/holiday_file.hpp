#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json.hpp"
#include "foundation/time.hpp"

// Files that say when a year's public holidays and shifted workdays (调休) are: the program's own JSON, and calendars
// (.ics) as governments and telephones publish them. Pure: text comes in, years come out, or all that is wrong by line.
namespace keepword::calendars {

struct DaysOff {
    Day from;
    Day to;
    json::Text<100> name_zh;
    json::Text<100> name_en;
    bool operator==(DaysOff const&) const = default;
};
BOOST_DESCRIBE_STRUCT(DaysOff, (), (from, to, name_zh, name_en))

struct YearDays {
    std::int64_t year = 0;
    std::optional<std::string> source;
    std::vector<DaysOff> off;
    std::vector<Day> work;
};

enum class HolidayFormat { json, ics };
BOOST_DESCRIBE_ENUM(HolidayFormat, json, ics)

struct HolidayFile {
    HolidayFormat format = HolidayFormat::json;
    std::vector<YearDays> years;  // in order, each once
    std::int64_t ignored = 0;     // entries of a calendar that speak of neither days off nor workdays
};

constexpr std::int64_t first_year = 2000;
constexpr std::int64_t last_year = 2100;

// What the engine could read and no notice would say: days off twice, a workday that is off or is one anyway. Fields
// are `off.N.from`, `off.N.to` and `work.N`.
std::vector<FieldError> wrong_days(std::vector<DaysOff> const& off, std::vector<Day> const& work);

// A year as it is kept: the form of data/holidays.
json::object year_file(YearDays const& year);

// Error `holidays.file` (Kind::invalid) with up to 50 fields `line.N`, each with what is wrong there.
Result<HolidayFile> read_holiday_file(std::string_view text);

// What a reader of a format finds wrong, by line; more than a person would read is not kept.
class LineErrors {
  public:
    void add(std::size_t line, std::string code);
    bool none() const { return error_.fields.empty(); }
    // Enough was found: to look for the line of every further slip of a hostile file would take minutes.
    bool full() const { return asked_ >= max_asked; }
    Error take() { return std::move(error_); }

  private:
    static constexpr std::size_t max_asked = 200;
    std::size_t asked_ = 0;
    Error error_ = Error(Kind::invalid, "holidays.file");
};

// The reader of .ics: events of whole days whose summary says 休 or 班. Lines are those of the file.
Result<HolidayFile> read_holiday_calendar(std::string_view text);

}  // namespace keepword::calendars
