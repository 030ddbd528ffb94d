#include <algorithm>
#include <random>

#include "engine/calendar/calendar_fixture.hpp"

namespace keepword::calendar {
namespace {

// An oracle that walks minute by minute, which the code under test must not.
class Naive {
  public:
    explicit Naive(Calendar const& calendar) : calendar_(calendar) {}

    bool works(Instant minute, std::vector<Pause> const& pauses) const {
        for (auto const& pause : pauses) {
            if (minute >= pause.from && minute < pause.to) return false;
        }
        Day const day = day_at(minute, hours(8));
        auto const of_day = (minute.ms + hours(8).ms) / 60'000 % 1440;
        auto const spans = calendar_.hours(day);
        return std::ranges::any_of(spans, [&](Hours const& h) { return of_day >= h.from && of_day < h.to; });
    }
    Instant due(Instant from, std::int64_t minutes_left, std::vector<Pause> const& pauses) const {
        while (minutes_left > 0) {
            if (works(from, pauses)) --minutes_left;
            from = from + minutes(1);
        }
        return from;
    }

  private:
    Calendar const& calendar_;
};

TEST(Random, lengths_and_pauses_agree_with_counting_minutes) {
    auto const calendar = office();
    Naive const naive(calendar);
    std::mt19937 random(20260213);
    auto const upto = [&](int n) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(n)); };
    for (int round = 0; round < 300; ++round) {
        Instant const from = at("2024-01-25 00:00") + minutes(upto(1440 * 760));
        std::vector<Pause> pauses;
        for (auto i = upto(4); i > 0; --i) {
            Instant const begin = from + minutes(upto(6'000) - 1'000);
            pauses.push_back({begin, begin + minutes(upto(3'000))});
        }
        auto const wanted = upto(2'500);
        auto const why = calendar.explain(from, {0, minutes(wanted)}, pauses);
        ASSERT_TRUE(why);
        EXPECT_EQ(why->due, naive.due(from, wanted, pauses)) << shown(from) << " + " << wanted;
        EXPECT_EQ(*calendar.due(from, {0, minutes(wanted)}, pauses), why->due);
        EXPECT_EQ(calendar.working_between(from, why->due, pauses), minutes(wanted));
        Instant reached = from;
        Duration counted;
        for (auto const& stretch : why->stretches) {
            EXPECT_EQ(stretch.from, reached) << "no gaps";
            EXPECT_LT(stretch.from, stretch.to);
            reached = stretch.to;
            counted.ms += stretch.counted.ms;
        }
        EXPECT_EQ(reached, why->due);
        EXPECT_EQ(counted, minutes(wanted));
    }
}

TEST(Random, working_days_end_at_a_close_and_count_right) {
    auto const calendar = office();
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        Instant const from = at("2024-01-01 00:00") + minutes(static_cast<std::int64_t>(random() % (1440U * 900U)));
        auto const wanted = static_cast<std::int64_t>(random() % 20 + 1);
        auto const why = calendar.explain(from, {wanted, {}});
        ASSERT_TRUE(why);
        EXPECT_EQ(shown(why->due).substr(11), "17:30");
        std::int64_t days_between = 0;
        for (auto day = day_at(from, hours(8)).plus(1); day <= day_at(why->due, hours(8)); day = day.plus(1)) {
            days_between += calendar.works_on(day) ? 1 : 0;
        }
        EXPECT_EQ(days_between, wanted);
        std::int64_t told_days = 0;
        for (auto const& stretch : why->stretches) told_days += stretch.days;
        EXPECT_EQ(told_days, wanted);
        EXPECT_EQ(why->stretches.front().from, from);
        EXPECT_EQ(why->stretches.back().to, why->due);
    }
}

}  // namespace
}  // namespace keepword::calendar
