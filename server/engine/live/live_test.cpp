#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "engine/live/hub.hpp"
#include "testkit/both_databases.hpp"
#include "testkit/test_database.hpp"

namespace keepword::live {
namespace {

using storage::Dialect;
using storage::Transaction;
using namespace std::chrono_literals;

bool everything(Event const&) {
    return true;
}

// Reads a stream as a browser does: asks for more until it has what it waits for.
class Reader {
  public:
    explicit Reader(std::shared_ptr<Subscription> subscription) : subscription_(std::move(subscription)) {}

    // The next batch, or nothing when the stream is over.
    std::optional<Events> next() {
        auto promise = std::make_shared<std::promise<std::optional<Events>>>();
        auto future = promise->get_future();
        subscription_->next([promise](std::optional<Events> events) { promise->set_value(std::move(events)); });
        if (future.wait_for(20s) != std::future_status::ready) {
            ADD_FAILURE() << "no event came";
            return std::nullopt;
        }
        return future.get();
    }
    // "topic:case" of the next `count` events; keep-alives and the start are passed over.
    std::vector<std::string> take(std::size_t count) {
        std::vector<std::string> seen;
        while (seen.size() < count) {
            auto const events = next();
            if (!events) break;
            for (auto const& event : *events) {
                last_ = event->number;
                if (event->topic == start_topic) continue;
                seen.push_back(event->topic + ":" + std::to_string(event->case_id));
            }
        }
        return seen;
    }
    std::int64_t last() const { return last_; }
    Subscription& operator*() { return *subscription_; }

  private:
    std::shared_ptr<Subscription> subscription_;
    std::int64_t last_ = 0;
};

class Live : public testing::TestWithParam<Dialect> {
  protected:
    Result<> say(std::string const& topic, std::int64_t case_id, json::value data = nullptr, Instant at = {}) {
        return database_->write([&](Transaction& tx) { return publish(tx, at, topic, case_id, data); });
    }
    Result<std::vector<Event>> behind(std::int64_t number, std::int64_t limit = 100) {
        return database_->read([&](Transaction& tx) { return since(tx, number, limit); });
    }
    std::int64_t now() {
        return *database_->read([](Transaction& tx) { return newest(tx); });
    }
    Reader follow(Hub& hub, std::optional<std::int64_t> after = {}, Visible visible = everything) {
        auto subscription = hub.subscribe(after, std::move(visible));
        EXPECT_TRUE(subscription) << subscription.error().code;
        return Reader(*subscription);
    }

