#include "testkit/test_database.hpp"

#include <stdexcept>

#include "embedded/embedded.hpp"
#include "foundation/crypto.hpp"
#include "testkit/postgres_server.hpp"

namespace keepword::testkit {
namespace {

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().code + ": " + result.error().detail);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

std::unique_ptr<storage::Database> open(storage::Options options, std::string url) {
    options.url = std::move(url);
    return must(storage::open(options));
}

void migrate_at(std::string const& url) {
    auto const database = open({}, url);
    must(storage::migrate(*database, all_migrations(), Instant{0}));
}

// Migrating takes much longer than copying, so each test program migrates once.
std::string migrated_file() {
    static TempDir const folder;
    static std::string const file = [] {
        std::string path = folder / "template.db";
        migrate_at("sqlite:" + path);
        return path;
    }();
    return file;
}

std::string migrated_template() {
    static std::string const name = [] {
        auto const url = PostgresServer::shared().create_database();
        migrate_at(url);
        return url.substr(url.find("///") + 3, url.find('?') - url.find("///") - 3);
    }();
    return name;
}

}  // namespace

std::vector<storage::Migration> all_migrations() {
    std::vector<storage::Migration> migrations;
    for (auto const& file : embedded::below("server/")) {
        if (file.path.ends_with(".sql")) migrations.push_back(must(storage::migration_of(file.path, file.bytes)));
    }
    return migrations;
}

TestDatabase::TestDatabase(storage::Dialect dialect, storage::Options options) : options_(std::move(options)) {
    must(crypto::start());
    if (dialect == storage::Dialect::sqlite) {
        std::filesystem::copy_file(migrated_file(), folder_ / "test.db");
        url_ = "sqlite:" + (folder_ / "test.db").string();
    } else {
        url_ = PostgresServer::shared().create_database(migrated_template());
    }
    database_ = another();
}

TestDatabase::~TestDatabase() = default;

std::unique_ptr<storage::Database> TestDatabase::another() const {
    return open(options_, url_);
}

void TestDatabase::restart() {
    database_.reset();
    database_ = another();
}

std::string empty_database(storage::Dialect dialect, TempDir const& folder) {
    if (dialect == storage::Dialect::postgresql) return PostgresServer::shared().create_database();
    return "sqlite:" + (folder / "empty.db").string();
}

}  // namespace keepword::testkit
