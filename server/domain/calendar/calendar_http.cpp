#include <algorithm>

#include "domain/calendar/calendar_routes.hpp"
#include "domain/calendar/calendar_store.hpp"
#include "engine/audit/audit.hpp"

namespace keepword::calendars {
namespace {

using api::Call;
using storage::Transaction;

using Week = std::map<std::string, std::vector<std::vector<std::string>>>;

struct Calendar {
    std::string key;
    std::string name_zh;
    std::string name_en;
    bool holidays = true;  // false: works through them
    Week week;             // "1" is Monday
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Calendar, (), (key, name_zh, name_en, holidays, week, version))

struct CalendarEdit {
    json::Text<100> name_zh;
    json::Text<100> name_en;
    Week week;
};
BOOST_DESCRIBE_STRUCT(CalendarEdit, (), (name_zh, name_en, week))

struct YearRow {
    std::int64_t year = 0;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(YearRow, (), (year, version))

struct YearEdit {
    std::optional<json::Text<300>> source;
    std::vector<DaysOff> off;
    std::vector<Day> work;
};
BOOST_DESCRIBE_STRUCT(YearEdit, (), (source, off, work))

struct PreviewBody {
    Instant from;
    json::Text<40> length;
};
BOOST_DESCRIBE_STRUCT(PreviewBody, (), (from, length))

json::object names(std::string_view zh, std::string_view en) {
    return {{"zh", text::trim(zh)}, {"en", text::trim(en)}};
}

Result<Calendar> calendar_of(StoredFile const& stored) {
    auto const& name = stored.file.at("name");
    auto const* holidays = stored.file.if_contains("holidays");
    auto week = TRY(json::decode<Week>(stored.file.at("week")));
    return Calendar{.key = text_at(stored.file, "key"),
                    .name_zh = text_at(name, "zh"),
                    .name_en = text_at(name, "en"),
                    .holidays = holidays == nullptr || holidays->as_bool(),
                    .week = std::move(week),
                    .version = stored.version};
}

// The engine says which field of the file it cannot read; here those are fields of the body.
std::unexpected<Error> wrong_field(Error const& error, std::string code) {
    std::string field = error.params.empty() ? "" : error.params.front().second;
    if (field.ends_with(".name")) return invalid(field + "_zh", "required");
    return invalid(field == "name" ? "name_zh" : field, std::move(code));
}

Result<Calendar> change_calendar(Changed const& changed, Call const& call, CalendarEdit const& in, Transaction& tx) {
    auto const key = call.part("key");
    auto const before = TRY(load_calendar_file(tx, key));
    TRY(call.expect_version(before.version));
    auto file = before.file;
    file["name"] = names(in.name_zh.value, in.name_en.value);
    file["week"] = json::encode(in.week);
    // What the engine would not read is refused before it is kept.
    if (auto const parsed = calendar::Calendar::parse(file, {}); !parsed) return wrong_field(parsed.error(), "hours");
    TRY(save_calendar_file(tx, key, file));
    TRY(note(call, tx, "calendar.changed", "calendar:" + key, before, file));
    TRY(changed(tx, call.now, call.caller.person, key));
    return calendar_of(TRY(load_calendar_file(tx, key)));
}

struct YearTag;

// The year of the path that exists, or nothing for one that can be begun.
Result<std::optional<StoredFile>> year_before(Call const& call, std::int64_t year, Transaction& tx) {
    auto stored = load_year_file(tx, year);
    if (stored) {
        TRY(call.expect_version(stored->version));
        return std::optional(*std::move(stored));
    }
    if (stored.error().kind != Kind::not_found) return std::unexpected(std::move(stored).error());
    // Whoever names a version has seen one that is no longer there.
    if (call.if_match) return fail(Kind::stale, "version.stale");
    return std::optional<StoredFile>();
}

Result<Year> change_year(Changed const& changed, Call const& call, YearEdit const& in, Transaction& tx) {
    auto const year = TRY(call.id<YearTag>("year")).value;
    if (year < first_year || year > last_year) return invalid("year", "range");
    auto const before = TRY(year_before(call, year, tx));
    auto const file = year_file({.year = year,
                                 .source = in.source ? std::optional(in.source->value) : std::nullopt,
                                 .off = in.off,
                                 .work = in.work});
    if (auto wrong = wrong_days(in.off, in.work); !wrong.empty()) {
        Error error(Kind::invalid, "input.invalid");
        error.fields = std::move(wrong);
        return std::unexpected(std::move(error));
    }
    if (auto const parsed = calendar::HolidayYear::parse(file); !parsed) return wrong_field(parsed.error(), "year");
    TRY(save_year_file(tx, year, file));
    TRY(note(call, tx, "holidays.changed", "holidays:" + std::to_string(year), before, file));
    TRY(tell_holidays_changed(changed, call, tx));
    return year_of(TRY(load_year_file(tx, year)));
}

Result<Explanation> answer(Calendars& calendars, Call const& call, PreviewBody const& in, Transaction& tx) {
    auto const calendar = TRY(calendars.load(tx, call.part("key")));
    auto const length = calendar::Length::parse(in.length.value);
    if (!length) return invalid("length", "length");
    return shown(TRY(calendar->explain(in.from, *length)), *calendar);
}

void add_calendar_routes(api::Routes& routes, Calendars& calendars, Changed const& changed) {
    routes.push_back(api::get("/calendars", {.right = "calendars.read", .help = "The working calendars"},
                              [](Call const&, Transaction& tx) -> Result<api::Page<Calendar>> {
                                  auto const files = TRY(all_calendar_files(tx));
                                  api::Page<Calendar> page;
                                  for (auto const& stored : files) page.items.push_back(TRY(calendar_of(stored)));
                                  return page;
                              }));
    routes.push_back(api::put<CalendarEdit>(
        "/calendars/{key}",
        {.right = "calendars.manage", .help = "Change the hours of the week; running deadlines move and say so"},
        [changed](Call const& call, CalendarEdit const& in, Transaction& tx) {
            return change_calendar(changed, call, in, tx);
        }));
    auto preview = api::post<PreviewBody>(
        "/calendars/{key}/preview", {.right = "calendars.read", .help = "When a clock would be due, and why then"},
        [&calendars](Call const& call, PreviewBody const& in, Transaction& tx) {
            return answer(calendars, call, in, tx);
        });
    // A question with a body: it changes nothing and need not wait for the writer.
    preview.mode = api::Mode::read;
    routes.push_back(std::move(preview));
}

void add_holiday_routes(api::Routes& routes, Changed const& changed) {
    routes.push_back(api::get("/holidays", {.right = "calendars.read", .help = "The years whose holidays are known"},
                              [](Call const&, Transaction& tx) -> Result<api::Page<YearRow>> {
                                  auto const files = TRY(all_year_files(tx));
                                  api::Page<YearRow> page;
                                  for (auto const& stored : files) {
                                      auto const year = TRY(year_of(stored));
                                      page.items.push_back({year.year, year.version});
                                  }
                                  return page;
                              }));
    routes.push_back(
        api::get("/holidays/{year}",
                 {.right = "calendars.read", .help = "Public holidays and shifted workdays (调休) of a year"},
                 [](Call const& call, Transaction& tx) -> Result<Year> {
                     auto const year = TRY(call.id<YearTag>("year")).value;
                     auto const stored = TRY(load_year_file(tx, year));
                     return year_of(stored);
                 }));
    routes.push_back(api::put<YearEdit>(
        "/holidays/{year}",
        {.right = "calendars.manage",
         .help = "Keep a year's holidays, a new year's without If-Match; running deadlines move and say so"},
        [changed](Call const& call, YearEdit const& in, Transaction& tx) {
            return change_year(changed, call, in, tx);
        }));
}

}  // namespace

api::Routes routes(Calendars& calendars, Changed changed) {
    api::Routes out;
    add_calendar_routes(out, calendars, changed);
    add_holiday_routes(out, changed);
    add_import_routes(out, changed);
    return out;
}

}  // namespace keepword::calendars
