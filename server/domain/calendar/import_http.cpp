#include <algorithm>
#include <array>

#include "domain/calendar/calendar_routes.hpp"
#include "engine/audit/audit.hpp"

namespace keepword::calendars {
namespace {

struct HolidayText {
    json::Text<500'000> text;  // of the file
};
BOOST_DESCRIBE_STRUCT(HolidayText, (), (text))

// A day that the file makes another one than it is now.
struct DayChange {
    Day day;
    StepKind before = StepKind::work;  // work, weekend, holiday or shifted_workday
    StepKind after = StepKind::work;
    std::optional<std::string> name_zh;  // of the holiday that it becomes, or was
    std::optional<std::string> name_en;
};
BOOST_DESCRIBE_STRUCT(DayChange, (), (day, before, after, name_zh, name_en))

struct ImportYear {
    std::int64_t year = 0;
    std::int64_t version = 0;  // of what is there now; 0 where the year is not entered yet
    std::optional<std::string> source;
    std::vector<DaysOff> off;
    std::vector<Day> work;
    std::int64_t days_off = 0;
    std::vector<DayChange> changes;
    // Holidays of every year that the file does not name: it may not be complete.
    std::vector<std::string> missing;
};
BOOST_DESCRIBE_STRUCT(ImportYear, (), (year, version, source, off, work, days_off, changes, missing))

struct ImportPreview {
    HolidayFormat format = HolidayFormat::json;
    std::int64_t ignored = 0;  // entries of the file that speak of neither days off nor workdays
    std::vector<ImportYear> years;
};
BOOST_DESCRIBE_STRUCT(ImportPreview, (), (format, ignored, years))

struct YearVersion {
    std::int64_t year = 0;
    std::int64_t version = 0;  // as the preview had it
};
BOOST_DESCRIBE_STRUCT(YearVersion, (), (year, version))

struct HolidayImport {
    json::Text<500'000> text;
    std::vector<YearVersion> years;  // those of the file that are taken
};
BOOST_DESCRIBE_STRUCT(HolidayImport, (), (text, years))

struct Imported {
    std::vector<std::int64_t> years;
    std::int64_t moved = 0;  // running clocks that are due at another time now
};
BOOST_DESCRIBE_STRUCT(Imported, (), (years, moved))

constexpr api::BodyRule file_body{.limit = 4 << 20};

Result<std::optional<StoredFile>> year_there(storage::Transaction& tx, std::int64_t year) {
    auto stored = load_year_file(tx, year);
    if (stored) return std::optional(*std::move(stored));
    if (stored.error().kind != Kind::not_found) return std::unexpected(std::move(stored).error());
    return std::optional<StoredFile>();
}

struct DayIs {
    StepKind kind = StepKind::work;
    DaysOff const* off = nullptr;
};

DayIs kind_of(Day day, std::vector<DaysOff> const& off, std::vector<Day> const& work) {
    if (std::ranges::find(work, day) != work.end()) return {StepKind::shifted_workday};
    auto const found = std::ranges::find_if(off, [&](auto const& one) { return one.from <= day && day <= one.to; });
    if (found != off.end()) return {StepKind::holiday, &*found};
    return {day.weekday() >= 6 ? StepKind::weekend : StepKind::work};
}

std::vector<std::string> missing_of(std::vector<DaysOff> const& off) {
    constexpr std::array<std::string_view, 7> every{"元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆"};
    std::vector<std::string> out;
    for (auto const name : every) {
        bool const there = std::ranges::any_of(off, [&](auto const& one) {
            return one.name_zh.value.find(name) != std::string::npos ||
                   (name == "劳动" && one.name_zh.value.find("五一") != std::string::npos);
        });
        if (!there)
            out.emplace_back(name == "劳动" || name == "清明" || name == "端午" || name == "中秋" || name == "国庆"
                                 ? std::string(name) + "节"
                                 : std::string(name));
    }
    return out;
}

Result<ImportYear> compare(storage::Transaction& tx, YearDays const& in) {
    ImportYear out{.year = in.year, .source = in.source, .off = in.off, .work = in.work};
    Year before;
    if (auto const stored = TRY(year_there(tx, in.year))) before = TRY(year_of(*stored));
    out.version = before.version;
    out.missing = missing_of(in.off);
    for (Day day{static_cast<int>(in.year), 1, 1}; day.year == in.year; day = day.plus(1)) {
        auto const was = kind_of(day, before.off, before.work);
        auto const is = kind_of(day, in.off, in.work);
        out.days_off += is.kind == StepKind::holiday ? 1 : 0;
        if (was.kind == is.kind) continue;
        DayChange change{.day = day, .before = was.kind, .after = is.kind};
        if (auto const* off = is.off != nullptr ? is.off : was.off) {
            change.name_zh = off->name_zh.value;
            change.name_en = off->name_en.value;
        }
        out.changes.push_back(std::move(change));
    }
    return out;
}

Result<ImportPreview> preview(HolidayText const& in, storage::Transaction& tx) {
    auto const file = TRY(read_holiday_file(in.text.value));
    ImportPreview out{.format = file.format, .ignored = file.ignored};
    for (auto const& year : file.years) out.years.push_back(TRY(compare(tx, year)));
    return out;
}

Result<> take_year(api::Call const& call, storage::Transaction& tx, YearDays const& year, std::int64_t version) {
    auto const before = TRY(year_there(tx, year.year));
    if ((before ? before->version : 0) != version) return fail(Kind::stale, "version.stale");
    auto const file = year_file(year);
    // What the engine would not read is refused before it is kept.
    TRY(calendar::HolidayYear::parse(file));
    TRY(save_year_file(tx, year.year, file));
    return note(call, tx, "holidays.imported", "holidays:" + std::to_string(year.year), before, file);
}

// All of the years asked for, or none: it is one transaction.
Result<Imported> take(Changed const& changed, api::Call const& call, HolidayImport const& in,
                      storage::Transaction& tx) {
    auto const file = TRY(read_holiday_file(in.text.value));
    if (in.years.empty()) return invalid("years", "required");
    Imported out;
    for (auto const& wanted : in.years) {
        auto const year = std::ranges::find(file.years, wanted.year, &YearDays::year);
        bool const twice = std::ranges::find(out.years, wanted.year) != out.years.end();
        if (year == file.years.end() || twice) return invalid("years", twice ? "twice" : "unknown");
        TRY(take_year(call, tx, *year, wanted.version));
        out.years.push_back(wanted.year);
    }
    out.moved = TRY(tell_holidays_changed(changed, call, tx));
    return out;
}

}  // namespace

std::string text_at(json::value const& v, std::string_view name) {
    auto const* found = v.is_object() ? v.get_object().if_contains(name) : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

Result<Year> year_of(StoredFile const& stored) {
    Year out{.year = stored.file.at("year").to_number<std::int64_t>(), .version = stored.version};
    if (auto source = text_at(stored.file, "source"); !source.empty()) out.source = std::move(source);
    for (auto const& off : stored.file.at("off").as_array()) {
        auto const& name = off.at("name");
        auto const from = TRY(Day::parse(text_at(off, "from")));
        auto const to = TRY(Day::parse(text_at(off, "to")));
        out.off.push_back({from, to, {text_at(name, "zh")}, {text_at(name, "en")}});
    }
    out.work = TRY(json::decode<std::vector<Day>>(stored.file.at("work")));
    return out;
}

Result<> note(api::Call const& call, storage::Transaction& tx, std::string action, std::string subject,
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

Result<std::int64_t> tell_holidays_changed(Changed const& changed, api::Call const& call, storage::Transaction& tx) {
    std::int64_t moved = 0;
    for (auto const& stored : TRY(all_calendar_files(tx))) {
        auto const* holidays = stored.file.if_contains("holidays");
        bool const keeps = holidays == nullptr || holidays->as_bool();
        if (keeps) moved += TRY(changed(tx, call.now, call.caller.person, text_at(stored.file, "key")));
    }
    return moved;
}

void add_import_routes(api::Routes& routes, Changed const& changed) {
    auto ask = api::post<HolidayText>(
        "/holidays/import/preview",
        {.right = "calendars.manage",
         .help = "What a file of holidays (this program's JSON, or a calendar .ics) would change; errors by line",
         .body = file_body},
        [](api::Call const&, HolidayText const& in, storage::Transaction& tx) { return preview(in, tx); });
    // A question with a body: it changes nothing and need not wait for the writer.
    ask.mode = api::Mode::read;
    routes.push_back(std::move(ask));
    routes.push_back(api::post<HolidayImport>(
        "/holidays/import",
        {.right = "calendars.manage",
         .help = "Take years from a file of holidays, all or none; running deadlines move and say so",
         .body = file_body},
        [changed](api::Call const& call, HolidayImport const& in, storage::Transaction& tx) {
            return take(changed, call, in, tx);
        }));
}

}  // namespace keepword::calendars
