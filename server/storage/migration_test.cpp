#include <array>
#include <thread>

#include "storage/storage_fixture.hpp"

namespace keepword::storage {
namespace {

class Migrations : public BothDatabases {
  protected:
    // Numbers out of order on purpose; the second needs the first, and the third stumbles over strings and comments.
    std::vector<Migration> const three_{
        {3, "three", "INSERT INTO two VALUES (1, 'BLOB; -- no comment', 0.5); -- BLOB ' unbalanced in a comment"},
        {1, "one", "CREATE TABLE one (id BIGINT PRIMARY KEY, bytes BLOB NOT NULL);"},
        {2, "two",
         "CREATE TABLE two (one INTEGER, text TEXT, number REAL);\n"
         "--@sqlite\nCREATE TABLE only_sqlite (id INTEGER);\n--@postgresql\nCREATE TABLE only_pg (id "
         "INTEGER);\n--@both\n"
         "INSERT INTO one VALUES (9223372036854775807, '');"}};

    std::string code(Result<> const& result) const { return result ? "" : result.error().code; }
};
KEEPWORD_ON_BOTH_DATABASES(Migrations);

TEST_P(Migrations, run_forward_in_order_and_once) {
    auto const before = migration_state(*database_, three_);
    ASSERT_TRUE(before) << before.error().detail;
    EXPECT_EQ(before->applied, 0);
    EXPECT_EQ(before->pending, (std::vector<std::string>{"one", "two", "three"}));
    auto const first = migrate(*database_, three_, Instant{5});
    ASSERT_TRUE(first) << first.error().detail;
    ASSERT_TRUE(migrate(*database_, three_, Instant{6}));
    auto const after = migration_state(*database_, three_);
    EXPECT_EQ(after->applied, 3);
    EXPECT_TRUE(after->pending.empty());
    auto const row = database_->read([](Transaction& tx) -> Result<Row> {
        return *TRY(
            tx.one("SELECT text, number, (SELECT max(at) FROM schema_migration), (SELECT max(id) FROM one) FROM two"));
    });
    ASSERT_TRUE(row) << row.error().detail;
    EXPECT_EQ(row->text(0), "BLOB; -- no comment");
    EXPECT_EQ(row->real(1), 0.5);
    EXPECT_EQ(row->integer(2), 5);
    EXPECT_EQ(row->integer(3), 9223372036854775807LL);
}

TEST_P(Migrations, a_database_of_a_newer_program_is_left_alone) {
    ASSERT_TRUE(migrate(*database_, three_, Instant{}));
    std::vector<Migration> const older{three_[1], three_[2]};
    EXPECT_EQ(code(migrate(*database_, older, Instant{})), "storage.newer");
    EXPECT_EQ(migration_state(*database_, older).error().code, "storage.newer");
}

TEST_P(Migrations, a_changed_migration_is_refused_by_name) {
    ASSERT_TRUE(migrate(*database_, three_, Instant{}));
    auto changed = three_;
    changed[1].sql = "CREATE TABLE one (id BIGINT PRIMARY KEY, bytes BLOB);";
    auto const refused = migrate(*database_, changed, Instant{});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "storage.migration-changed");
    EXPECT_EQ(refused.error().params.front().second, "one");
}

TEST_P(Migrations, one_that_fails_leaves_nothing_of_itself) {
    auto broken = three_;
    broken.push_back({4, "four", "CREATE TABLE four (id BIGINT); INSERT INTO nowhere VALUES (1);"});
    EXPECT_EQ(code(migrate(*database_, broken, Instant{})), "storage.sql");
    EXPECT_EQ(migration_state(*database_, broken)->pending, (std::vector<std::string>{"four"}));
    broken.back().sql = "CREATE TABLE four (id BIGINT);";
    EXPECT_EQ(code(migrate(*database_, broken, Instant{})), "");
}

TEST_P(Migrations, two_programs_that_start_at_once_do_it_once) {
    auto const fresh = testkit::TempDir();
    auto const url = testkit::empty_database(GetParam(), fresh);
    std::vector<std::thread> programs;
    std::array<std::string, 4> codes;
    std::promise<void> start;
    auto const started = start.get_future().share();
    for (auto& answer : codes) {
        programs.emplace_back([&] {
            Options options;
            options.url = url;
            auto const own = storage::open(options);
            started.wait();
            answer = own ? code(migrate(**own, three_, Instant{})) : own.error().detail;
        });
    }
    start.set_value();
    for (auto& program : programs) program.join();
    EXPECT_THAT(codes, testing::Each(""));
    Options options;
    options.url = url;
    auto const rows = (*storage::open(options))->read([](Transaction& tx) { return tx.query("SELECT * FROM two"); });
    EXPECT_EQ(rows->size(), 1U);
}

TEST(MigrationFile, is_named_by_number_and_name) {
    auto const good = migration_of("server/engine/audit/001_audit.sql", "x");
    ASSERT_TRUE(good);
    EXPECT_EQ(good->number, 1);
    EXPECT_EQ(good->name, "audit");
    for (auto const* path :
         {"1_a.sql", "001.sql", "001_.sql", "abc_a.sql", "000_a.sql", "0001_a.sql", "001_a.txt", ""}) {
        EXPECT_FALSE(migration_of(path, "x")) << path;
    }
}

TEST(MigrationFile, two_with_one_number_are_refused) {
    testkit::TempDir const folder;
    Options options;
    options.url = testkit::empty_database(Dialect::sqlite, folder);
    auto const database = *storage::open(options);
    EXPECT_EQ(migrate(*database, {{1, "a", ""}, {1, "b", ""}}, Instant{}).error().code, "storage.migration-name");
}

}  // namespace
}  // namespace keepword::storage
