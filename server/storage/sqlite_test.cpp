#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

#include "storage/storage_fixture.hpp"
#include "testkit/full_disk.hpp"

namespace keepword::storage {
namespace {

class Sqlite : public BothDatabases {
  protected:
    Database::Work insert_bytes(std::int64_t id, std::size_t size) {
        return [=](Transaction& tx) -> Result<> {
            TRY(tx.execute("INSERT INTO thing (id, bytes) VALUES (?, ?)", id, Blob{std::string(size, 'x')}));
            return {};
        };
    }
};
INSTANTIATE_TEST_SUITE_P(On, Sqlite, testing::Values(Dialect::sqlite), testkit::dialect_name);

TEST_P(Sqlite, a_commit_that_fails_tells_every_work_of_its_group) {
    Gate gate;
    Answer answers[3];
    database_->submit_write(gate.work(), [](Result<>) {});
    gate.wait_until_reached();
    for (int i = 0; i < 3; ++i) database_->submit_write(insert_bytes(i, 100'000), answers[i].done());
    {
        testkit::FullDisk const full(100'000);
        gate.open();
        for (auto& answer : answers) EXPECT_EQ(answer.code(), "storage.disk");
    }
    EXPECT_EQ(count_elsewhere(), 0);
    // With room again, the same connection goes on.
    EXPECT_EQ(code_of(insert_bytes(1, 100'000)), "");
    EXPECT_EQ(count_elsewhere(), 1);
}

TEST_P(Sqlite, a_disk_that_fills_in_the_middle_of_a_group_loses_no_acknowledged_work) {
    // More than the cache holds, so that pages are written before the commit and SQLite itself rolls back.
    Gate gate;
    Answer answers[4];
    database_->submit_write(gate.work(), [](Result<>) {});
    gate.wait_until_reached();
    database_->submit_write(insert_bytes(0, 10), answers[0].done());
    database_->submit_write(
        [&](Transaction& tx) -> Result<> {
            for (int i = 1; i <= 100; ++i) TRY(insert_bytes(i, 1'000'000)(tx));
            return {};
        },
        answers[1].done());
    database_->submit_write(insert_bytes(900, 10), answers[2].done());
    database_->submit_write(insert_bytes(901, 10), answers[3].done());
    std::int64_t acknowledged = 0;
    {
        testkit::FullDisk const full(1'000'000);
        gate.open();
        EXPECT_EQ(answers[1].code(), "storage.disk");
        for (int i : {0, 2, 3}) acknowledged += answers[i].code().empty() ? 1 : 0;
    }
    EXPECT_EQ(count_elsewhere(), acknowledged);
    EXPECT_EQ(code_of(insert_bytes(902, 10)), "");
}

TEST_P(Sqlite, another_process_that_writes_is_waited_for_or_reported) {
    Options impatient;
    impatient.busy_ms = 20;
    open(impatient);
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(url_.substr(7).c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    Answer waiting;
    database_->submit_write(insert(1), waiting.done());
    EXPECT_EQ(waiting.code(), "storage.busy");
    ASSERT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(other);
    EXPECT_EQ(code_of(insert(1)), "");
}

// SQLite keeps the old pages of a work until it is over; above a limit it meant to put them into a file, and could not.
TEST_P(Sqlite, a_work_may_change_more_than_sixteen_megabytes_and_be_taken_back) {
    constexpr int things = 6'000;
    constexpr std::size_t size = 4'000;  // a page and its neighbour
    ASSERT_EQ(code_of([&](Transaction& tx) -> Result<> {
                  for (int i = 1; i <= things; ++i) TRY(insert_bytes(i, size)(tx));
                  return {};
              }),
              "");
    auto const change_all = [&](Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE thing SET bytes = ?", Blob{std::string(size, 'y')}));
        return {};
    };
    auto const changed = [&] {
        return database_
            ->read([](Transaction& tx) { return tx.one("SELECT count(*) FROM thing WHERE bytes > ?", Blob{"xz"}); })
            .value()
            ->integer(0);
    };
    EXPECT_EQ(code_of([&](Transaction& tx) -> Result<> {
                  TRY(change_all(tx));
                  return fail(Kind::conflict, "test.no");
              }),
              "test.no");
    EXPECT_EQ(changed(), 0);
    EXPECT_EQ(code_of(change_all), "");
    EXPECT_EQ(changed(), things);
}

TEST_P(Sqlite, the_files_are_readable_by_their_owner_only) {
    ASSERT_EQ(code_of(insert(1)), "");
    for (auto const* ending : {"", "-wal", "-shm"}) {
        struct stat about{};
        ASSERT_EQ(::stat((url_.substr(7) + ending).c_str(), &about), 0) << ending;
        EXPECT_EQ(about.st_mode & 0777U, 0600U) << ending;
    }
}

TEST_P(Sqlite, what_is_no_database_is_called_corrupt) {
    auto const path = (folder_ / "noise.db").string();
    std::ofstream(path) << std::string(10'000, 'n');
    Options options;
    options.url = "sqlite:" + path;
    EXPECT_EQ(storage::open(options).error().code, "storage.corrupt");
}

}  // namespace
}  // namespace keepword::storage
