#include <atomic>
#include <thread>

#include "storage/storage_fixture.hpp"

namespace keepword::storage {
namespace {

using Postgres = BothDatabases;
INSTANTIATE_TEST_SUITE_P(On, Postgres, testing::Values(Dialect::postgresql), testkit::dialect_name);

Result<std::int64_t> backend(Transaction& tx) {
    return TRY(tx.one("SELECT pg_backend_pid()"))->integer(0);
}

TEST_P(Postgres, two_works_that_collide_are_both_done_one_after_the_other) {
    ASSERT_EQ(code_of([](Transaction& tx) -> Result<> {
                  TRY(tx.execute("INSERT INTO thing (id, number) VALUES (1, 10), (2, 20)"));
                  return {};
              }),
              "");
    // Each sets one row to what it read in the other: in either order both rows end up equal; together they would swap.
    std::promise<void> first_has_read;
    std::promise<void> second_has_read;
    std::atomic<int> runs{0};
    auto const copy = [&](int from, int to, std::promise<void>& mine, std::promise<void>& other) {
        return [&, from, to, tries = 0](Transaction& tx) mutable -> Result<> {
            ++runs;
            auto const number = TRY(tx.one("SELECT number FROM thing WHERE id = ?", from))->real(0);
            if (tries++ == 0) {
                mine.set_value();
                other.get_future().wait();
            }
            TRY(tx.execute("UPDATE thing SET number = ? WHERE id = ?", number, to));
            return {};
        };
    };
    Answer first;
    Answer second;
    database_->submit_write(copy(1, 2, first_has_read, second_has_read), first.done());
    database_->submit_write(copy(2, 1, second_has_read, first_has_read), second.done());
    EXPECT_EQ(first.code(), "");
    EXPECT_EQ(second.code(), "");
    EXPECT_GE(runs.load(), 3);
    auto const equal = database_->read([](Transaction& tx) -> Result<bool> {
        return TRY(tx.one("SELECT count(DISTINCT number) FROM thing"))->integer(0) == 1;
    });
    EXPECT_TRUE(*equal);
}

TEST_P(Postgres, a_connection_killed_before_the_commit_is_made_anew_and_the_work_run_again) {
    std::int64_t killed = 0;
    auto const pid = database_->write([&](Transaction& tx) -> Result<std::int64_t> {
        auto const mine = TRY(backend(tx));
        TRY(insert(1)(tx));
        if (killed == 0) {
            killed = mine;
            // Kills itself: the answer to this never comes.
            TRY(tx.query("SELECT pg_terminate_backend(?::int)", mine));
        }
        return mine;
    });
    ASSERT_TRUE(pid) << pid.error().detail;
    EXPECT_NE(*pid, killed);
    EXPECT_EQ(count_elsewhere(), 1);
}

TEST_P(Postgres, a_connection_killed_while_idle_is_made_anew) {
    Options options;
    options.readers = 1;
    open(options);
    auto const pid = *database_->write(backend);
    auto const other = [&] {
        Options same;
        same.url = url_;
        return *storage::open(same);
    }();
    ASSERT_TRUE(other->write([&](Transaction& tx) -> Result<bool> {
        return TRY(tx.one("SELECT pg_terminate_backend(?::int, 10000)", pid))->flag(0);
    }));
    EXPECT_EQ(code_of(insert(1)), "");
    EXPECT_EQ(count_elsewhere(), 1);
}

TEST_P(Postgres, a_connection_lost_during_the_commit_is_reported_and_the_work_not_repeated) {
    ASSERT_TRUE(database_->write([](Transaction& tx) {
        return tx.script(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
            "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'; "
            "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW WHEN (NEW.id = 13) EXECUTE FUNCTION die()");
    }));
    std::atomic<int> runs{0};
    EXPECT_EQ(code_of([&](Transaction& tx) -> Result<> {
                  ++runs;
                  return insert(13)(tx);
              }),
              "storage.connection");
    EXPECT_EQ(runs.load(), 1);
    EXPECT_EQ(code_of(insert(14)), "");
}

TEST_P(Postgres, statements_prepared_before_a_migration_work_after_it) {
    Options options;
    options.readers = 1;
    open(options);
    auto const columns = [&] {
        return database_->read(
            [](Transaction& tx) -> Result<std::size_t> { return TRY(tx.query("SELECT * FROM thing")).front().size(); });
    };
    ASSERT_EQ(code_of(insert(1)), "");
    ASSERT_EQ(*columns(), 6U);
    auto const other = [&] {
        Options same;
        same.url = url_;
        return *storage::open(same);
    }();
    ASSERT_TRUE(other->write([](Transaction& tx) { return tx.script("ALTER TABLE thing ADD COLUMN more TEXT"); }));
    auto const after = columns();
    ASSERT_TRUE(after) << after.error().detail;
    EXPECT_EQ(*after, 7U);
}

TEST_P(Postgres, a_server_that_does_not_answer_is_a_connection_error) {
    Options options;
    options.url = "postgresql:///x?host=" + (folder_ / "no-socket-here").string();
    EXPECT_EQ(storage::open(options).error().code, "storage.connection");
}

}  // namespace
}  // namespace keepword::storage
