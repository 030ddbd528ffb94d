#include "engine/jobs/jobs_fixture.hpp"

namespace keepword::jobs {
namespace {

class Alarms : public Jobs {};
KEEPWORD_ON_BOTH_DATABASES(Alarms);

TEST(Backoff, doubles_from_a_minute_to_an_hour) {
    EXPECT_EQ(backoff(1), minutes(1));
    EXPECT_EQ(backoff(2), minutes(2));
    EXPECT_EQ(backoff(6), minutes(32));
    EXPECT_EQ(backoff(7), hours(1));
    EXPECT_EQ(backoff(20), hours(1));
}

// ---- alarms ------------------------------------------------------------------------------------------------------

TEST_P(Alarms, alarms_fire_in_the_order_of_their_times_when_the_clock_gets_there) {
    set("c", start + minutes(30));
    set("a", start + minutes(10));
    set("b", start + minutes(20));
    set("later", start + hours(4));
    EXPECT_EQ(next(), start + minutes(10));
    auto const runner = running(noting(), {});
    ASSERT_TRUE(runner->settle(patience));
    EXPECT_EQ(heard_.all(), Names{});
    advance(*runner, minutes(30));
    EXPECT_EQ(heard_.all(), (Names{"a@1800000", "b@1800000", "c@1800000"}));
    EXPECT_EQ(next(), start + hours(4));
    advance(*runner, hours(4));
    EXPECT_EQ(heard_.all().back(), "later@16200000");
    EXPECT_EQ(next(), std::nullopt);
}

TEST_P(Alarms, overdue_alarms_fire_at_once_after_a_restart) {
    set("missed", start - hours(1));
    auto const begun = std::chrono::steady_clock::now();
    auto const runner = running(noting(), {});
    ASSERT_TRUE(runner->settle(patience));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 1s);
    EXPECT_EQ(heard_.all(), Names{"missed@0"});
}

TEST_P(Alarms, an_alarm_set_while_running_fires_without_being_asked_for) {
    SystemClock system;
    Runner runner(*database_, system);
    std::promise<void> fired;
    runner.on_alarm("timer", [&](Transaction&, Alarm const&, Instant) -> Result<> {
        fired.set_value();
        return {};
    });
    runner.start();
    set("soon", system.now() + milliseconds(50));
    EXPECT_EQ(fired.get_future().wait_for(patience), std::future_status::ready);
}

TEST_P(Alarms, alarms_can_be_moved_and_cancelled) {
    set("moved", start + minutes(5));
    set("moved", start + minutes(15));
    set("cancelled", start + minutes(5));
    must([](Transaction& tx) { return cancel_alarm(tx, "cancelled"); });
    must([](Transaction& tx) { return cancel_alarm(tx, "cancelled"); });
    auto const runner = running(noting(), {});
    advance(*runner, minutes(10));
    EXPECT_EQ(heard_.all(), Names{});
    advance(*runner, minutes(10));
    EXPECT_EQ(heard_.all(), Names{"moved@1200000"});
}

TEST_P(Alarms, a_handler_can_set_and_cancel_alarms_that_are_due_too) {
    set("1", start + minutes(1));
    set("3", start + minutes(3));
    auto const runner = running(
        [this](Transaction& tx, Alarm const& alarm, Instant now) -> Result<> {
            TRY(noting()(tx, alarm, now));
            if (alarm.id != "1") return {};
            TRY(cancel_alarm(tx, "3"));
            TRY(set_alarm(tx, "2", "timer", start + minutes(2), nullptr));
            TRY(set_alarm(tx, "1 again", "timer", now + minutes(1), nullptr));
            return {};
        },
        {});
    advance(*runner, minutes(5));
    EXPECT_EQ(heard_.all(), (Names{"1@300000", "2@300000"}));
    advance(*runner, minutes(1));
    EXPECT_EQ(heard_.all().back(), "1 again@360000");
}

TEST_P(Alarms, a_failing_alarm_is_undone_and_tried_later_and_hurts_no_other) {
    for (char name = 'a'; name <= 'e'; ++name) set(std::string(1, name), start + seconds(name));
    std::atomic<bool> broken{true};
    auto const runner = running(
        [&](Transaction& tx, Alarm const& alarm, Instant now) -> Result<> {
            TRY(noting()(tx, alarm, now));
            if (alarm.id == "c" && broken) throw std::runtime_error("a bug");
            return {};
        },
        {});
    advance(*runner, minutes(2));
    auto const fired = database_->read([](Transaction& tx) { return tx.query("SELECT id FROM fired ORDER BY id"); });
    ASSERT_EQ(fired->size(), 4U);
    EXPECT_EQ((*fired)[2].text(0), "d");
    EXPECT_EQ(next(), start + minutes(3));
    broken = false;
    advance(*runner, minutes(1));
    EXPECT_EQ(heard_.all().back(), "c@180000");
    EXPECT_EQ(next(), std::nullopt);
}

TEST_P(Alarms, an_alarm_that_always_fails_is_dead_and_can_be_revived) {
    set("bad", start);
    auto const runner =
        running([](Transaction&, Alarm const&, Instant) { return fail(Kind::internal, "test.bad"); }, {});
    for (int i = 0; i < max_tries; ++i) advance(*runner, hours(1));
    EXPECT_EQ(next(), std::nullopt);
    auto const dead = database_->read([](Transaction& tx) { return dead_alarms(tx, 10); });
    ASSERT_EQ(dead->size(), 1U);
    EXPECT_EQ(dead->front().key, "bad");
    EXPECT_EQ(dead->front().tries, max_tries);
    EXPECT_EQ(dead->front().error, "test.bad");
    runner->stop();
    must([&](Transaction& tx) { return revive_alarm(tx, "bad", clock_.now()); });
    auto const again = running(noting(), {});
    ASSERT_TRUE(again->settle(patience));
    EXPECT_EQ(heard_.all().size(), 1U);
}

TEST_P(Alarms, many_alarms_fire_once_each_also_beside_a_second_process) {
    constexpr int count = 200;
    must([](Transaction& tx) -> Result<> {
        for (int i = 0; i < count; ++i) {
            TRY(set_alarm(tx, "t" + std::to_string(i), "timer", start + seconds(i % 7), nullptr));
        }
        return {};
    });
    auto const first = running(noting(), {});
    std::unique_ptr<storage::Database> other_database;
    std::unique_ptr<Runner> second;
    if (GetParam() == Dialect::postgresql) {
        other_database = database_.another();
        second = std::make_unique<Runner>(*other_database, clock_);
        second->on_alarm("timer", noting());
        second->start();
    }
    clock_.advance(minutes(1));
    if (second) second->wake();
    ASSERT_TRUE(first->settle(patience));
    ASSERT_TRUE(!second || second->settle(patience));
    auto const fired = database_->read([](Transaction& tx) { return tx.one("SELECT count(*) FROM fired"); });
    EXPECT_EQ((*fired)->integer(0), count);
    auto const broken = database_->read([](Transaction& tx) { return tx.one("SELECT count(*) FROM alarm"); });
    EXPECT_EQ((*broken)->integer(0), 0);
}

// ---- jobs --------------------------------------------------------------------------------------------------------

}  // namespace
}  // namespace keepword::jobs
