#include "storage/move.hpp"

#include "foundation/text.hpp"
#include "storage/storage_fixture.hpp"
#include "testkit/postgres_server.hpp"

namespace keepword::storage {
namespace {

constexpr char const* schema =
    "CREATE TABLE parent (id BIGINT PRIMARY KEY, name TEXT UNIQUE, above BIGINT REFERENCES parent (id));\n"
    "CREATE TABLE child (kind TEXT NOT NULL, number BIGINT NOT NULL, parent BIGINT NOT NULL REFERENCES parent (id), "
    "note TEXT, weight REAL, bytes BLOB, PRIMARY KEY (kind, number));\n"
    "CREATE INDEX child_parent ON child (parent) WHERE note IS NOT NULL;\n"
    "--@sqlite\n"
    "CREATE TABLE entry (id BIGINT PRIMARY KEY, words TEXT NOT NULL);\nCREATE TABLE left_out_index (id BIGINT);\n"
    "--@postgresql\n"
    "CREATE TABLE entry (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);\n"
    "--@both\n"
    "INSERT INTO parent (id, name) VALUES (1, 'of the migration');\n";

class Move : public testing::Test {
  protected:
    Move() : path_((folder_ / "from.db").string()) {
        from_ = *open({.url = "sqlite:" + path_, .readers = 1});
        EXPECT_TRUE(migrate(*from_, migrations_, Instant{1}));
        fill();
    }

    void fill() {
        auto const filled = from_->write([](Transaction& tx) -> Result<> {
            // A reference to a row that is copied later, and rows of two pages.
            TRY(tx.execute("INSERT INTO parent (id, name, above) VALUES (2, 'two', NULL), (9000, 'high', 2)"));
            TRY(tx.execute("UPDATE parent SET above = 9000 WHERE id = 2"));
            for (int i = 0; i < 4'100; ++i) {
                TRY(tx.execute("INSERT INTO child (kind, number, parent) VALUES (?, ?, 2)", i % 2 == 0 ? "b" : "B", i));
            }
            TRY(tx.execute("INSERT INTO child (kind, number, parent, note, weight, bytes) VALUES (?, ?, ?, ?, ?, ?)",
                           "南昌\t\\N\n\r", std::int64_t{-9223372036854775807}, 9000, "\\.\n'\"\\t", 0.1 + 0.2,
                           Blob{std::string("\0\xff\\x", 4)}));
            TRY(tx.execute("INSERT INTO entry (id, words) VALUES (1, '南昌 it''s 南昌'), (2, '')"));
            return {};
        });
        ASSERT_TRUE(filled) << filled.error().detail;
    }

    Result<Moved> move(std::function<void(MoveProgress const&)> const& progress = [](auto const&) {}) {
        if (from_) from_->stop();
        from_.reset();
        return move_to_postgres({.from = path_,
                                 .to = to_,
                                 .mark = mark_,
                                 .converted = {{"entry.words",
                                                [](std::string_view words) {
                                                    std::string out;
                                                    int position = 0;
                                                    for (auto const word : text::split(words, ' ')) {
                                                        if (word.empty()) continue;
                                                        out += "'" + std::string(word == "it's" ? "it''s" : word) +
                                                               "':" + std::to_string(++position) + " ";
                                                    }
                                                    return out;
                                                }}},
                                 .left_out = "left_out"},
                                migrations_, Instant{2}, progress);
    }
    std::string code() {
        auto const moved = move();
        return moved ? "" : moved.error().code;
    }
    // What the target says to a query of one value.
    std::int64_t there(Sql sql) {
        auto const database = *open({.url = to_, .readers = 1});
        return *database->read([&](Transaction& tx) -> Result<std::int64_t> { return TRY(tx.one(sql))->integer(0); });
    }
    void run_there(std::string const& script) {
        auto const database = *open({.url = to_, .readers = 1});
        auto const ran = database->write([&](Transaction& tx) { return tx.script(script); });
        ASSERT_TRUE(ran) << ran.error().detail;
    }

