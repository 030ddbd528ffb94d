#include "engine/jobs/jobs.hpp"

#include <gtest/gtest.h>

#include <future>

#include "testkit/test_database.hpp"

namespace keepword::jobs {
namespace {

// Collects what went off, and lets a test wait for the n-th without sleeping.
class Heard {
  public:
    void add(std::string what) {
        {
            std::lock_guard const lock(mutex_);
            all_.push_back(std::move(what));
        }
        changed_.notify_all();
    }
    std::vector<std::string> wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(20), [&] { return all_.size() >= count; });
        return all_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> all_;
};

class Jobs : public testing::Test {
  protected:
    testkit::TestDatabase test_;
    storage::Database& database_ = *test_;
    ManualClock clock_{Instant{1'000'000}};
    Heard heard_;

    AlarmHandler hears() {
        return [this](storage::Transaction&, json::value const& payload, Instant) -> Result<> {
            heard_.add(std::string(payload.as_string()));
            return {};
        };
    }
    void set(std::string const& id, std::int64_t after_ms) {
        ASSERT_TRUE(database_.write([&](storage::Transaction& tx) {
            return set_alarm(tx, id, "bell", Instant{1'000'000 + after_ms}, json::value(json::string(id)));
        }));
    }
};

TEST_F(Jobs, alarms_go_off_in_the_order_they_are_due_once_the_clock_reaches_them) {
    set("late", 3'000);
    set("early", 1'000);
    set("never", 9'000'000);
    AlarmRunner runner(database_, clock_, {{"bell", hears()}});
    runner.start();
    clock_.advance(milliseconds(5'000));
    runner.wake();
    EXPECT_EQ(heard_.wait(2), (std::vector<std::string>{"early", "late"}));
}

TEST_F(Jobs, an_alarm_overdue_at_start_goes_off_at_once_and_only_once) {
    set("missed", -60'000);
    {
        AlarmRunner runner(database_, clock_, {{"bell", hears()}});
        runner.start();
        EXPECT_EQ(heard_.wait(1).size(), 1U);
    }
    set("second", -1);
    AlarmRunner again(database_, clock_, {{"bell", hears()}});
    again.start();
    EXPECT_EQ(heard_.wait(2), (std::vector<std::string>{"missed", "second"}));
}

TEST_F(Jobs, a_cancelled_alarm_is_silent_and_a_moved_one_rings_at_its_new_time) {
    set("cancelled", 1'000);
    set("moved", 1'000);
    set("moved", 2'000);
    ASSERT_TRUE(database_.write([](storage::Transaction& tx) { return cancel_alarm(tx, "cancelled"); }));
    set("last", 3'000);
    AlarmRunner runner(database_, clock_, {{"bell", hears()}});
    runner.start();
    clock_.advance(milliseconds(5'000));
    runner.wake();
    EXPECT_EQ(heard_.wait(2), (std::vector<std::string>{"moved", "last"}));
}

TEST_F(Jobs, a_failing_alarm_is_kept_for_later_and_does_not_hold_up_the_others) {
    set("bad", -2);
    set("good", -1);
    AlarmRunner runner(database_, clock_, {{"bell", [this](storage::Transaction&, json::value const& p, Instant) -> Result<> {
                                                if (p == "bad") return fail(Kind::internal, "test.bad");
                                                heard_.add("good");
                                                return {};
                                            }}});
    runner.start();
    EXPECT_EQ(heard_.wait(1).size(), 1U);
    runner.stop();
    auto const row = database_.read([](storage::Transaction& tx) { return tx.one("SELECT due, tries FROM alarm WHERE id = 'bad'"); });
    ASSERT_TRUE(row && *row);
    EXPECT_EQ((*row)->instant(0), clock_.now() + minutes(1));
    EXPECT_EQ((*row)->integer(1), 1);
}

TEST_F(Jobs, a_message_is_sent_once_however_often_it_is_enqueued) {
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(database_.write([&](storage::Transaction& tx) {
            return enqueue(tx, "mail", "same", json::value("hello"), clock_.now());
        }));
    }
    ASSERT_TRUE(database_.write([&](storage::Transaction& tx) {
        return enqueue(tx, "mail", "zz-other", json::value("bye"), clock_.now());
    }));
    OutboxRunner runner(database_, clock_, {{"mail", [this](json::value const& p) -> Result<> {
                                                 heard_.add(std::string(p.as_string()));
                                                 return {};
                                             }}});
    runner.start();
    EXPECT_EQ(heard_.wait(2), (std::vector<std::string>{"hello", "bye"}));
}

TEST_F(Jobs, a_passing_fault_is_tried_again_later_and_a_refusal_is_not) {
    ASSERT_TRUE(database_.write([&](storage::Transaction& tx) -> Result<> {
        TRY(enqueue(tx, "mail", "a-passing", json::value("1"), clock_.now()));
        return enqueue(tx, "mail", "b-refused", json::value("2"), clock_.now());
    }));
    OutboxRunner runner(database_, clock_, {{"mail", [this](json::value const& p) -> Result<> {
                                                 heard_.add(std::string(p.as_string()));
                                                 return fail(p == "1" ? Kind::unavailable : Kind::invalid, "test.fault");
                                             }}});
    runner.start();
    heard_.wait(2);
    clock_.advance(minutes(1));
    runner.wake();
    EXPECT_EQ(heard_.wait(3), (std::vector<std::string>{"1", "2", "1"}));
    runner.stop();
    auto const row = database_.read([](storage::Transaction& tx) { return tx.one("SELECT state FROM outbox WHERE key = 'b-refused'"); });
    ASSERT_TRUE(row && *row);
    EXPECT_EQ((*row)->text(0), "dead");
}

}  // namespace
}  // namespace keepword::jobs
