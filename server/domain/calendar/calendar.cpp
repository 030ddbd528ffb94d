#include "domain/calendar/calendar.hpp"

#include "domain/calendar/calendar_store.hpp"

namespace keepword::calendars {
namespace {

// Grows with every edit of the calendar or of any year.
Result<std::string> stamp_of(storage::Transaction& tx, std::string const& key) {
    auto const row = TRY(tx.one("SELECT (SELECT version FROM working_calendar WHERE key = ?), "
                                "(SELECT count(*) FROM holiday_year), (SELECT sum(version) FROM holiday_year)",
                                key));
    if (!row || row->null(0)) return fail(Kind::not_found, "calendar.unknown");
    return std::to_string(row->integer(0)) + "/" + std::to_string(row->integer(1)) + "/" + std::to_string(row->integer(2));
}

Result<std::shared_ptr<calendar::Calendar const>> parse(storage::Transaction& tx, std::string const& key) {
    std::vector<calendar::HolidayYear> years;
    for (auto const& stored : TRY(all_year_files(tx))) years.push_back(TRY(calendar::HolidayYear::parse(stored.file)));
    auto const stored = TRY(load_calendar_file(tx, key));
    return std::make_shared<calendar::Calendar const>(TRY(calendar::Calendar::parse(stored.file, std::move(years))));
}

}  // namespace

Result<std::shared_ptr<calendar::Calendar const>> Calendars::load(storage::Transaction& tx, std::string const& key) {
    auto const stamp = TRY(stamp_of(tx, key));
    {
        std::lock_guard const lock(mutex_);
        auto const found = kept_.find(key);
        if (found != kept_.end() && found->second.stamp == stamp) return found->second.calendar;
    }
    auto parsed = TRY(parse(tx, key));
    std::lock_guard const lock(mutex_);
    kept_[key] = {stamp, parsed};
    return parsed;
}

Result<> seed(storage::Transaction& tx, std::vector<std::string_view> const& calendars,
              std::vector<std::string_view> const& years) {
    for (auto const text : calendars) {
        auto const file = TRY(json::parse(text));
        std::string const key(file.as_object().at("key").as_string());
        if (!TRY(tx.one("SELECT 1 FROM working_calendar WHERE key = ?", key))) TRY(save_calendar_file(tx, key, file.as_object()));
    }
    for (auto const text : years) {
        auto const file = TRY(json::parse(text));
        auto const year = file.as_object().at("year").to_number<std::int64_t>();
        if (!TRY(tx.one("SELECT 1 FROM holiday_year WHERE year = ?", year))) TRY(save_year_file(tx, year, file.as_object()));
    }
    return {};
}

}  // namespace keepword::calendars
