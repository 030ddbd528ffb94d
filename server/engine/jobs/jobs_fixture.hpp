#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "engine/jobs/runner.hpp"
#include "testkit/both_databases.hpp"
#include "testkit/test_database.hpp"

namespace keepword::jobs {

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
        auto const added = database_->write(
            [&](Transaction& tx) { return enqueue(tx, kind, key, json::value(json::string("to " + key)), due); });
        EXPECT_TRUE(added);
        return added.value_or(false);
    }
    // A handler that notes what it was called for, and leaves a row that a second call for the same alarm would stumble
    // over.
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

}  // namespace keepword::jobs
