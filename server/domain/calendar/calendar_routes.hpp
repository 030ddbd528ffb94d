#pragma once
#include "domain/calendar/calendar.hpp"
#include "domain/calendar/calendar_store.hpp"
#include "domain/calendar/holiday_file.hpp"

// What the files of this slice's routes share.
namespace keepword::calendars {

struct Year {
    std::int64_t year = 0;
    std::optional<std::string> source;
    std::vector<DaysOff> off;
    std::vector<Day> work;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Year, (), (year, source, off, work, version))

// A text of a kept file; empty where there is none.
std::string text_at(json::value const& v, std::string_view name);
Result<Year> year_of(StoredFile const& stored);
// Writes what was changed into the audit.
Result<> note(api::Call const& call, storage::Transaction& tx, std::string action, std::string subject,
              std::optional<StoredFile> const& before, json::object const& after);
// Deadlines by every calendar that keeps holidays; answers how many moved.
Result<std::int64_t> tell_holidays_changed(Changed const& changed, api::Call const& call, storage::Transaction& tx);

// Years from a file: first what would change, then the change.
void add_import_routes(api::Routes& routes, Changed const& changed);

}  // namespace keepword::calendars
