#include "domain/calendar/holiday_file.hpp"

#include <gmock/gmock.h>

#include "embedded/embedded.hpp"
#include "engine/calendar/calendar.hpp"

namespace keepword::calendars {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

// An .ics around these lines, each ended as the standard wants it. The first of them is line 2.
std::string ics(std::string const& inside) {
    std::string out = "BEGIN:VCALENDAR\r\n";
    for (char const c : inside) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out + "END:VCALENDAR\r\n";
}
std::string event(std::string const& summary, std::string const& days) {
    return "BEGIN:VEVENT\n" + days + "\nSUMMARY:" + summary + "\nEND:VEVENT\n";
}
Day day(char const* text) {
    return *Day::parse(text);
}
std::vector<FieldError> errors(std::string const& text) {
    auto const read = read_holiday_file(text);
    if (read) return {{"none", "none"}};
    EXPECT_EQ(read.error().code, "holidays.file");
    return read.error().fields;
}
std::vector<FieldError> errors_in(std::string const& inside) {
    return errors(ics(inside));
}

TEST(HolidayFileTest, every_year_that_comes_with_the_program_reads_as_it_is_kept) {
    for (auto const* name :
         {"data/holidays/cn-2024.json", "data/holidays/cn-2025.json", "data/holidays/cn-2026.json"}) {
        auto const text = *embedded::find(name);
        auto const file = read_holiday_file(text);
        ASSERT_TRUE(file) << name;
        ASSERT_THAT(file->years, SizeIs(1));
        EXPECT_EQ(json::value(year_file(file->years[0])), *json::parse(text));
    }
}

TEST(HolidayFileTest, json_errors_are_told_by_line) {
    EXPECT_THAT(errors("{\n  \"year\": 2027,\n  \"off\": [,]\n}"), ElementsAre(FieldError{"line.3", "json"}));
    std::string const wrong = R"({
"year": 2027,
"off": [
{"from": "2027-01-01", "to": "2027-01-03",
"name": {"zh": "元旦", "en": ""}},
{"from": "2027-01-03",
"to": "2027-01-04", "name": {"zh": "", "en": ""}}
],
"work": ["2028-02-20",
"2027-02-22"]
})";
    EXPECT_THAT(errors(wrong), ElementsAre(FieldError{"line.7", "required"}, FieldError{"line.9", "year"},
                                           FieldError{"line.6", "overlap"}, FieldError{"line.10", "weekend"}));
    EXPECT_THAT(errors(R"([{"year": 1900, "off": [], "work": []},
        {"year": 2027, "off": [], "work": []},
        {"year": 2027, "off": [], "work": []}])"),
                ElementsAre(FieldError{"line.1", "range"}, FieldError{"line.3", "twice"}));
    EXPECT_THAT(errors("{\"year\": 2027,\n\"off\": [],\n\"work\": [\"2027-02-30\"]}"),
                ElementsAre(FieldError{"line.3", "day"}));
    EXPECT_THAT(errors("[]"), ElementsAre(FieldError{"line.1", "holidays-none"}));
    for (auto const* other : {"", " ", "PK\x03\x04", "日期,名称\n"})
        EXPECT_THAT(errors(other), ElementsAre(FieldError{"line.1", "holidays-format"})) << other;
}

TEST(HolidayFileTest, a_calendar_as_telephones_publish_it_a_day_an_event) {
    auto const file = read_holiday_file(
        ics("X-WR-CALNAME:中国大陆节假日\n" + event("元旦（休）", "DTSTART;VALUE=DATE:20270101") +
            event("元旦（休）", "DTSTART;VALUE=DATE:20270102\nDTEND;VALUE=DATE:20270103") +
            event("春节（班）", "DTSTART;VALUE=DATE:20270220") + event("腊八节", "DTSTART;VALUE=DATE:20270115") +
            event("值班", "DTSTART;VALUE=DATE:20270116")));
    ASSERT_TRUE(file);
    EXPECT_EQ(file->format, HolidayFormat::ics);
    EXPECT_EQ(file->ignored, 2);
    ASSERT_THAT(file->years, SizeIs(1));
    auto const& year = file->years[0];
    EXPECT_EQ(year.source, "中国大陆节假日");
    EXPECT_THAT(year.off, ElementsAre(DaysOff{day("2027-01-01"), day("2027-01-02"), {"元旦"}, {"New Year"}}));
    EXPECT_THAT(year.work, ElementsAre(day("2027-02-20")));
}

