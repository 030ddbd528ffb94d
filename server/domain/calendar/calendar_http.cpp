#include "domain/calendar/calendar_store.hpp"
#include "engine/audit/audit.hpp"

namespace keepword::calendars {
namespace {

using Week = std::map<std::string, std::vector<std::vector<std::string>>>;

struct Calendar {
    std::string key;
    std::string name_zh;
    std::string name_en;
    bool holidays = true;
    Week week;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Calendar, (), (key, name_zh, name_en, holidays, week, version))

struct CalendarEdit {
    json::Text<100> name_zh;
    json::Text<100> name_en;
    Week week;
};
BOOST_DESCRIBE_STRUCT(CalendarEdit, (), (name_zh, name_en, week))

struct DaysOff {
    Day from;
    Day to;
    std::string name_zh;
    std::string name_en;
};
BOOST_DESCRIBE_STRUCT(DaysOff, (), (from, to, name_zh, name_en))

struct Year {
    std::int64_t year = 0;
    std::optional<std::string> source;
    std::vector<DaysOff> off;
    std::vector<Day> work;
    std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(Year, (), (year, source, off, work, version))

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

std::string text_at(json::value const& v, char const* name) {
    auto const* found = v.is_object() ? v.get_object().if_contains(name) : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

Result<Calendar> shown(StoredFile const& stored) {
    auto const& name = stored.file.at("name");
    auto const* holidays = stored.file.if_contains("holidays");
    return Calendar{text_at(stored.file, "key"), text_at(name, "zh"), text_at(name, "en"),
                    holidays == nullptr || holidays->as_bool(), TRY(json::decode<Week>(stored.file.at("week"))), stored.version};
}

Result<Year> shown_year(StoredFile const& stored) {
    Year out{.year = stored.file.at("year").to_number<std::int64_t>(), .source = {}, .off = {}, .work = {}, .version = stored.version};
    if (auto source = text_at(stored.file, "source"); !source.empty()) out.source = source;
    for (auto const& off : stored.file.at("off").as_array()) {
        out.off.push_back({TRY(Day::parse(text_at(off, "from"))), TRY(Day::parse(text_at(off, "to"))),
                           text_at(off.at("name"), "zh"), text_at(off.at("name"), "en")});
    }
    out.work = TRY(json::decode<std::vector<Day>>(stored.file.at("work")));
    return out;
}

Result<> write_audit(api::Call const& call, storage::Transaction& tx, std::string action, std::string subject,
                     json::value old_file, json::value new_file) {
    return audit::append(tx, {.chain = audit::system_chain,
                              .at = call.now,
                              .actor = call.caller.person.str(),
                              .action = std::move(action),
                              .subject = std::move(subject),
                              .data = json::object{{"old", std::move(old_file)}, {"new", std::move(new_file)}}});
}

Result<Calendar> edit(Changed const& changed, api::Call const& call, CalendarEdit const& in, storage::Transaction& tx) {
    auto const key = call.part("key");
    auto const old_file = TRY(load_calendar_file(tx, key));
    TRY(call.expect_version(old_file.version));
    auto file = old_file.file;
    file["name"] = json::object{{"zh", in.name_zh.value}, {"en", in.name_en.value}};
    file["week"] = json::encode(in.week);
    // Whatever the engine would not read is refused before it is kept.
    if (auto parsed = calendar::Calendar::parse(file, {}); !parsed) return invalid("week", "calendar");
    TRY(save_calendar_file(tx, key, file));
    TRY(write_audit(call, tx, "calendar.changed", "calendar:" + key, old_file.file, file));
    TRY(changed(tx, call.now, call.caller.person, key));
    return shown(TRY(load_calendar_file(tx, key)));
}

json::object year_file(std::int64_t year, YearEdit const& in) {
    json::array off;
    for (auto const& days : in.off) {
        off.push_back(json::object{{"from", days.from.str()}, {"to", days.to.str()},
                                   {"name", json::object{{"zh", days.name_zh}, {"en", days.name_en}}}});
    }
    json::object file{{"year", year}, {"off", std::move(off)}, {"work", json::encode(in.work)}};
    if (in.source) file["source"] = in.source->value;
    return file;
}

Result<Year> edit_year(Changed const& changed, api::Call const& call, YearEdit const& in, storage::Transaction& tx) {
    struct YearTag;
    auto const year = TRY(call.id<YearTag>("year")).value;
    if (year < 2000 || year > 2100) return invalid("year", "range");
    auto const old_file = load_year_file(tx, year);
    if (old_file) TRY(call.expect_version(old_file->version));
    auto const file = year_file(year, in);
    if (auto parsed = calendar::HolidayYear::parse(file); !parsed) return invalid("off", "calendar");
    TRY(save_year_file(tx, year, file));
    TRY(write_audit(call, tx, "holidays.changed", "year:" + std::to_string(year),
                    old_file ? json::value(old_file->file) : json::value(nullptr), file));
    for (auto const& stored : TRY(all_calendar_files(tx))) {
        TRY(changed(tx, call.now, call.caller.person, text_at(stored.file, "key")));
    }
    return shown_year(TRY(load_year_file(tx, year)));
}

}  // namespace

api::Routes routes(Calendars& calendars, Changed changed) {
    using Tx = storage::Transaction;
    api::Routes out;
    out.push_back(api::get("/calendars", {.right = "calendars.read", .help = "Working calendars"},
                           [](api::Call const&, Tx& tx) -> Result<api::Page<Calendar>> {
                               api::Page<Calendar> page;
                               for (auto const& stored : TRY(all_calendar_files(tx))) page.items.push_back(TRY(shown(stored)));
                               return page;
                           }));
    out.push_back(api::put<CalendarEdit>("/calendars/{key}", {.right = "calendars.manage", .help = "Change the hours of the week"},
                                         [changed](api::Call const& call, CalendarEdit const& in, Tx& tx) { return edit(changed, call, in, tx); }));
    out.push_back(api::get("/holidays", {.right = "calendars.read", .help = "Years whose holidays are known"},
                           [](api::Call const&, Tx& tx) -> Result<api::Page<Year>> {
                               api::Page<Year> page;
                               for (auto const& stored : TRY(all_year_files(tx))) page.items.push_back(TRY(shown_year(stored)));
                               return page;
                           }));
    out.push_back(api::get("/holidays/{year}", {.right = "calendars.read", .help = "Holidays and shifted workdays (调休) of a year"},
                           [](api::Call const& call, Tx& tx) -> Result<Year> {
                               struct YearTag;
                               return shown_year(TRY(load_year_file(tx, TRY(call.id<YearTag>("year")).value)));
                           }));
    out.push_back(api::put<YearEdit>("/holidays/{year}", {.right = "calendars.manage", .help = "Keep a year's holidays; running deadlines move and say so"},
                                     [changed](api::Call const& call, YearEdit const& in, Tx& tx) { return edit_year(changed, call, in, tx); }));
    out.push_back(api::post<PreviewBody>("/calendars/{key}/preview", {.right = "calendars.read", .help = "When a deadline would be due, and why"},
                                         [&](api::Call const& call, PreviewBody const& in, Tx& tx) -> Result<json::value> {
                                             auto const calendar = TRY(calendars.load(tx, call.part("key")));
                                             auto const length = TRY(calendar::Length::parse(in.length.value));
                                             return calendar::to_json(TRY(calendar->explain(in.from, length)));
                                         }));
    return out;
}

}  // namespace keepword::calendars