    std::vector<Migration> const migrations_{{1, "all", schema}};
    testkit::TempDir folder_;
    std::string path_;
    std::string to_ = testkit::PostgresServer::shared().create_database();
    std::string mark_ = "ours";
    std::unique_ptr<Database> from_;
};

struct BrokenOff {};

TEST_F(Move, takes_everything_along_and_says_how_much) {
    auto const moved = move();
    ASSERT_TRUE(moved) << moved.error().code << moved.error().detail;
    EXPECT_EQ(moved->tables, 3);
    EXPECT_EQ(moved->rows, 3 + 4'101 + 2);
    EXPECT_EQ(there("SELECT count(*) FROM child WHERE bytes IS NOT NULL AND octet_length(bytes) = 4"), 1);
    EXPECT_EQ(there("SELECT count(*) FROM entry WHERE words @@ CAST('it''s' AS TSQUERY)"), 1);
}

TEST_F(Move, leaves_a_database_like_one_that_was_made_there) {
    ASSERT_EQ(code(), "");
    auto const database = *open({.url = to_, .readers = 1});
    auto const state = migration_state(*database, migrations_);
    ASSERT_TRUE(state) << state.error().code;
    EXPECT_EQ(state->applied, 1);
    EXPECT_FALSE(*being_moved(*database));
    EXPECT_EQ(there("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"), 2);
    EXPECT_EQ(there("SELECT count(*) FROM pg_indexes WHERE indexname = 'child_parent'"), 1);
    auto const orphan = database->write([](Transaction& tx) -> Result<> {
        TRY(tx.execute("INSERT INTO child (kind, number, parent) VALUES ('x', 1, 77)"));
        return {};
    });
    ASSERT_FALSE(orphan);
    EXPECT_EQ(orphan.error().code, "storage.foreign-key");
}

TEST_F(Move, goes_on_where_it_was_broken_off) {
    int told = 0;
    for (int const last : {1, 2, 3}) {
        told = 0;
        EXPECT_THROW((void)move([&](MoveProgress const&) {
                         if (++told == last) throw BrokenOff();
                     }),
                     BrokenOff);
        auto const database = *open({.url = to_, .readers = 1});
        EXPECT_TRUE(*being_moved(*database));
    }
    auto const moved = move();
    ASSERT_TRUE(moved) << moved.error().code << moved.error().detail;
    EXPECT_EQ(moved->rows, 3 + 4'101 + 2);
    EXPECT_EQ(there("SELECT count(*) FROM child"), 4'101);
}

TEST_F(Move, finds_a_row_that_is_not_what_it_was) {
    for (auto const* damage :
         {"UPDATE child SET weight = 0.3 WHERE weight IS NOT NULL", "DELETE FROM child WHERE number = 7",
          "INSERT INTO child (kind, number, parent) VALUES ('b', 999999, 2)",
          "UPDATE entry SET words = CAST('''南昌'':2' AS TSVECTOR) WHERE id = 1"}) {
        to_ = testkit::PostgresServer::shared().create_database();
        EXPECT_THROW((void)move([&](MoveProgress const& progress) {
                         if (progress.step == MoveStep::comparing) throw BrokenOff();
                     }),
                     BrokenOff);
        run_there(damage);
        EXPECT_EQ(code(), "storage.move-different") << damage;
        auto const database = *open({.url = to_, .readers = 1});
        EXPECT_TRUE(*being_moved(*database)) << damage;
    }
}

TEST_F(Move, goes_only_into_what_is_empty_or_its_own) {
    run_there("CREATE TABLE somebody_elses (id BIGINT)");
    EXPECT_EQ(code(), "storage.move-not-empty");
    to_ = testkit::PostgresServer::shared().create_database();
    EXPECT_THROW((void)move([](MoveProgress const&) { throw BrokenOff(); }), BrokenOff);
    mark_ = "another";
    EXPECT_EQ(code(), "storage.move-other");
    mark_ = "ours";
    EXPECT_EQ(code(), "");
}

}  // namespace
}  // namespace keepword::storage
