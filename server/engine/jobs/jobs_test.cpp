#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "engine/jobs/runner.hpp"
#include "testkit/both_databases.hpp"
#include "testkit/test_database.hpp"

namespace keepword::jobs {
namespace {

using storage::Dialect;
using storage::Transaction;
using namespace std::chrono_literals;
using Names = std::vector<std::string>;

constexpr Instant start{1'700'000'000'000};
constexpr auto patience = 20s;

// What handlers and senders were called for, in order.
class Heard {
  public:
    void add(std::string what) {
        std::lock_guard const lock(mutex_);
        all_.push_back(std::move(what));
    }
    Names all() const {
        std::lock_guard const lock(mutex_);
        return all_;
    }

  private:
    mutable std::mutex mutex_;
    Names all_;
};

class Jobs : public testing::TestWithParam<Dialect> {
  protected:
    void SetUp() override {
        must([](Transaction& tx) { return tx.script("CREATE TABLE fired (id TEXT PRIMARY KEY)"); });
    }
    void must(storage::Database::Work work) {
        auto const done = database_->write(std::move(work));
        ASSERT_TRUE(done) << done.error().code << done.error().detail;
    }
    void set(std::string const& id, Instant due, std::string const& kind = "timer") {
        must([&](Transaction& tx) { return set_alarm(tx, id, kind, due, json::value(json::string(id))); });
    }
    bool put(std::string const& key, Instant due, std::string const& kind = "mail") {
        auto const added = database_->write([&](Transaction& tx) { return enqueue(tx, kind, key, json::value(json::string("to " + key)), due); });
        EXPECT_TRUE(added);
        return added.value_or(false);
    }
    // A handler that notes what it was called for, and leaves a row that a second call for the same alarm would stumble over.
    Handle noting() {
        return [this](Transaction& tx, Alarm const& alarm, Instant now) -> Result<> {
            TRY(tx.execute("INSERT INTO fired (id) VALUES (?)", alarm.id));
            heard_.add(alarm.id + "@" + std::to_string((now - start).ms));
            return {};
        };
    }
    Send noting_jobs() {
        return [this](Job const& job) -> Result<> {
            heard_.add(job.key + "#" + std::to_string(job.tries));
            return {};
        };
    }
    std::unique_ptr<Runner> running(Handle handle, Send send, RunnerOptions options = {}) {
        auto runner = std::make_unique<Runner>(*database_, clock_, options);
        if (handle) runner->on_alarm("timer", std::move(handle));
        if (send) runner->on("mail", std::move(send));
        runner->start();
        return runner;
    }
    void advance(Runner& runner, Duration by) {
        clock_.advance(by);
        ASSERT_TRUE(runner.settle(patience));
    }
    std::optional<Instant> next() {
        return *database_->read([](Transaction& tx) { return next_due(tx); });
    }

