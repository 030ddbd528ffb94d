#include <array>
#include <atomic>
#include <limits>
#include <thread>

#include "storage/storage_fixture.hpp"

namespace keepword::storage {
namespace {

using Storage = BothDatabases;
KEEPWORD_ON_BOTH_DATABASES(Storage);

TEST_P(Storage, values_come_back_as_they_went) {
    std::string const bytes("a\0b\xff\x00'\\", 7);
    std::string const words = "南昌 𠮷野 😀 ' \" ? $1 \\ %";
    auto const row = database_->write([&](Transaction& tx) -> Result<Row> {
        TRY(tx.execute("INSERT INTO thing (id, name, number, bytes) VALUES (?, ?, ?, ?)",
                       std::numeric_limits<std::int64_t>::min(), words, 0.1, Blob{bytes}));
        return *TRY(tx.one("SELECT id, name, number, bytes, parent FROM thing"));
    });
    ASSERT_TRUE(row) << row.error().detail;
    EXPECT_EQ(row->at(0), Value(std::numeric_limits<std::int64_t>::min()));
    EXPECT_EQ(row->at(1), Value(words));
    EXPECT_EQ(row->at(2), Value(0.1));
    EXPECT_EQ(row->at(3), Value(Blob{bytes}));
    EXPECT_EQ(row->at(4), Value(std::monostate{}));
}

TEST_P(Storage, numbers_and_empty_values_come_back_exactly) {
    constexpr std::array numbers{std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min(), -0.1,
                                 1e300, 3.141592653589793};
    for (double number : numbers) {
        auto const row = database_->write([&](Transaction& tx) -> Result<Row> {
            TRY(tx.execute("DELETE FROM thing"));
            TRY(tx.execute("INSERT INTO thing (id, name, number, bytes) VALUES (?, '', ?, ?)",
                           std::numeric_limits<std::int64_t>::max(), number, Blob{}));
            return *TRY(tx.one("SELECT id, name, number, bytes FROM thing WHERE number = ?", number));
        });
        ASSERT_TRUE(row) << row.error().detail;
        EXPECT_EQ(row->at(0), Value(std::numeric_limits<std::int64_t>::max()));
        EXPECT_EQ(row->at(1), Value(std::string()));
        EXPECT_EQ(row->at(2), Value(number));
        EXPECT_EQ(row->at(3), Value(Blob{}));
    }
}

TEST_P(Storage, sums_and_counts_are_integers) {
    auto const row = database_->write([&](Transaction& tx) -> Result<Row> {
        TRY(tx.execute("INSERT INTO thing (id) VALUES (?), (?)", 9'000'000'000'000'000'000LL, 2));
        return *TRY(tx.one("SELECT count(*), sum(id), max(id), CAST(? AS BIGINT) + 1, '?' FROM thing", 41));
    });
    ASSERT_TRUE(row) << row.error().detail;
    EXPECT_EQ(row->integer(0), 2);
    EXPECT_EQ(row->integer(1), 9'000'000'000'000'000'002LL);
    EXPECT_EQ(row->integer(2), 9'000'000'000'000'000'000LL);
    EXPECT_EQ(row->integer(3), 42);
    EXPECT_EQ(row->text(4), "?");
}

TEST_P(Storage, what_one_database_cannot_keep_the_other_refuses_too) {
    EXPECT_EQ(code_of(insert(1, std::string("a\0b", 3))), "storage.text");
    EXPECT_EQ(code_of(insert(1, "\xff")), "storage.text");
    EXPECT_EQ(
        code_of([](Transaction& tx) -> Result<> {
            TRY(tx.execute("INSERT INTO thing (id, number) VALUES (1, ?)", std::numeric_limits<double>::infinity()));
            return {};
        }),
        "storage.number");
    EXPECT_EQ(count_elsewhere(), 0);
}

TEST_P(Storage, broken_rules_have_their_codes) {
    ASSERT_EQ(code_of(insert(1, "a")), "");
    EXPECT_EQ(code_of(insert(1)), "storage.unique");
    EXPECT_EQ(code_of(insert(2, "a")), "storage.unique");
    auto const code = [&](Sql sql) {
        return code_of([&](Transaction& tx) -> Result<> {
            TRY(tx.execute(sql));
            return {};
        });
    };
    EXPECT_EQ(code("INSERT INTO thing (id, parent) VALUES (3, 99)"), "storage.foreign-key");
    EXPECT_EQ(code("INSERT INTO thing (id, needed) VALUES (3, NULL)"), "storage.not-null");
    EXPECT_EQ(code("INSERT INTO thing (id, needed) VALUES (3, '')"), "storage.check");
    EXPECT_EQ(code("INSERT INTO nothing VALUES (1)"), "storage.sql");
    EXPECT_EQ(code("DELETE FROM thing WHERE id = ?"), "storage.sql");
    EXPECT_EQ(count_elsewhere(), 1);
}

TEST_P(Storage, a_deferred_foreign_key_hurts_only_its_own_work) {
    ASSERT_TRUE(database_->write([](Transaction& tx) {
        return tx.script(
            for_dialect("CREATE TABLE late (id BIGINT PRIMARY KEY, thing BIGINT REFERENCES thing (id) "
                        "DEFERRABLE INITIALLY DEFERRED)",
                        tx.dialect()));
    }));
    Answer before;
    Answer broken;
    Answer after;
    database_->submit_write(insert(1), before.done());
    database_->submit_write(
        [](Transaction& tx) -> Result<> {
            TRY(tx.execute("INSERT INTO late VALUES (1, 99)"));
            return {};
        },
        broken.done());
    database_->submit_write(insert(2), after.done());
    EXPECT_EQ(before.code(), "");
    EXPECT_EQ(broken.code(), "storage.foreign-key");
    EXPECT_EQ(after.code(), "");
    EXPECT_EQ(count_elsewhere(), 2);
}

TEST_P(Storage, a_failing_work_does_not_hurt_its_neighbours) {
    Gate gate;
    Answer answers[4];
    Options options;
    options.readers = 1;
    open(options);
    database_->submit_write(gate.work(), [](Result<>) {});
    gate.wait_until_reached();
    database_->submit_write(insert(1, "a"), answers[0].done());
    database_->submit_write(
        [](Transaction& tx) -> Result<> {
            TRY(insert(2)(tx));
            return fail(Kind::conflict, "test.no");
        },
        answers[1].done());
    database_->submit_write(
        [](Transaction& tx) -> Result<> {
            TRY(insert(3)(tx));
            throw std::runtime_error("a bug");
        },
        answers[2].done());
    database_->submit_write(insert(4, "b"), answers[3].done());
    gate.open();
    EXPECT_EQ(answers[0].code(), "");
    EXPECT_EQ(answers[1].code(), "test.no");
    EXPECT_EQ(answers[2].code(), "storage.exception");
    EXPECT_EQ(answers[3].code(), "");
    EXPECT_EQ(count_elsewhere(), 2);
}

TEST_P(Storage, a_failed_statement_cannot_be_looked_past) {
    std::string second;
    EXPECT_EQ(code_of([&](Transaction& tx) -> Result<> {
                  TRY(insert(1)(tx));
                  (void)insert(1)(tx);
                  auto const ignored = tx.query("SELECT 1");
                  second = ignored ? "" : ignored.error().code;
                  return {};
              }),
              "storage.unique");
    EXPECT_EQ(second, "storage.spoiled");
    EXPECT_EQ(count_elsewhere(), 0);
}

TEST_P(Storage, a_work_reads_its_own_writes_and_counts_them) {
    auto const counts = database_->write([](Transaction& tx) -> Result<std::vector<std::int64_t>> {
        TRY(tx.execute("INSERT INTO thing (id, name) VALUES (1, 'a'), (2, 'b')"));
        auto const seen = TRY(tx.one("SELECT count(*) FROM thing"))->integer(0);
        auto const updated = TRY(tx.execute("UPDATE thing SET name = name || 'x' WHERE id = ?", 1));
        auto const nothing = TRY(tx.execute("INSERT INTO thing (id) VALUES (1) ON CONFLICT DO NOTHING"));
        auto const given = TRY(tx.one("INSERT INTO thing (id) VALUES (7) RETURNING id"))->integer(0);
        return std::vector{seen, updated, nothing, given};
    });
    ASSERT_TRUE(counts) << counts.error().detail;
    EXPECT_EQ(*counts, (std::vector<std::int64_t>{2, 1, 0, 7}));
}

TEST_P(Storage, a_reader_sees_one_state_throughout_and_cannot_write) {
    auto const counts = database_->read([&](Transaction& tx) -> Result<std::pair<std::int64_t, std::int64_t>> {
        auto const before = TRY(tx.one("SELECT count(*) FROM thing"))->integer(0);
        // Another worker's write, committed while this transaction is open.
        std::thread([&] { EXPECT_EQ(code_of(insert(1)), ""); }).join();
        auto const after = TRY(tx.one("SELECT count(*) FROM thing"))->integer(0);
        return std::pair{before, after};
    });
    ASSERT_TRUE(counts) << counts.error().detail;
    EXPECT_EQ(*counts, (std::pair<std::int64_t, std::int64_t>{0, 0}));
    EXPECT_EQ(count_elsewhere(), 1);
    auto const written = database_->read(insert(2));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, "storage.sql");
    EXPECT_EQ(count_elsewhere(), 1);
}

TEST_P(Storage, done_comes_after_the_commit_and_after_the_listeners) {
    std::atomic<int> commits{0};
    database_->on_commit([&] { ++commits; });
    std::promise<std::pair<std::int64_t, int>> seen;
    database_->submit_write(insert(1), [&](Result<>) { seen.set_value({count_elsewhere(), commits.load()}); });
    auto const [count, heard] = seen.get_future().get();
    EXPECT_EQ(count, 1);
    EXPECT_EQ(heard, 1);
    ASSERT_TRUE(database_->read([](Transaction&) -> Result<> { return {}; }));
    EXPECT_EQ(code_of([](Transaction&) -> Result<> { return fail(Kind::conflict, "test.no"); }), "test.no");
    EXPECT_EQ(commits.load(), 1);
}

TEST_P(Storage, a_full_queue_refuses_at_once) {
    Options options;
    options.readers = 1;
    options.queue = 2;
    open(options);
    Gate gate;
    Answer answers[3];
    database_->submit_write(gate.work(), [](Result<>) {});
    gate.wait_until_reached();
    for (int i = 0; i < 3; ++i) database_->submit_write(insert(i), answers[i].done());
    EXPECT_EQ(answers[2].code(), "storage.overloaded");
    gate.open();
    EXPECT_EQ(answers[0].code(), "");
    EXPECT_EQ(answers[1].code(), "");
}

TEST_P(Storage, stop_finishes_what_is_queued_and_refuses_the_rest) {
    std::atomic<int> done{0};
    for (int i = 0; i < 50; ++i) {
        database_->submit_write(insert(i), [&](Result<> result) { done += result ? 1 : 0; });
    }
    database_->stop();
    EXPECT_EQ(done.load(), 50);
    EXPECT_EQ(code_of(insert(99)), "storage.stopped");
    EXPECT_EQ(count_elsewhere(), 50);
}

TEST_P(Storage, an_answer_without_end_is_refused) {
    auto const rows = database_->read([](Transaction& tx) {
        return tx.query(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001) SELECT i FROM n");
    });
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().code, "storage.too-many-rows");
    auto const most = database_->read([](Transaction& tx) {
        return tx.query(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n");
    });
    ASSERT_TRUE(most);
    EXPECT_EQ(most->size(), Transaction::max_rows);
}

TEST_P(Storage, more_statements_than_the_cache_holds_still_work) {
    for (std::int64_t i = 0; i < 600; ++i) {
        auto const read = database_->read([&](Transaction& tx) -> Result<std::int64_t> {
            // A different number of numbers each time is a different statement.
            Select select("SELECT count(*) FROM thing");
            select.where_in("id", std::vector<std::int64_t>(static_cast<std::size_t>(i % 300) + 1, i));
            return TRY(tx.query(select)).front().integer(0);
        });
        ASSERT_TRUE(read) << read.error().detail;
    }
}

TEST_P(Storage, many_threads_lose_nothing) {
    constexpr int threads = 8;
    constexpr int each = 40;
    ASSERT_EQ(code_of([](Transaction& tx) -> Result<> {
                  TRY(tx.execute("INSERT INTO thing (id, number) VALUES (0, 0)"));
                  return {};
              }),
              "");
    std::atomic<int> succeeded{0};
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) {
        running.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                // Everybody adds to the same row: on PostgreSQL these collide and must be run again.
                auto const added = code_of([&](Transaction& tx) -> Result<> {
                    auto const before = TRY(tx.one("SELECT number FROM thing WHERE id = 0"))->real(0);
                    TRY(tx.execute("UPDATE thing SET number = ? WHERE id = 0", before + 1));
                    TRY(tx.execute("INSERT INTO thing (id) VALUES (?)", 1 + t * each + i));
                    return {};
                });
                succeeded += added.empty() ? 1 : 0;
            }
        });
    }
    for (auto& thread : running) thread.join();
    EXPECT_GT(succeeded.load(), 0);
    auto const number = database_->read([](Transaction& tx) -> Result<double> {
        return TRY(tx.one("SELECT number FROM thing WHERE id = 0"))->real(0);
    });
    EXPECT_EQ(*number, succeeded.load());
    EXPECT_EQ(count_elsewhere(), succeeded.load() + 1);
}

TEST(StorageUrl, what_is_no_database_is_refused) {
    for (auto const* url : {"", "sqlite:", "mysql://x", "/tmp/x.db"}) {
        Options options;
        options.url = url;
        auto const opened = open(options);
        ASSERT_FALSE(opened) << url;
        EXPECT_EQ(opened.error().code, "storage.url");
    }
    Options options;
    options.url = "sqlite:/nowhere/at/all.db";
    EXPECT_EQ(open(options).error().code, "storage.connection");
}

}  // namespace
}  // namespace keepword::storage
