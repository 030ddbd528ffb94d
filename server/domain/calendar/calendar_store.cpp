#include "domain/calendar/calendar_store.hpp"

namespace keepword::calendars {
namespace {

Result<StoredFile> file_of(std::optional<storage::Row> const& row) {
    if (!row) return fail(Kind::not_found, "not-found");
    auto const parsed = row->json(0);
    if (!parsed.is_object()) return fail(Kind::internal, "calendar.file", "not an object");
    return StoredFile{parsed.get_object(), row->integer(1)};
}

Result<std::vector<StoredFile>> files_of(storage::Rows const& rows) {
    std::vector<StoredFile> out;
    for (auto const& row : rows) out.push_back(TRY(file_of(row)));
    return out;
}

}  // namespace

Result<StoredFile> load_calendar_file(storage::Transaction& tx, std::string const& key) {
    return file_of(TRY(tx.one("SELECT file, version FROM working_calendar WHERE key = ?", key)));
}

Result<std::vector<StoredFile>> all_calendar_files(storage::Transaction& tx) {
    return files_of(TRY(tx.query("SELECT file, version FROM working_calendar ORDER BY key DESC")));
}

Result<StoredFile> load_year_file(storage::Transaction& tx, std::int64_t year) {
    return file_of(TRY(tx.one("SELECT file, version FROM holiday_year WHERE year = ?", year)));
}

Result<std::vector<StoredFile>> all_year_files(storage::Transaction& tx) {
    return files_of(TRY(tx.query("SELECT file, version FROM holiday_year ORDER BY year")));
}

Result<std::int64_t> save_calendar_file(storage::Transaction& tx, std::string const& key, json::object const& file) {
    TRY(
        tx.execute("INSERT INTO working_calendar (key, file, version) VALUES (?,?,1) "
                   "ON CONFLICT (key) DO UPDATE SET file = excluded.file, version = working_calendar.version + 1",
                   key, file));
    return TRY(tx.one("SELECT version FROM working_calendar WHERE key = ?", key))->integer(0);
}

Result<std::int64_t> save_year_file(storage::Transaction& tx, std::int64_t year, json::object const& file) {
    TRY(
        tx.execute("INSERT INTO holiday_year (year, file, version) VALUES (?,?,1) "
                   "ON CONFLICT (year) DO UPDATE SET file = excluded.file, version = holiday_year.version + 1",
                   year, file));
    return TRY(tx.one("SELECT version FROM holiday_year WHERE year = ?", year))->integer(0);
}

}  // namespace keepword::calendars
