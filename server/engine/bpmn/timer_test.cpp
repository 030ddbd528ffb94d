#include "engine/bpmn/timer.hpp"

#include <gtest/gtest.h>

namespace keepword::bpmn {
namespace {

Instant at(char const* text) {
    return *Instant::parse(text);
}
TimerText cycle(char const* text) {
    return *parse_timer(TimerKind::cycle, text);
}

TEST(Period, is_read_from_iso_8601) {
    EXPECT_EQ(*parse_period("PT30M"), (Period{0, 0, minutes(30)}));
    EXPECT_EQ(*parse_period("P1Y2M3DT4H5M6.5S"), (Period{14, 3, Duration{14'706'500}}));
    EXPECT_EQ(*parse_period("P2W"), (Period{0, 14, {}}));
    EXPECT_EQ(*parse_period("PT0S"), (Period{}));
    for (char const* bad : {"", "P", "PT", "T1H", "1H", "PT1", "P1H", "PT1D", "PT1H1H", "PT1M1H", "P-1D", "PT1.5H",
                            "PT1.S", "P1DT", "PT99999999H", "PT1H ", "p1d", "P1S"}) {
        EXPECT_FALSE(parse_period(bad)) << bad;
    }
    EXPECT_EQ(parse_period("soon").error().params[0].second, "soon");
}

TEST(Cycle, is_read_with_count_and_start) {
    EXPECT_EQ(cycle("R/PT10M").period.time, minutes(10));
    EXPECT_FALSE(cycle("R/PT10M").repetitions);
    EXPECT_EQ(cycle("R3/P1D").repetitions, 3U);
    EXPECT_EQ(cycle("R3/2026-01-01T00:00:00Z/P1M").at, at("2026-01-01T00:00:00Z"));
    for (char const* bad :
         {"PT10M", "R", "R/", "R0/PT1H", "Rx/PT1H", "R-1/PT1H", "R/PT0S", "R/soon/PT1H", "R9999999/PT1H"}) {
        EXPECT_FALSE(parse_timer(TimerKind::cycle, bad)) << bad;
    }
}

TEST(Date, is_an_instant) {
    EXPECT_EQ(parse_timer(TimerKind::date, "2026-02-13T17:30:00+08:00")->at, at("2026-02-13T09:30:00Z"));
    EXPECT_FALSE(parse_timer(TimerKind::date, "2026-02-13"));
}

TEST(Clock, adds_days_and_months_by_the_wall_clock_of_beijing) {
    auto const added = [](char const* from, char const* period, int times = 1) {
        return by_clock(at(from), *parse_period(period), times)->str().substr(0, 16);
    };
    EXPECT_EQ(added("2026-01-05T08:00:00Z", "PT30M"), "2026-01-05T08:30");
    EXPECT_EQ(added("2026-01-05T08:00:00Z", "P1DT1H", 2), "2026-01-07T10:00");
    EXPECT_EQ(added("2026-01-31T02:00:00Z", "P1M"), "2026-02-28T02:00") << "the shorter month ends earlier";
    EXPECT_EQ(added("2026-01-31T02:00:00Z", "P1M", 2), "2026-03-31T02:00") << "and the next one does not";
    EXPECT_EQ(added("2026-01-31T16:00:00Z", "P1M"), "2026-02-28T16:00") << "1 February in Beijing to 1 March";
    EXPECT_EQ(added("2024-02-29T02:00:00Z", "P1Y"), "2025-02-28T02:00");
    EXPECT_FALSE(by_clock(at("2026-01-05T08:00:00Z"), *parse_period("P9000Y"), 1));
    EXPECT_FALSE(by_clock(at("2026-01-05T08:00:00Z"), *parse_period("P1000000D"), 1'000'000));
}

TEST(Due, counts_from_the_start_so_that_the_phase_stays) {
    Instant const since = at("2026-01-05T08:00:00Z");
    EXPECT_EQ(**due(*parse_timer(TimerKind::duration, "PT4H"), since, 0), at("2026-01-05T12:00:00Z"));
    EXPECT_EQ(**due(*parse_timer(TimerKind::date, "2026-01-01T00:00:00Z"), since, 0), at("2026-01-01T00:00:00Z"));
    EXPECT_EQ(**due(cycle("R/PT10M"), since, 0), at("2026-01-05T08:10:00Z"));
    EXPECT_EQ(**due(cycle("R/PT10M"), since, 7), at("2026-01-05T09:20:00Z"));
    EXPECT_FALSE(*due(cycle("R3/PT10M"), since, 3));
    EXPECT_EQ(**due(cycle("R/2026-01-06T00:00:00Z/P1D"), since, 0), at("2026-01-06T00:00:00Z"));
    EXPECT_EQ(**due(cycle("R/2026-01-06T00:00:00Z/P1D"), since, 2), at("2026-01-08T00:00:00Z"));
}

TEST(Missed, counts_the_periods_that_nobody_saw) {
    Instant const since = at("2026-01-05T08:00:00Z");
    auto const over = [&](char const* text, std::uint32_t fired, char const* now) {
        return *missed(cycle(text), since, fired, at(now));
    };
    EXPECT_EQ(over("R/PT10M", 0, "2026-01-05T08:10:00Z"), 0U);
    EXPECT_EQ(over("R/PT10M", 0, "2026-01-05T08:19:59Z"), 0U);
    EXPECT_EQ(over("R/PT10M", 0, "2026-01-05T08:20:00Z"), 1U);
    EXPECT_EQ(over("R/PT10M", 2, "2026-01-05T09:05:00Z"), 3U);
    EXPECT_EQ(over("R3/PT10M", 0, "2026-01-09T08:00:00Z"), 2U) << "no more than the timer has";
    EXPECT_EQ(over("R/PT1S", 0, "2026-01-06T08:00:00Z"), 86'399U) << "a day of seconds, without counting each";
    EXPECT_EQ(*missed(*parse_timer(TimerKind::duration, "PT1H"), since, 0, at("2026-02-05T08:00:00Z")), 0U);
}

TEST(Calendar, of_the_caller_replaces_the_clock) {
    Add const slow = [](Instant from, Period const& period, std::int64_t times) -> Result<Instant> {
        return from + period.time * (2 * times);
    };
    EXPECT_EQ(**due(cycle("R/PT10M"), at("2026-01-05T08:00:00Z"), 1, slow), at("2026-01-05T08:40:00Z"));
}

}  // namespace
}  // namespace keepword::bpmn