    testkit::TestDatabase database_{GetParam()};
    ManualClock clock_{start};
    Heard heard_;
};
KEEPWORD_ON_BOTH_DATABASES(Jobs);

TEST(Backoff, doubles_from_a_minute_to_an_hour) {
    EXPECT_EQ(backoff(1), minutes(1));
    EXPECT_EQ(backoff(2), minutes(2));
    EXPECT_EQ(backoff(6), minutes(32));
    EXPECT_EQ(backoff(7), hours(1));
    EXPECT_EQ(backoff(20), hours(1));
}

// ---- alarms ------------------------------------------------------------------------------------------------------

TEST_P(Jobs, alarms_fire_in_the_order_of_their_times_when_the_clock_gets_there) {
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

TEST_P(Jobs, overdue_alarms_fire_at_once_after_a_restart) {
    set("missed", start - hours(1));
    auto const begun = std::chrono::steady_clock::now();
    auto const runner = running(noting(), {});
    ASSERT_TRUE(runner->settle(patience));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 1s);
    EXPECT_EQ(heard_.all(), Names{"missed@0"});
}

TEST_P(Jobs, an_alarm_set_while_running_fires_without_being_asked_for) {
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

TEST_P(Jobs, alarms_can_be_moved_and_cancelled) {
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

TEST_P(Jobs, a_handler_can_set_and_cancel_alarms_that_are_due_too) {
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

TEST_P(Jobs, a_failing_alarm_is_undone_and_tried_later_and_hurts_no_other) {
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

TEST_P(Jobs, an_alarm_that_always_fails_is_dead_and_can_be_revived) {
    set("bad", start);
    auto const runner = running([](Transaction&, Alarm const&, Instant) { return fail(Kind::internal, "test.bad"); }, {});
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

TEST_P(Jobs, many_alarms_fire_once_each_also_beside_a_second_process) {
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

TEST_P(Jobs, a_job_is_done_once_after_its_commit) {
    auto const runner = running({}, noting_jobs());
    EXPECT_FALSE(database_->write([](Transaction& tx) -> Result<> {
        TRY(enqueue(tx, "mail", "undone", nullptr, start));
        return fail(Kind::conflict, "test.no");
    }));
    EXPECT_TRUE(put("a", start));
    EXPECT_FALSE(put("a", start));
    ASSERT_TRUE(runner->settle(patience));
    EXPECT_FALSE(put("a", start));
    EXPECT_TRUE(put("a", start, "other kind"));
    ASSERT_TRUE(runner->settle(patience));
    EXPECT_EQ(heard_.all(), Names{"a#1"});
}

TEST_P(Jobs, jobs_get_what_was_put_in_and_go_in_order_of_time) {
    put("late", start + minutes(2));
    put("early", start + minutes(1));
    std::optional<Job> got;
    RunnerOptions one;
    one.senders = 1;
    auto const runner = running(
        {},
        [&](Job const& job) -> Result<> {
            if (!got) got = job;
            heard_.add(job.key);
            return {};
        },
        one);
    advance(*runner, minutes(5));
    EXPECT_EQ(heard_.all(), (Names{"early", "late"}));
    EXPECT_EQ(got->kind, "mail");
    EXPECT_EQ(got->payload, json::value("to early"));
}

TEST_P(Jobs, a_failed_try_is_repeated_later_and_later_until_the_job_is_dead) {
    put("a", start);
    auto const runner = running({}, [this](Job const& job) -> Result<> {
        heard_.add(std::to_string(job.tries));
        return fail(Kind::unavailable, "test.no-network");
    });
    ASSERT_TRUE(runner->settle(patience));
    EXPECT_EQ(next(), start + minutes(1));
    advance(*runner, minutes(1));
    EXPECT_EQ(next(), start + minutes(3));
    for (int i = 2; i < max_tries; ++i) advance(*runner, hours(1));
    EXPECT_EQ(heard_.all().size(), static_cast<std::size_t>(max_tries));
    EXPECT_EQ(next(), std::nullopt);
    auto const dead = database_->read([](Transaction& tx) { return dead_jobs(tx, 10); });
    ASSERT_EQ(dead->size(), 1U);
    EXPECT_EQ(dead->front().key, "a");
    EXPECT_EQ(dead->front().error, "test.no-network");
    must([&](Transaction& tx) { return revive_job(tx, "mail", "a", clock_.now()); });
    EXPECT_EQ(database_->write([&](Transaction& tx) { return revive_job(tx, "mail", "b", clock_.now()); }).error().code,
              "jobs.not-dead");
    ASSERT_TRUE(runner->settle(patience));
    EXPECT_EQ(heard_.all().back(), "1");
}

TEST_P(Jobs, what_cannot_ever_work_is_dead_at_once_and_an_exception_is_no_end) {
    put("refused", start);
    put("thrown", start);
    auto const runner = running({}, [](Job const& job) -> Result<> {
        if (job.key == "thrown") throw std::runtime_error("a bug");
        return fail(Kind::invalid, "test.no-such-address");
    });
    ASSERT_TRUE(runner->settle(patience));
    auto const dead = database_->read([](Transaction& tx) { return dead_jobs(tx, 10); });
    ASSERT_EQ(dead->size(), 1U);
    EXPECT_EQ(dead->front().key, "refused");
    EXPECT_EQ(next(), start + minutes(1));
}

TEST_P(Jobs, sending_happens_outside_of_any_transaction) {
    put("a", start);
    std::atomic<bool> wrote{false};
    auto const runner = running({}, [&](Job const&) -> Result<> {
        // With SQLite's one writer this would wait for ever inside a transaction.
        wrote = database_->write([](Transaction& tx) { return tx.execute("INSERT INTO fired (id) VALUES ('x')"); }).has_value();
        return {};
    });
    ASSERT_TRUE(runner->settle(patience));
    EXPECT_TRUE(wrote);
}

TEST_P(Jobs, a_slow_job_delays_neither_alarms_nor_other_jobs) {
    std::promise<void> release;
    auto const released = release.get_future().share();
    std::promise<void> sending;
    std::promise<void> other_sent;
    std::promise<void> fired;
    put("slow", start);
    auto const runner = running(
        [&](Transaction&, Alarm const&, Instant) -> Result<> {
            fired.set_value();
            return {};
        },
        [&](Job const& job) -> Result<> {
            if (job.key == "quick") other_sent.set_value();
            if (job.key == "slow") {
                sending.set_value();
                released.wait();
            }
            return {};
        });
    sending.get_future().wait();
    put("quick", start);
    set("alarm", start);
    EXPECT_EQ(other_sent.get_future().wait_for(patience), std::future_status::ready);
    EXPECT_EQ(fired.get_future().wait_for(patience), std::future_status::ready);
    EXPECT_FALSE(runner->settle(50ms));
    release.set_value();
    EXPECT_TRUE(runner->settle(patience));
}

TEST_P(Jobs, a_job_whose_sender_was_killed_is_taken_up_again) {
    put("a", start);
    // As a killed process leaves it: leased, and nobody there.
    must([](Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE job SET state = 'leased', tries = 1, due = ?", start + minutes(10)));
        return {};
    });
    auto const runner = running({}, noting_jobs());
    ASSERT_TRUE(runner->settle(patience));
    if (GetParam() == Dialect::postgresql) {
        // Another process may still be at it: only when its lease ends.
        EXPECT_EQ(heard_.all(), Names{});
        advance(*runner, minutes(10));
    }
    EXPECT_EQ(heard_.all(), Names{"a#2"});
}

TEST_P(Jobs, kinds_nobody_knows_wait_for_who_does) {
    put("a", start, "unknown");
    set("t", start, "unknown");
    auto const runner = running(noting(), noting_jobs());
    ASSERT_TRUE(runner->settle(patience));
    EXPECT_EQ(heard_.all(), Names{});
    EXPECT_EQ(next(), start);
}

TEST_P(Jobs, done_jobs_are_forgotten_after_a_while) {
    put("old", start);
    auto const runner = running({}, noting_jobs());
    ASSERT_TRUE(runner->settle(patience));
    advance(*runner, days(31));
    EXPECT_TRUE(put("old", clock_.now()));
    ASSERT_TRUE(runner->settle(patience));
    EXPECT_EQ(heard_.all(), (Names{"old#1", "old#1"}));
}

TEST_P(Jobs, what_is_too_large_is_refused) {
    json::value const payload(std::string(300'000, 'x'));
    auto const large = database_->write([&](Transaction& tx) { return enqueue(tx, "mail", "a", payload, start); });
    EXPECT_EQ(large.error().code, "jobs.too-large");
    std::string const id(301, 'x');
    auto const longer = database_->write([&](Transaction& tx) { return set_alarm(tx, id, "timer", start, nullptr); });
    EXPECT_EQ(longer.error().code, "jobs.too-large");
}

}  // namespace
}  // namespace keepword::jobs
