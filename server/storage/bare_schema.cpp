#include "storage/bare_schema.hpp"

#include <fmt/format.h>

#include "storage/move_tables.hpp"

namespace keepword::storage {
namespace {

struct Aside {
    std::vector<std::string> back;  // in the order in which they are put back
    std::vector<std::string> away;
};

Result<Aside> aside_in(PostgresConnection& to) {
    Aside aside;
    auto const put = [&](std::string_view statements) -> Result<> {
        for (auto const& row : TRY(to.ask(statements))) {
            aside.back.push_back(row.text(0));
            aside.away.push_back(row.text(1));
        }
        return {};
    };
    TRY(
        put("SELECT pg_get_indexdef(i.indexrelid), format('DROP INDEX %s', i.indexrelid::regclass) FROM pg_index i "
            "JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace "
            "WHERE n.nspname = ANY (current_schemas(false)) "
            "AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 2"));
    TRY(put(
        "SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, "
        "pg_get_constraintdef(c.oid)), format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) "
        "FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace "
        "WHERE c.contype = 'f' AND n.nspname = ANY (current_schemas(false)) ORDER BY 2"));
    return aside;
}

}  // namespace

Result<> in_transaction(PostgresConnection& database, std::function<Result<>()> const& work) {
    TRY(database.begin(true));
    auto done = work();
    if (done) return database.commit();
    database.rollback();
    return done;
}

Result<std::vector<std::string>> tables_in(PostgresConnection& database) {
    std::vector<std::string> names;
    for (auto const& row :
         TRY(database.ask("SELECT tablename FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) "
                          "AND tablename NOT IN ('moving', 'moving_aside') ORDER BY 1")))
        names.push_back(row.text(0));
    return names;
}

Result<> expect_empty(PostgresConnection& to) {
    return TRY(tables_in(to)).empty() ? Result<>() : fail(Kind::conflict, "storage.move-not-empty");
}

Result<> create_bare(PostgresConnection& to, std::vector<Migration> const& migrations, std::string const& mark) {
    TRY(
        to.script("CREATE TABLE moving (mark TEXT NOT NULL); "
                  "CREATE TABLE moving_aside (place BIGINT PRIMARY KEY, statement TEXT NOT NULL)"));
    TRY(to.execute("INSERT INTO moving (mark) VALUES (?)", std::vector<Value>{mark}));
    TRY(to.script(migration_table(Dialect::postgresql)));
    for (auto const& migration : migrations) TRY(to.script(for_dialect(migration.sql, Dialect::postgresql)));
    auto const aside = TRY(aside_in(to));
    std::int64_t place = 0;
    for (auto const& statement : aside.back) {
        TRY(to.execute("INSERT INTO moving_aside (place, statement) VALUES (?, ?)",
                       std::vector<Value>{++place, statement}));
    }
    // Foreign keys go first: an index may stand behind one.
    for (auto statement = aside.away.rbegin(); statement != aside.away.rend(); ++statement) TRY(to.script(*statement));
    // What the migrations themselves put into tables comes along with the rest.
    for (auto const& table : TRY(tables_in(to))) TRY(to.script(fmt::format("TRUNCATE {}", quoted_name(table))));
    return {};
}

Result<> complete(PostgresConnection& to) {
    for (auto const& row : TRY(to.ask("SELECT statement FROM moving_aside ORDER BY place"))) {
        TRY(to.script(row.text(0)));
    }
    return to.script("DROP TABLE moving; DROP TABLE moving_aside; ANALYZE");
}

}  // namespace keepword::storage