TEST(HolidayFileTest, a_calendar_of_spans_times_folded_lines_and_two_years) {
    auto const file = read_holiday_file(
        ics(event("国庆节、中秋\n 节假期 第1天/共8天", "DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261009") +
            event("元旦放假", "DTSTART;VALUE=DATE:20261231\nDURATION:P3D") +
            event("国庆节 补班 第1天/共1天", "DTSTART;TZID=\"Asia:Shanghai\":20261010T090000\nDTEND:20261010T180000") +
            // The midnight of China as UTC has it.
            event("清明节 休", "DTSTART:20270404T160000Z\nDTEND:20270405T160000Z") +
            event("Labour Day Holiday", "DTSTART;VALUE=DATE:20270501\nBEGIN:VALARM\nDTSTART:x\nEND:VALARM") +
            event("端午节", "X-APPLE-SPECIAL-DAY:WORK-HOLIDAY\nDTSTART;VALUE=DATE:20270609")));
    ASSERT_TRUE(file) << file.error().fields.size();
    ASSERT_THAT(file->years, SizeIs(2));
    EXPECT_THAT(
        file->years[0].off,
        ElementsAre(
            DaysOff{day("2026-10-01"), day("2026-10-08"), {"国庆节、中秋节"}, {"National Day and Mid-Autumn Festival"}},
            DaysOff{day("2026-12-31"), day("2026-12-31"), {"元旦"}, {"New Year"}}));
    EXPECT_THAT(file->years[0].work, ElementsAre(day("2026-10-10")));
    EXPECT_THAT(file->years[1].off,
                ElementsAre(DaysOff{day("2027-01-01"), day("2027-01-02"), {"元旦"}, {"New Year"}},
                            DaysOff{day("2027-04-05"), day("2027-04-05"), {"清明节"}, {"Tomb-Sweeping Day"}},
                            DaysOff{day("2027-05-01"), day("2027-05-01"), {"Labour Day"}, {"Labour Day"}},
                            DaysOff{day("2027-06-09"), day("2027-06-09"), {"端午节"}, {"Dragon Boat Festival"}}));
}

TEST(HolidayFileTest, what_a_calendar_leaves_open_is_refused_by_line) {
    EXPECT_THAT(errors_in(event("春节调休", "DTSTART;VALUE=DATE:20270220")),
                ElementsAre(FieldError{"line.4", "shifted-unclear"}));
    EXPECT_THAT(errors_in(event("元旦（休）", "DTSTART;VALUE=DATE:20270101\nRRULE:FREQ=YEARLY")),
                ElementsAre(FieldError{"line.4", "event-repeats"}));
    EXPECT_THAT(errors_in(event("元旦（休）", "DTSTART;VALUE=DATE:20270230")),
                ElementsAre(FieldError{"line.3", "date"}));
    EXPECT_THAT(errors_in(event("元旦（休）", "UID:1")), ElementsAre(FieldError{"line.2", "date"}));
    EXPECT_THAT(errors_in(event("元旦（休）", "DTSTART:20270101\nDURATION:PT3H")),
                ElementsAre(FieldError{"line.4", "date"}));
    EXPECT_THAT(errors_in(event("元旦（休）", "DTSTART:20270103\nDTEND:20270101")),
                ElementsAre(FieldError{"line.4", "order"}));
    EXPECT_THAT(errors_in(event("元旦（休）", "DTSTART:20270103\nDTEND:20280101")),
                ElementsAre(FieldError{"line.4", "range"}));
    EXPECT_THAT(errors_in(event("元旦（休）", "DTSTART:19990101")), ElementsAre(FieldError{"line.2", "range"}));
    EXPECT_THAT(errors_in(event("春节（班）", "DTSTART:20270222")), ElementsAre(FieldError{"line.2", "weekend"}));
    EXPECT_THAT(errors_in(event("春节（休）", "DTSTART:20270220") + event("春节（班）", "DTSTART:20270220")),
                ElementsAre(FieldError{"line.6", "overlap"}));
    EXPECT_THAT(errors_in("BEGIN:VEVENT\nSUMMARY:元旦（休）\nDTSTART:20270101\n"),
                ElementsAre(FieldError{"line.2", "event-open"}));
    EXPECT_THAT(errors_in(event("腊八节", "DTSTART:20270115")), ElementsAre(FieldError{"line.1", "holidays-none"}));
}

TEST(HolidayFileTest, a_year_of_more_days_than_it_has_is_refused_before_they_are_looked_at) {
    std::string file = R"({"year":2026,"off":[],"work":["2025-01-01")";
    for (int i = 0; i < 30'000; ++i) file += R"(,"2025-01-05")";
    auto const read = read_holiday_file(file + "]}");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().fields, (std::vector<FieldError>{{"line.1", "too-many"}}));
    // What is not even a day is told a bounded number of times.
    std::string wrong = R"({"year":2026,"off":[],"work":["x")";
    for (int i = 0; i < 30'000; ++i) wrong += "\n,\"x\"";
    EXPECT_FALSE(read_holiday_file(wrong + "]}"));
}

TEST(HolidayFileTest, no_more_errors_than_a_person_reads) {
    std::string all;
    for (int i = 0; i < 500; ++i) all += event("春节（班）", "DTSTART:20270222");
    EXPECT_THAT(errors_in(all), SizeIs(50));
}

}  // namespace
}  // namespace keepword::calendars
