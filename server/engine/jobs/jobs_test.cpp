#include "engine/jobs/jobs_fixture.hpp"

namespace keepword::jobs {
namespace {

KEEPWORD_ON_BOTH_DATABASES(Jobs);

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
        wrote = database_->write([](Transaction& tx) { return tx.execute("INSERT INTO fired (id) VALUES ('x')"); })
                    .has_value();
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

TEST_P(Jobs, where_the_clock_is_put_back_nothing_waits_until_it_is_there_again) {
    constexpr Duration years = days(3 * 365);
    std::atomic<bool> down{true};
    auto const round = [this](Transaction& tx, Alarm const& alarm, Instant now) -> Result<> {
        heard_.add("round");
        return set_alarm(tx, alarm.id, alarm.kind, now + hours(1), nullptr);
    };
    auto const send = [&](Job const& job) -> Result<> {
        if (down) return fail(Kind::unavailable, "mail.down");
        heard_.add(job.key);
        return {};
    };
    clock_.advance(years);
    set("round", clock_.now());
    set("in ten years", clock_.now() + days(10 * 365), "later");
    put("failed there", clock_.now());
    auto runner = running(round, send, {.rounds = {"timer"}});
    ASSERT_TRUE(runner->settle(patience));
    clock_.set(start);
    put("put there", start + years);
    down = false;
    ASSERT_TRUE(runner->settle(patience));
    clock_.advance(hours(1) + minutes(1));
    ASSERT_TRUE(runner->settle(patience));
    EXPECT_THAT(heard_.all(), testing::UnorderedElementsAre("round", "round", "failed there", "put there"));
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
