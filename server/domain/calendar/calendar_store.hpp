#pragma once
#include "domain/calendar/calendar.hpp"

// The rows behind the calendars: each is the JSON of its file, with a version.
namespace keepword::calendars {

struct StoredFile {
    json::object file;
    std::int64_t version = 0;
};

Result<StoredFile> load_calendar_file(storage::Transaction& tx, std::string const& key);
Result<std::vector<StoredFile>> all_calendar_files(storage::Transaction& tx);
Result<StoredFile> load_year_file(storage::Transaction& tx, std::int64_t year);
Result<std::vector<StoredFile>> all_year_files(storage::Transaction& tx);
// Writes version 1, or the next one; answers it.
Result<std::int64_t> save_calendar_file(storage::Transaction& tx, std::string const& key, json::object const& file);
Result<std::int64_t> save_year_file(storage::Transaction& tx, std::int64_t year, json::object const& file);

}  // namespace keepword::calendars
