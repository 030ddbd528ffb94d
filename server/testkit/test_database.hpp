#pragma once
#include <memory>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/migration.hpp"
#include "testkit/temp_dir.hpp"

namespace keepword::testkit {

// The migrations inside the program: server/**/NNN_name.sql.
std::vector<storage::Migration> all_migrations();

// A database of its own with the whole schema, gone at the end: for one test.
//   TestDatabase database;                                   // SQLite
//   TestDatabase database(storage::Dialect::postgresql);     // in the test program's own PostgreSQL server
//   database->write([](storage::Transaction& tx) { … });
class TestDatabase {
  public:
    // `options` without a url: readers, queue, group.
    explicit TestDatabase(storage::Dialect dialect = storage::Dialect::sqlite, storage::Options options = {});
    TestDatabase(TestDatabase const&) = delete;
    TestDatabase& operator=(TestDatabase const&) = delete;
    ~TestDatabase();

    storage::Database& operator*() const { return *database_; }
    storage::Database* operator->() const { return database_.get(); }
    std::string const& url() const { return url_; }
    // Opens the same database a second time, as another process would.
    std::unique_ptr<storage::Database> another() const;
    // Stops the database and opens it again, as a restart does.
    void restart();

  private:
    TempDir folder_;
    storage::Options options_;
    std::string url_;
    std::unique_ptr<storage::Database> database_;
};

// An empty one without any schema: its url, valid as long as the folder (and the PostgreSQL server) lives.
std::string empty_database(storage::Dialect dialect, TempDir const& folder);

}  // namespace keepword::testkit