    testkit::TestDatabase database_{GetParam()};
    ManualClock clock_{Instant{1'000'000'000}};
};
KEEPWORD_ON_BOTH_DATABASES(Live);

TEST_P(Live, events_are_kept_with_their_change_and_read_in_order) {
    auto const start = now();
    ASSERT_TRUE(say("case", 7, json::object{{"state", "open"}}, Instant{5}));
    ASSERT_TRUE(say("task", 0));
    EXPECT_FALSE(database_->write([&](Transaction& tx) -> Result<> {
        TRY(publish(tx, Instant{}, "case", 8, nullptr));
        return fail(Kind::conflict, "test.no");
    }));
    auto const events = behind(start);
    ASSERT_TRUE(events) << events.error().detail;
    ASSERT_EQ(events->size(), 2U);
    EXPECT_EQ((*events)[0].topic, "case");
    EXPECT_EQ((*events)[0].case_id, 7);
    EXPECT_EQ((*events)[0].at, Instant{5});
    EXPECT_EQ((*events)[0].data, json::value(json::object{{"state", "open"}}));
    EXPECT_EQ((*events)[1].case_id, 0);
    EXPECT_LT((*events)[0].number, (*events)[1].number);
    EXPECT_EQ(behind((*events)[0].number)->size(), 1U);
    EXPECT_EQ(behind(start, 1)->size(), 1U);
}

// SQLite has one writer at a time, so there it cannot come to this.
using LiveWithManyWriters = Live;
INSTANTIATE_TEST_SUITE_P(On, LiveWithManyWriters, testing::Values(Dialect::postgresql), testkit::dialect_name);

TEST_P(LiveWithManyWriters, an_event_committed_late_is_not_passed_over) {
    auto const start = now();
    std::promise<void> first_is_written;
    std::promise<void> second_is_committed;
    std::promise<Result<>> done;
    database_->submit_write(
        [&, tries = 0](Transaction& tx) mutable -> Result<> {
            TRY(publish(tx, Instant{}, "first", 1, nullptr));
            if (tries++ > 0) return {};
            first_is_written.set_value();
            second_is_committed.get_future().wait();
            return {};
        },
        [&](Result<> result) { done.set_value(std::move(result)); });
    first_is_written.get_future().wait();
    // From another process, since this one's second connection is wanted below.
    auto const other = database_.another();
    ASSERT_TRUE(other->write([](Transaction& tx) { return publish(tx, Instant{}, "second", 2, nullptr); }));
    // The second one is committed but must wait for the first.
    EXPECT_EQ(behind(start)->size(), 0U);
    second_is_committed.set_value();
    ASSERT_TRUE(done.get_future().get());
    auto const events = behind(start);
    ASSERT_EQ(events->size(), 2U);
    EXPECT_EQ((*events)[0].topic, "first");
    EXPECT_EQ((*events)[1].topic, "second");
}

TEST_P(Live, what_was_pruned_is_lost_and_said_so) {
    auto const start = now();
    for (int i = 1; i <= 10; ++i) ASSERT_TRUE(say("case", i, nullptr, Instant{i * 100}));
    auto const all = *behind(start);
    ASSERT_TRUE(database_->write([](Transaction& tx) { return prune(tx, Instant{400}, 100); }));
    EXPECT_EQ(behind(start).error().code, "live.lost");
    EXPECT_EQ(behind(all[2].number)->size(), 7U);
    ASSERT_TRUE(database_->write([](Transaction& tx) { return prune(tx, Instant{0}, 2); }));
    EXPECT_EQ(behind(all[2].number).error().code, "live.lost");
    EXPECT_EQ(behind(all[7].number)->size(), 2U);
    EXPECT_EQ(behind(all[9].number)->size(), 0U);
    EXPECT_EQ(behind(all[9].number + (std::int64_t{1} << 40)).error().code, "live.lost");
    // Numbers go on where they were.
    ASSERT_TRUE(say("case", 11));
    EXPECT_EQ(behind(all[9].number)->front().case_id, 11);
}

TEST_P(Live, too_much_is_refused) {
    EXPECT_EQ(say("case", 1, json::value(std::string(17'000, 'x'))).error().code, "live.too-large");
    EXPECT_EQ(say(std::string(61, 't'), 1).error().code, "live.too-large");
}

TEST_P(Live, the_hub_hands_out_what_is_committed_to_who_may_see_it) {
    Hub hub(*database_, clock_);
    auto all = follow(hub);
    auto some = follow(hub, {}, [](Event const& event) { return event.case_id == 2; });
    ASSERT_TRUE(say("case", 1));
    ASSERT_TRUE(say("case", 2));
    ASSERT_TRUE(say("task", 2));
    EXPECT_EQ(all.take(3), (std::vector<std::string>{"case:1", "case:2", "task:2"}));
    EXPECT_EQ(some.take(2), (std::vector<std::string>{"case:2", "task:2"}));
}

TEST_P(Live, a_fresh_stream_begins_with_a_number_to_resume_behind) {
    ASSERT_TRUE(say("case", 1));
    std::int64_t from = 0;
    {
        Hub hub(*database_, clock_);
        auto const first = follow(hub).next();
        ASSERT_TRUE(first && first->size() == 1);
        EXPECT_EQ(first->front()->topic, start_topic);
        from = first->front()->number;
    }
    ASSERT_TRUE(say("case", 2));
    Hub hub(*database_, clock_);
    EXPECT_EQ(follow(hub, from).take(1), (std::vector<std::string>{"case:2"}));
}

TEST_P(Live, a_stream_resumes_behind_the_last_event_seen) {
    std::int64_t last = 0;
    {
        Hub hub(*database_, clock_);
        auto reader = follow(hub);
        ASSERT_TRUE(say("case", 1));
        EXPECT_EQ(reader.take(1), (std::vector<std::string>{"case:1"}));
        last = reader.last();
    }
    for (int i = 2; i <= 1'200; ++i) {
        if (i % 400 != 0) continue;
        ASSERT_TRUE(database_->write([&](Transaction& tx) -> Result<> {
            for (int k = 0; k < 400; ++k) TRY(publish(tx, Instant{}, "case", i + k, nullptr));
            return {};
        }));
    }
    HubOptions roomy;
    roomy.backlog = 5'000;
    Hub hub(*database_, clock_, roomy);
    auto reader = follow(hub, last);
    EXPECT_EQ(reader.take(1'200).size(), 1'200U);
    ASSERT_TRUE(say("case", 9'999));
    EXPECT_EQ(reader.take(1), (std::vector<std::string>{"case:9999"}));
}

TEST_P(Live, who_is_too_far_behind_is_told_to_load_anew) {
    HubOptions tight;
    tight.backlog = 3;
    Hub hub(*database_, clock_, tight);
    auto slow = follow(hub);
    auto quick = follow(hub);
    for (int i = 1; i <= 8; ++i) {
        ASSERT_TRUE(say("case", i));
        ASSERT_EQ(quick.take(1).size(), 1U);
    }
    // Nobody has read `slow` since: a reset stands for what was dropped, then it goes on.
    auto const seen = slow.take(1);
    EXPECT_EQ(seen.front(), "reset:0");
    ASSERT_TRUE(say("case", 9));
    std::string last;
    while (last != "case:9") last = slow.take(1).back();
    // Pruned away, or a number that never was.
    auto const lost = follow(hub, quick.last() + (std::int64_t{1} << 40)).take(1);
    EXPECT_EQ(lost.front(), "reset:0");
}

TEST_P(Live, silence_is_broken_by_keep_alives) {
    HubOptions impatient;
    impatient.keep_alive = 20ms;
    Hub hub(*database_, clock_, impatient);
    auto reader = follow(hub);
    // On a busy machine the stream's first word takes longer than the short silence allowed here.
    auto first = reader.next();
    while (first && first->empty()) first = reader.next();
    ASSERT_TRUE(first);
    ASSERT_EQ(first->size(), 1U);
    auto const nothing = reader.next();
    ASSERT_TRUE(nothing);
    EXPECT_TRUE(nothing->empty());
}

TEST_P(Live, streams_are_bounded_and_end) {
    HubOptions few;
    few.subscribers = 2;
    auto hub = std::make_unique<Hub>(*database_, clock_, few);
    auto first = follow(*hub);
    auto second = follow(*hub);
    EXPECT_EQ(hub->subscribe({}, everything).error().code, "live.full");
    (*first).close();
    EXPECT_TRUE(hub->subscribe({}, everything));
    auto over = std::async(std::launch::async, [&] {
        while (second.next()) {
        }
        return true;
    });
    hub->stop();
    EXPECT_TRUE(over.get());
    EXPECT_FALSE(second.next());
    EXPECT_EQ(hub->subscribe({}, everything).error().code, "live.full");
    // The database still calls its listener when the hub is gone.
    hub.reset();
    EXPECT_TRUE(say("case", 1));
}

TEST_P(Live, old_events_go_with_time) {
    auto const start = now();
    ASSERT_TRUE(say("case", 1, nullptr, clock_.now()));
    Hub hub(*database_, clock_);
    auto reader = follow(hub);
    clock_.advance(hours(2));
    ASSERT_TRUE(say("case", 2, nullptr, clock_.now()));
    ASSERT_EQ(reader.take(1).size(), 1U);
    // The hub prunes after it has delivered; a stop waits for that turn's end.
    ASSERT_TRUE(say("case", 3, nullptr, clock_.now()));
    ASSERT_EQ(reader.take(1).size(), 1U);
    hub.stop();
    EXPECT_EQ(behind(start).error().code, "live.lost");
}

}  // namespace
}  // namespace keepword::live
