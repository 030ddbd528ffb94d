#include <algorithm>

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

struct DaysOff {
    Day from;
    Day to;
    json::Text<100> name_zh;
    json::Text<100> name_en;
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

std::string text_at(json::value const& v, std::string_view name) {
    auto const* found = v.is_object() ? v.get_object().if_contains(name) : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

json::object names(std::string_view zh, std::string_view en) {
    return {{"zh", text::trim(zh)}, {"en", text::trim(en)}};
}

Result<Calendar> calendar_of(StoredFile const& stored) {
    auto const& name = stored.file.at("name");
    auto const* holidays = stored.file.if_contains("holidays");
    return Calendar{.key = text_at(stored.file, "key"),
                    .name_zh = text_at(name, "zh"),
                    .name_en = text_at(name, "en"),
                    .holidays = holidays == nullptr || holidays->as_bool(),
                    .week = TRY(json::decode<Week>(stored.file.at("week"))),
                    .version = stored.version};
}

Result<Year> year_of(StoredFile const& stored) {
    Year out{.year = stored.file.at("year").to_number<std::int64_t>(), .version = stored.version};
    if (auto source = text_at(stored.file, "source"); !source.empty()) out.source = std::move(source);
    for (auto const& off : stored.file.at("off").as_array()) {
        auto const& name = off.at("name");
        out.off.push_back({TRY(Day::parse(text_at(off, "from"))),
                           TRY(Day::parse(text_at(off, "to"))),
                           {text_at(name, "zh")},
                           {text_at(name, "en")}});
    }
    out.work = TRY(json::decode<std::vector<Day>>(stored.file.at("work")));
    return out;
}

Result<> note(Call const& call, Transaction& tx, std::string action, std::string subject,
              std::optional<StoredFile> const& before, json::object const& after) {
    json::object data{{"new", after}};
    if (before) data["old"] = before->file;
    return audit::append(tx, {.chain = audit::system_chain,
                              .at = call.now,
                              .actor = call.caller.person.str(),
                              .action = std::move(action),
                              .subject = std::move(subject),
                              .data = std::move(data)});
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

json::object file_of(std::int64_t year, YearEdit const& in) {
    json::array off;
    for (auto const& days : in.off) {
        off.push_back(json::object{
            {"from", days.from.str()}, {"to", days.to.str()}, {"name", names(days.name_zh.value, days.name_en.value)}});
    }
    json::object file{{"year", year}, {"off", std::move(off)}, {"work", json::encode(in.work)}};
    if (in.source && !text::trim(in.source->value).empty()) file["source"] = json::string(text::trim(in.source->value));
    return file;
}

// What the engine could read and no notice would say: days off twice, a workday that is off or is one anyway. Each is a
// slip of typing that would move deadlines.
Result<> check_days(YearEdit const& in) {
    Error error(Kind::invalid, "input.invalid");
    auto const off_on = [&](Day day, std::size_t before) {
        return std::any_of(in.off.begin(), in.off.begin() + static_cast<std::ptrdiff_t>(before),
                           [&](DaysOff const& off) { return off.from <= day && day <= off.to; });
    };
    for (std::size_t i = 0; i < in.off.size(); ++i) {
        auto const& off = in.off[i];
        if (off.to < off.from) error.fields.push_back({"off." + std::to_string(i) + ".to", "order"});
        bool const around =
            std::any_of(in.off.begin(), in.off.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](DaysOff const& other) { return off.from <= other.from && other.to <= off.to; });
        if (around || off_on(off.from, i) || off_on(off.to, i)) {
            error.fields.push_back({"off." + std::to_string(i) + ".from", "overlap"});
        }
    }
    for (std::size_t i = 0; i < in.work.size(); ++i) {
        auto const field = "work." + std::to_string(i);
        if (off_on(in.work[i], in.off.size())) error.fields.push_back({field, "overlap"});
        if (in.work[i].weekday() < 6) error.fields.push_back({field, "weekend"});
    }
    if (!error.fields.empty()) return std::unexpected(std::move(error));
    return {};
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
    if (year < 2000 || year > 2100) return invalid("year", "range");
    auto const before = TRY(year_before(call, year, tx));
    auto const file = file_of(year, in);
    TRY(check_days(in));
    if (auto const parsed = calendar::HolidayYear::parse(file); !parsed) return wrong_field(parsed.error(), "year");
    TRY(save_year_file(tx, year, file));
    TRY(note(call, tx, "holidays.changed", "holidays:" + std::to_string(year), before, file));
    for (auto const& stored : TRY(all_calendar_files(tx))) {
        auto const calendar = TRY(calendar_of(stored));
        if (calendar.holidays) TRY(changed(tx, call.now, call.caller.person, calendar.key));
    }
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
    return out;
}

}  // namespace keepword::calendars
