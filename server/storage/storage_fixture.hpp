#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "storage/database.hpp"
#include "storage/migration.hpp"
#include "testkit/both_databases.hpp"
#include "testkit/temp_dir.hpp"
#include "testkit/test_database.hpp"

namespace keepword::storage {

inline constexpr char const* things =
    "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT UNIQUE, number REAL, bytes BLOB, "
    "parent BIGINT REFERENCES thing (id), needed TEXT NOT NULL DEFAULT 'x' CHECK (needed <> ''))";

// What a queued work came to.
class Answer {
  public:
    Answer() : future_(promise_->get_future()) {}
    Database::Done done() const {
        return [promise = promise_](Result<> result) { promise->set_value(std::move(result)); };
    }
    // Waits for it: "" for success, or the error's code.
    std::string code() {
        auto const result = future_.get();
        return result ? "" : result.error().code;
    }

  private:
    std::shared_ptr<std::promise<Result<>>> promise_ = std::make_shared<std::promise<Result<>>>();
    std::future<Result<>> future_;
};

// Holds a worker inside a work until opened, so that what is queued behind it waits together.
class Gate {
  public:
    void open() { opened_.set_value(); }
    void wait_until_reached() { reached_.get_future().wait(); }
    Database::Work work() {
        return [this](Transaction&) -> Result<> {
            reached_.set_value();
            opened_.get_future().wait();
            return {};
        };
    }

  private:
    std::promise<void> reached_;
    std::promise<void> opened_;
};

// Every test runs on both databases, each with an empty table `thing`.
class BothDatabases : public testing::TestWithParam<Dialect> {
  protected:
    void SetUp() override { open({}); }

    void open(Options options) {
        if (url_.empty()) url_ = testkit::empty_database(GetParam(), folder_);
        options.url = url_;
        database_.reset();
        auto opened = storage::open(options);
        ASSERT_TRUE(opened) << opened.error().detail;
        database_ = *std::move(opened);
        if (made_) return;
        auto const made =
            database_->write([](Transaction& tx) { return tx.script(for_dialect(things, tx.dialect())); });
        ASSERT_TRUE(made) << made.error().detail;
        made_ = true;
    }

    static Database::Work insert(std::int64_t id, std::optional<std::string> name = {}) {
        return [=](Transaction& tx) -> Result<> {
            TRY(tx.execute("INSERT INTO thing (id, name) VALUES (?, ?)", id, name));
            return {};
        };
    }
    std::string code_of(Database::Work work) const {
        auto const result = database_->write(std::move(work));
        return result ? "" : result.error().code;
    }
    // How many things another connection sees.
    std::int64_t count_elsewhere() const {
        Options options;
        options.url = url_;
        options.readers = 1;
        auto const other = storage::open(options);
        return *(*other)->read([](Transaction& tx) -> Result<std::int64_t> {
            return TRY(tx.one("SELECT count(*) FROM thing"))->integer(0);
        });
    }

    testkit::TempDir folder_;
    std::string url_;
    bool made_ = false;
    std::unique_ptr<Database> database_;
};

}  // namespace keepword::storage
