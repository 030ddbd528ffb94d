#pragma once
#include <optional>
#include <string>
#include <string_view>

// Numbers and days as a spreadsheet keeps them. Inside of the room only; pure.
namespace keepword::table {

// A number as a spreadsheet shows it: without exponent, "13870001234.0" as "13870001234", what binary fractions add at
// the sixteenth digit left off. Nothing where it is no number, or one that nobody writes out.
std::optional<std::string> shown_number(std::string_view kept);

// The day, and time of day where there is one, of a count of days: "2026-11-23", "2026-11-23 08:30:00". `since_1904`:
// as Excel for the Mac counted. Nothing for the 29th of February 1900, which Excel has and the calendar has not, and
// for what is no day at all.
std::optional<std::string> shown_day(double serial, bool since_1904);

// Whether a format of numbers ("yyyy/m/d", "[$-804]yyyy年m月d日;@") shows a day; `id` is that of a format the program
// brings along.
bool is_day_format(std::string_view format);
bool is_day_format(int id);

}  // namespace keepword::table
