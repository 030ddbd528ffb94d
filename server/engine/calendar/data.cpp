#include <charconv>

#include "engine/calendar/calendar.hpp"
#include "foundation/text.hpp"

// Calendars, holidays and lengths from their texts.
namespace keepword::calendar {
namespace {

constexpr std::size_t max_spans = 8;   // working hours of one day
constexpr std::size_t max_off = 50;    // holidays of one year
constexpr std::size_t max_work = 60;   // shifted workdays of one year
constexpr std::size_t max_name = 100;  // code points

std::unexpected<Error> bad(std::string code, std::string field) {
    return fail(Error(Kind::invalid, std::move(code)).with("field", std::move(field)));
}

std::string_view text_at(json::object const& o, char const* key) {
    auto const* v = o.if_contains(key);
    return v != nullptr && v->is_string() ? std::string_view(v->get_string()) : std::string_view();
}

std::optional<Name> name_at(json::object const& o) {
    auto const* v = o.if_contains("name");
    if (v == nullptr || !v->is_object()) return std::nullopt;
    Name name{std::string(text_at(v->get_object(), "zh")), std::string(text_at(v->get_object(), "en"))};
    bool const fits =
        !name.zh.empty() && !name.en.empty() && text::length(name.zh) <= max_name && text::length(name.en) <= max_name;
    return fits ? std::optional(name) : std::nullopt;
}

// "08:30" in minutes from midnight; "24:00" is the end of the day.
std::optional<int> minute_of_day(json::value const& v) {
    if (!v.is_string()) return std::nullopt;
    std::string_view const t(v.get_string());
    auto const* const at = t.data();
    int hour = 0;
    int minute = 0;
    bool const shaped = t.size() == 5 && t[2] == ':' && std::from_chars(at, at + 2, hour).ptr == at + 2 &&
                        std::from_chars(at + 3, at + 5, minute).ptr == at + 5;
    int const out = hour * 60 + minute;
    bool const exists = shaped && hour >= 0 && minute >= 0 && minute < 60 && out <= minutes_per_day;
    return exists ? std::optional(out) : std::nullopt;
}

// The working hours of one day, in order and not overlapping.
std::optional<std::vector<Hours>> hours_of(json::value const& v) {
    if (!v.is_array() || v.get_array().size() > max_spans) return std::nullopt;
    std::vector<Hours> out;
    for (auto const& span : v.get_array()) {
        if (!span.is_array() || span.get_array().size() != 2) return std::nullopt;
        auto const from = minute_of_day(span.get_array()[0]);
        auto const to = minute_of_day(span.get_array()[1]);
        if (!from || !to || *from >= *to || (!out.empty() && *from < out.back().to)) return std::nullopt;
        // Two spans that touch are one: there is no break to explain between them.
        if (!out.empty() && out.back().to == *from) {
            out.back().to = *to;
        } else {
            out.push_back({*from, *to});
        }
    }
    return out;
}

// "Asia/Shanghai", or a fixed offset "+08:00". There is no summer time in either.
std::optional<Duration> offset_of(std::string_view zone) {
    if (zone == "Asia/Shanghai") return hours(8);
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
    auto const minutes_east = minute_of_day(json::string(zone.substr(1)));
    if (!minutes_east || *minutes_east > 14 * 60) return std::nullopt;
    return minutes(zone[0] == '-' ? -*minutes_east : *minutes_east);
}

// A holiday may begin or end in a neighbouring year, as New Year does.
bool belongs(Day day, int year) {
    return day.year >= year - 1 && day.year <= year + 1;
}

}  // namespace

Result<HolidayYear> HolidayYear::parse(json::value const& file) {
    auto const wrong = [](std::string field) { return bad("calendar.holidays", std::move(field)); };
    if (!file.is_object()) return wrong("");
    auto const& o = file.get_object();
    HolidayYear out;
    auto const* year = o.if_contains("year");
    if (year == nullptr || !year->is_int64() || year->get_int64() < 1970 || year->get_int64() > 9998)
        return wrong("year");
    out.year = static_cast<int>(year->get_int64());
    auto const* off = o.if_contains("off");
    if (off == nullptr || !off->is_array() || off->get_array().size() > max_off) return wrong("off");
    for (std::size_t i = 0; i < off->get_array().size(); ++i) {
        auto const field = "off." + std::to_string(i);
        if (!off->get_array()[i].is_object()) return wrong(field);
        auto const& holiday = off->get_array()[i].get_object();
        auto const from = Day::parse(text_at(holiday, "from"));
        auto const to = Day::parse(text_at(holiday, "to"));
        auto const name = name_at(holiday);
        if (!from || !belongs(*from, out.year)) return wrong(field + ".from");
        if (!to || !belongs(*to, out.year) || *to < *from || to->number() - from->number() > 31)
            return wrong(field + ".to");
        if (!name) return wrong(field + ".name");
        out.off.push_back({*from, *to, *name});
    }
    auto const* work = o.if_contains("work");
    if (work == nullptr || !work->is_array() || work->get_array().size() > max_work) return wrong("work");
    for (std::size_t i = 0; i < work->get_array().size(); ++i) {
        auto const& v = work->get_array()[i];
        auto const day = v.is_string() ? Day::parse(v.get_string()) : fail(Kind::invalid, "time.day");
        if (!day || !belongs(*day, out.year)) return wrong("work." + std::to_string(i));
        out.work.push_back(*day);
    }
    return out;
}

Result<Calendar> Calendar::parse(json::value const& file, std::vector<HolidayYear> years) {
    auto const wrong = [](std::string field) { return bad("calendar.file", std::move(field)); };
    if (!file.is_object()) return wrong("");
    auto const& o = file.get_object();
    Calendar out;
    out.key_ = text_at(o, "key");
    if (out.key_.empty() || out.key_.size() > max_name) return wrong("key");
    auto const name = name_at(o);
    if (!name) return wrong("name");
    out.name_ = *name;
    auto const offset = offset_of(text_at(o, "zone"));
    if (!offset) return wrong("zone");
    out.offset_ = *offset;
    if (auto const* holidays = o.if_contains("holidays")) {
        if (!holidays->is_bool()) return wrong("holidays");
        out.holidays_ = holidays->get_bool();
    }
    auto const* week = o.if_contains("week");
    if (week == nullptr || !week->is_object()) return wrong("week");
    for (auto const& [day, spans] : week->get_object()) {
        if (day.size() != 1 || day[0] < '1' || day[0] > '7') return wrong("week." + std::string(day));
        auto parsed = hours_of(spans);
        if (!parsed) return wrong("week." + std::string(day));
        out.week_[static_cast<std::size_t>(day[0] - '0')] = std::move(*parsed);
    }
    if (out.holidays_) out.add_years(years);
    return out;
}

void Calendar::add_years(std::vector<HolidayYear> const& years) {
    for (auto const& year : years) {
        years_.push_back(year.year);
        for (auto const& holiday : year.off) {
            for (auto day = holiday.from.number(); day <= holiday.to.number(); ++day) {
                special_[day] = {Part::holiday, holiday.name};
            }
        }
    }
    // After all holidays, so that a year's own workday is not covered by a neighbour's holiday.
    for (auto const& year : years) {
        for (auto const day : year.work) special_[day.number()] = {Part::shifted_work, {}};
    }
}

Result<Length> Length::parse(std::string_view iso) {
    auto const wrong = [&] { return fail(Error(Kind::invalid, "calendar.length").with("text", std::string(iso))); };
    Length out;
    auto rest = iso;
    if (!rest.starts_with('P')) return wrong();
    rest.remove_prefix(1);
    bool const time = rest.starts_with('T');
    if (time) rest.remove_prefix(1);
    std::string_view units = time ? "HMS" : "WD";
    if (rest.empty()) return wrong();
    while (!rest.empty()) {
        std::int64_t n = 0;
        auto const [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), n);
        if (error != std::errc{} || rest[0] == '-' || n > 1'000'000 || end == rest.data() + rest.size()) return wrong();
        auto const unit = units.find(*end);
        if (unit == std::string_view::npos) return wrong();
        switch (*end) {
            case 'W':
                out.days += n * 7;
                break;
            case 'D':
                out.days += n;
                break;
            case 'H':
                out.time.ms += hours(n).ms;
                break;
            case 'M':
                out.time.ms += minutes(n).ms;
                break;
            default:
                out.time.ms += seconds(n).ms;
                break;
        }
        units.remove_prefix(unit + 1);
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
    }
    if (out.days > max_days) return wrong();
    return out;
}

std::string Length::str() const {
    if (days != 0) return "P" + std::to_string(days) + "D";
    std::string out;
    std::int64_t const s = time.ms / 1000;
    if (s / 3600 != 0) out += std::to_string(s / 3600) + "H";
    if (s / 60 % 60 != 0) out += std::to_string(s / 60 % 60) + "M";
    if (s % 60 != 0 || out.empty()) out += std::to_string(s % 60) + "S";
    return "PT" + out;
}

}  // namespace keepword::calendar
