#include <algorithm>

#include "engine/calendar/calendar_fixture.hpp"

namespace keepword::calendar {
namespace {

struct Golden {
    char const* from;
    char const* length;
    char const* due;
    char const* why;
};

class Office : public testing::TestWithParam<Golden> {};

TEST_P(Office, clock_is_due) {
    auto const& g = GetParam();
    auto const due = office().due(at(g.from), length(g.length));
    ASSERT_TRUE(due);
    EXPECT_EQ(shown(*due), g.due) << g.from << " + " << g.length << ": " << g.why;
}

// Office hours are 08:30–12:00 and 13:30–17:30; holidays as the State Council published them.
INSTANTIATE_TEST_SUITE_P(ordinary_days, Office,
                         testing::Values(Golden{"2026-03-02 09:00", "PT30M", "2026-03-02 09:30", "in the morning"},
                                         Golden{"2026-03-02 11:45", "PT30M", "2026-03-02 13:45", "across noon"},
                                         Golden{"2026-03-02 12:30", "PT30M", "2026-03-02 14:00", "starts in the break"},
                                         Golden{"2026-03-02 12:00", "PT30M", "2026-03-02 14:00", "as the break begins"},
                                         Golden{"2026-03-02 03:00", "PT30M", "2026-03-02 09:00", "starts at night"},
                                         Golden{"2026-03-02 20:00", "PT30M", "2026-03-03 09:00",
                                                "starts in the evening"},
                                         Golden{"2026-03-02 17:30", "PT1M", "2026-03-03 08:31", "as the day closes"},
                                         Golden{"2026-03-06 17:00", "PT4H", "2026-03-09 12:00", "across a weekend"},
                                         Golden{"2026-03-07 10:00", "PT4H", "2026-03-09 14:00", "starts on a Saturday"},
                                         Golden{"2026-03-02 08:30", "PT7H30M", "2026-03-02 17:30", "one whole day"},
                                         Golden{"2026-03-02 08:30", "PT7H31M", "2026-03-03 08:31", "a minute more"},
                                         Golden{"2026-03-02 08:30", "PT75H", "2026-03-13 17:30", "ten whole days"},
                                         Golden{"2026-03-02 10:00", "P1D", "2026-03-03 17:30", "one working day"},
                                         Golden{"2026-03-02 20:00", "P1D", "2026-03-03 17:30", "after closing"},
                                         Golden{"2026-03-02 00:00", "P1D", "2026-03-03 17:30", "at midnight"},
                                         Golden{"2026-03-06 10:00", "P1D", "2026-03-09 17:30", "Friday to Monday"},
                                         Golden{"2026-03-07 10:00", "P1D", "2026-03-09 17:30", "Saturday to Monday"},
                                         Golden{"2026-03-02 10:00", "P5D", "2026-03-09 17:30", "five working days"},
                                         Golden{"2026-03-02 10:00", "P1W", "2026-03-11 17:30", "seven working days"}));

INSTANTIATE_TEST_SUITE_P(no_length, Office,
                         testing::Values(Golden{"2026-03-02 10:00", "PT0S", "2026-03-02 10:00", "at once"},
                                         Golden{"2026-03-02 03:00", "PT0M", "2026-03-02 03:00", "at once, at night"},
                                         Golden{"2026-02-18 12:00", "P0D", "2026-02-18 12:00",
                                                "at once, on a holiday"}));

INSTANTIATE_TEST_SUITE_P(
    spring_festival, Office,
    testing::Values(Golden{"2024-02-09 17:00", "PT1H", "2024-02-18 09:00",
                           "the eve was worked; Sunday the 18th is, too"},
                    Golden{"2024-02-03 10:00", "PT30M", "2024-02-04 09:00", "Saturday to a shifted Sunday"},
                    Golden{"2024-02-04 10:00", "P1D", "2024-02-05 17:30", "starts on a shifted Sunday"},
                    Golden{"2024-02-09 10:00", "P1D", "2024-02-18 17:30", "nine days later"},
                    Golden{"2024-02-12 10:00", "P2D", "2024-02-19 17:30", "starts in the holiday"},
                    Golden{"2025-01-27 17:00", "PT1H", "2025-02-05 09:00", "eight days off"},
                    Golden{"2025-01-25 09:00", "P1D", "2025-01-26 17:30", "a shifted Sunday before"},
                    Golden{"2025-02-07 17:00", "P1D", "2025-02-08 17:30", "a shifted Saturday after"},
                    Golden{"2026-02-13 16:00", "P1D", "2026-02-14 17:30", "the shifted Saturday counts"},
                    Golden{"2026-02-14 10:00", "P1D", "2026-02-24 17:30", "nine days off"},
                    Golden{"2026-02-14 16:30", "PT4H", "2026-02-24 11:30", "one hour before, three after"},
                    Golden{"2026-02-13 17:00", "PT4H", "2026-02-14 12:00", "up to noon of the shifted Saturday"},
                    Golden{"2026-02-18 10:00", "PT30M", "2026-02-24 09:00", "starts on a holiday"},
                    Golden{"2026-02-18 23:59", "P1D", "2026-02-24 17:30", "starts on a holiday's night"},
                    Golden{"2026-02-27 17:00", "PT1H", "2026-02-28 09:00", "into the second shifted Saturday"},
                    Golden{"2026-02-28 09:00", "P1D", "2026-03-02 17:30", "from it"}));

INSTANTIATE_TEST_SUITE_P(
    national_day, Office,
    testing::Values(Golden{"2024-09-30 17:29", "PT2M", "2024-10-08 08:31", "seven days off"},
                    Golden{"2024-09-28 10:00", "P1D", "2024-09-29 17:30", "a shifted Sunday before"},
                    Golden{"2024-10-11 10:00", "P1D", "2024-10-12 17:30", "a shifted Saturday after"},
                    Golden{"2025-09-30 16:00", "P1D", "2025-10-09 17:30", "with Mid-Autumn eight days off"},
                    Golden{"2025-10-10 17:00", "PT1H", "2025-10-11 09:00", "a shifted Saturday after"},
                    Golden{"2026-09-30 12:00", "PT4H30M", "2026-10-08 09:00", "from the noon break"},
                    Golden{"2026-09-19 10:00", "P1D", "2026-09-20 17:30", "a shifted Sunday before"}));

INSTANTIATE_TEST_SUITE_P(
    year_ends, Office,
    testing::Values(Golden{"2025-12-31 17:00", "PT1H", "2026-01-04 09:00", "New Year, then a shifted Sunday"},
                    Golden{"2024-12-31 17:00", "PT1H", "2025-01-02 09:00", "one day off"},
                    Golden{"2023-12-29 17:00", "PT1H", "2024-01-02 09:00", "a holiday that begins in the year before"},
                    Golden{"2026-12-31 17:00", "PT1H", "2027-01-01 09:00", "2027 is not published"},
                    Golden{"2024-02-28 17:00", "PT8H", "2024-02-29 17:30", "a leap day"}));

TEST(Duty, counts_day_and_night_through_weekends_and_holidays) {
    auto const calendar = duty();
    EXPECT_EQ(shown(*calendar.due(at("2026-02-15 23:50"), length("PT30M"))), "2026-02-16 00:20");
    EXPECT_EQ(shown(*calendar.due(at("2026-02-15 10:00"), length("PT24H"))), "2026-02-16 10:00");
    EXPECT_EQ(shown(*calendar.due(at("2026-02-15 10:00"), length("P1D"))), "2026-02-17 00:00")
        << "the close of the next day";
    EXPECT_TRUE(calendar.published(2050));
    auto const why = calendar.explain(at("2026-02-15 10:00"), length("PT72H"));
    ASSERT_EQ(why->stretches.size(), 1U) << "three days without a break are one stretch";
    EXPECT_TRUE(why->unpublished.empty());
}

std::string told(Explanation const& why) {
    std::string out;
    for (auto const& s : why.stretches) {
        out += json::word(s.part) + (s.name.zh.empty() ? "" : " " + s.name.zh) + " to " + shown(s.to).substr(5);
        if (s.counted.ms != 0) out += " +" + std::to_string(s.counted.ms / 60'000);
        if (s.days != 0) out += " day";
        out += "\n";
    }
    return out;
}

TEST(Explanation, of_working_time_names_every_stretch) {
    auto const why = office().explain(at("2026-02-13 16:30"), length("PT10H"));
    ASSERT_TRUE(why);
    EXPECT_EQ(told(*why),
              "work to 02-13 17:30 +60\n"
              "night to 02-14 08:30\n"
              "shifted-work to 02-14 12:00 +210\n"
              "break to 02-14 13:30\n"
              "shifted-work to 02-14 17:30 +240\n"
              "night to 02-15 00:00\n"
              "holiday 春节 to 02-24 00:00\n"
              "night to 02-24 08:30\n"
              "work to 02-24 10:00 +90\n");
    EXPECT_EQ(shown(why->due), "2026-02-24 10:00");
}

TEST(Explanation, of_working_days_counts_days) {
    auto const why = office().explain(at("2026-03-05 16:30"), length("P2D"));
    ASSERT_TRUE(why);
    EXPECT_EQ(told(*why),
              "start-day to 03-06 00:00\n"
              "night to 03-06 08:30\n"
              "work to 03-06 12:00 +210\n"
              "break to 03-06 13:30\n"
              "work to 03-06 17:30 +240 day\n"
              "night to 03-07 00:00\n"
              "weekend to 03-09 00:00\n"
              "night to 03-09 08:30\n"
              "work to 03-09 12:00 +210\n"
              "break to 03-09 13:30\n"
              "work to 03-09 17:30 +240 day\n");
}

TEST(Explanation, names_pauses_and_years_that_are_not_published) {
    std::vector<Pause> const pauses{{at("2026-12-31 10:00"), at("2026-12-31 15:00")}};
    auto const why = office().explain(at("2026-12-31 09:00"), length("PT4H"), pauses);
    ASSERT_TRUE(why);
    EXPECT_EQ(told(*why),
              "work to 12-31 10:00 +60\n"
              "pause to 12-31 15:00\n"
              "work to 12-31 17:30 +150\n"
              "night to 01-01 08:30\n"
              "work to 01-01 09:00 +30\n");
    EXPECT_EQ(why->unpublished, std::vector<int>{2027});
}

TEST(Explanation, is_json_for_the_screen) {
    auto const why = office({2025}).explain(at("2025-12-31 17:00"), length("PT40M"));
    EXPECT_EQ(json::serialize(to_json(*why)),
              R"({"from":"2025-12-31T09:00:00.000Z","due":"2026-01-01T00:40:00.000Z","length":"PT40M","stretches":[)"
              R"({"from":"2025-12-31T09:00:00.000Z","to":"2025-12-31T09:30:00.000Z","part":"work","counted":1800},)"
              R"({"from":"2025-12-31T09:30:00.000Z","to":"2026-01-01T00:30:00.000Z","part":"night","counted":0},)"
              R"({"from":"2026-01-01T00:30:00.000Z","to":"2026-01-01T00:40:00.000Z","part":"work","counted":600}],)"
              R"("unpublished":[2026]})");
    auto const day = office().explain(at("2026-02-18 10:00"), length("P1D"));
    EXPECT_NE(json::serialize(to_json(*day))
                  .find(R"("part":"holiday","counted":0,"name":{"zh":"春节","en":"Spring Festival"}})"),
              std::string::npos);
    EXPECT_NE(json::serialize(to_json(*day)).find(R"("part":"work","counted":14400,"days":1})"), std::string::npos);
}

TEST(Pauses, do_not_count) {
    auto const calendar = office();
    auto const due = [&](char const* from, char const* iso, std::vector<Pause> const& pauses) {
        auto const found = calendar.due(at(from), length(iso), pauses);
        return found ? shown(*found) : found.error().code;
    };
    EXPECT_EQ(due("2026-03-02 09:00", "PT4H", {{at("2026-03-02 10:00"), at("2026-03-02 14:00")}}), "2026-03-02 17:00");
    EXPECT_EQ(due("2026-03-02 09:00", "PT4H", {{at("2026-03-02 18:00"), at("2026-03-03 08:00")}}), "2026-03-02 14:30")
        << "a pause in the night, and after the due instant, changes nothing";
    EXPECT_EQ(due("2026-03-02 09:00", "PT1H",
                  {{at("2026-03-02 10:30"), at("2026-03-02 11:00")},
                   {at("2026-03-02 08:00"), at("2026-03-02 10:00")},
                   {at("2026-03-02 09:30"), at("2026-03-02 10:45")},
                   {at("2026-03-02 11:30"), at("2026-03-02 11:30")}}),
              "2026-03-02 12:00")
        << "overlapping, out of order and empty: from 11:00 on it counts";
    EXPECT_EQ(due("2026-03-02 10:00", "P1D", {{at("2026-03-02 11:00"), at("2026-03-02 16:00")}}), "2026-03-03 17:30")
        << "the day of the start does not count anyway";
    EXPECT_EQ(due("2026-03-02 10:00", "P1D", {{at("2026-03-03 08:30"), at("2026-03-03 10:30")}}), "2026-03-04 10:30");
    EXPECT_EQ(due("2026-03-02 10:00", "P1D", {{at("2026-03-02 17:00"), at("2026-03-04 08:30")}}), "2026-03-04 17:30")
        << "paused over the whole of the day: the next one";
    EXPECT_EQ(due("2026-03-02 10:00", "PT1H", {{at("2026-03-02 09:00"), at("9000-01-01 00:00")}}), "calendar.too-far");
}

TEST(Changes, of_the_calendar_while_a_clock_runs_give_another_due_instant) {
    Instant const from = at("2026-02-13 16:00");
    auto const before = office({2025});
    auto const after = office({2025, 2026});
    EXPECT_EQ(shown(*before.due(from, length("P2D"))), "2026-02-17 17:30");
    EXPECT_EQ(before.explain(from, length("P2D"))->unpublished, std::vector<int>{2026});
    EXPECT_EQ(shown(*after.due(from, length("P2D"))), "2026-02-24 17:30");
    EXPECT_TRUE(after.explain(from, length("P2D"))->unpublished.empty());
}

TEST(Between, is_working_time_forwards_and_backwards) {
    auto const calendar = office();
    EXPECT_EQ(calendar.working_between(at("2026-02-13 16:30"), at("2026-02-24 10:00")), hours(10));
    EXPECT_EQ(calendar.working_between(at("2026-02-24 10:00"), at("2026-02-13 16:30")), hours(-10));
    EXPECT_EQ(calendar.working_between(at("2026-02-15 00:00"), at("2026-02-24 00:00")), hours(0));
    EXPECT_EQ(calendar.working_between(at("2026-03-02 09:15"), at("2026-03-02 09:45")), minutes(30));
    std::vector<Pause> const pauses{{at("2026-02-14 08:00"), at("2026-02-14 12:00")}};
    EXPECT_EQ(calendar.working_between(at("2026-02-13 16:30"), at("2026-02-24 10:00"), pauses), minutes(390));
}

TEST(Impossible, deadlines_are_refused) {
    auto const never =
        Calendar::parse(*json::parse(R"({"key":"x","name":{"zh":"无","en":"None"},"zone":"+08:00","week":{}})"), {});
    ASSERT_TRUE(never);
    EXPECT_EQ(never->due(at("2026-03-02 09:00"), length("PT1H")).error().code, "calendar.too-far");
    EXPECT_EQ(never->due(at("2026-03-02 09:00"), length("P1D")).error().code, "calendar.too-far");
    EXPECT_EQ(office().due(at("2026-03-02 09:00"), length("PT1000000H")).error().code, "calendar.too-far");
    EXPECT_EQ(office().due(at("2026-03-02 09:00"), {3'700, {}}).error().code, "calendar.too-far");
    EXPECT_EQ(office().due(at("2026-03-02 09:00"), {1, hours(1)}).error().code, "calendar.length");
    EXPECT_EQ(office().due(at("2026-03-02 09:00"), {0, hours(-1)}).error().code, "calendar.length");
}

TEST(Lengths, are_read_and_written) {
    for (auto const& [iso, days_, time] :
         {std::tuple("PT30M", 0, minutes(30)), std::tuple("PT4H", 0, hours(4)), std::tuple("P1D", 1, minutes(0)),
          std::tuple("P2W", 14, minutes(0)), std::tuple("PT1H30M5S", 0, seconds(5405)),
          std::tuple("PT0S", 0, seconds(0))}) {
        auto const parsed = Length::parse(iso);
        ASSERT_TRUE(parsed) << iso;
        EXPECT_EQ(*parsed, (Length{days_, time})) << iso;
        EXPECT_EQ(*Length::parse(parsed->str()), *parsed) << parsed->str();
    }
    for (char const* bad : {"", "P", "PT", "30M", "PT30", "P1DT1H", "PT-1H", "PT1.5H", "PT1M1H", "PT1H1H", "P1M", "P1Y",
                            "P4000D", "PT9999999H", "pt1h", "PT1H ", "P1D1W"}) {
        EXPECT_FALSE(Length::parse(bad)) << bad;
    }
}

TEST(Files, that_are_wrong_name_the_field) {
    auto const field = [](auto const& result) {
        return result ? std::string("good") : result.error().params.at(0).second;
    };
    auto const calendar = [&](std::string const& week, std::string const& more = "") {
        return field(
            Calendar::parse(*json::parse(R"({"key":"k","name":{"zh":"名","en":"n"},"zone":"Asia/Shanghai","week":{)" +
                                         week + "}" + more + "}"),
                            {}));
    };
    EXPECT_EQ(calendar(R"("1":[["08:30","12:00"]])"), "good");
    EXPECT_EQ(calendar(R"("1":[["00:00","24:00"]])"), "good");
    EXPECT_EQ(calendar(R"("8":[])"), "week.8");
    EXPECT_EQ(calendar(R"("1":[["12:00","08:30"]])"), "week.1");
    EXPECT_EQ(calendar(R"("1":[["08:30","12:00"],["11:00","13:00"]])"), "week.1");
    EXPECT_EQ(calendar(R"("1":[["08:30","24:01"]])"), "week.1");
    EXPECT_EQ(calendar(R"("1":[["8:30","12:00"]])"), "week.1");
    EXPECT_EQ(calendar(R"("1":["08:30"])"), "week.1");
    EXPECT_EQ(calendar("", R"(,"holidays":"no")"), "holidays");
    EXPECT_EQ(field(Calendar::parse(json::value("x"), {})), "");
    EXPECT_EQ(field(Calendar::parse(*json::parse(R"({"key":"k","name":{"zh":"名","en":"n"},"zone":"Mars"})"), {})),
              "zone");

    auto const year = [&](std::string const& text) { return field(HolidayYear::parse(*json::parse(text))); };
    EXPECT_EQ(year(R"({"year":2026,"off":[],"work":[]})"), "good");
    EXPECT_EQ(year(R"({"year":"2026","off":[],"work":[]})"), "year");
    EXPECT_EQ(year(R"({"year":2026,"work":[]})"), "off");
    EXPECT_EQ(
        year(R"({"year":2026,"off":[{"from":"2026-02-30","to":"2026-03-01","name":{"zh":"a","en":"b"}}],"work":[]})"),
        "off.0.from");
    EXPECT_EQ(
        year(R"({"year":2026,"off":[{"from":"2026-02-03","to":"2026-02-01","name":{"zh":"a","en":"b"}}],"work":[]})"),
        "off.0.to");
    EXPECT_EQ(year(R"({"year":2026,"off":[{"from":"2026-02-01","to":"2026-02-03","name":{"zh":"a"}}],"work":[]})"),
              "off.0.name");
    EXPECT_EQ(year(R"({"year":2026,"off":[],"work":["2031-01-01"]})"), "work.0");
    EXPECT_EQ(year(R"({"year":2026,"off":[]})"), "work");
}

// Hours that touch are one stretch, and a calendar may be written in any fixed zone.
TEST(Files, may_have_touching_hours_and_another_zone) {
    auto const calendar = Calendar::parse(
        *json::parse(
            R"({"key":"k","name":{"zh":"名","en":"n"},"zone":"+00:00","week":{"1":[["08:00","10:00"],["10:00","12:00"]]}})"),
        {});
    ASSERT_TRUE(calendar);
    EXPECT_EQ(calendar->hours({2026, 3, 2}).size(), 1U);
    EXPECT_EQ(calendar->due(*Instant::parse("2026-03-02T00:00:00Z"), length("PT3H"))->str(),
              "2026-03-02T11:00:00.000Z");
}

}  // namespace
}  // namespace keepword::calendar
