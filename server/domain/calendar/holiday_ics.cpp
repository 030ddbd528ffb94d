#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "domain/calendar/holiday_file.hpp"
#include "foundation/text.hpp"

// Calendars in the form of RFC 5545, of which only what holidays need is understood: events with their days and what
// they are called. Nothing repeats in a year's notice, so what repeats is refused rather than guessed at.
namespace keepword::calendars {
namespace {

constexpr std::int64_t max_event_days = 31;

struct Line {
    std::size_t number = 0;  // where it begins in the file
    std::string name;        // small letters
    std::string value;
};

// The file's lines, those that go on in the next one put together.
std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> out;
    std::size_t number = 0;
    for (auto raw : text::split(text, '\n')) {
        ++number;
        if (raw.ends_with('\r')) raw.remove_suffix(1);
        if (!out.empty() && !raw.empty() && (raw[0] == ' ' || raw[0] == '\t')) {
            out.back().value += raw.substr(1);
        } else if (!raw.empty()) {
            out.push_back({number, "", std::string(raw)});
        }
    }
    for (auto& line : out) {
        // A colon in quotes belongs to a parameter.
        bool quoted = false;
        std::size_t colon = 0;
        while (colon < line.value.size() && (quoted || line.value[colon] != ':')) quoted ^= line.value[colon++] == '"';
        auto const head = line.value.substr(0, colon);
        line.name = text::ascii_lower(head.substr(0, head.find(';')));
        line.value = colon < line.value.size() ? line.value.substr(colon + 1) : std::string();
    }
    return out;
}

std::string unescaped(std::string_view value) {
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) {
            ++i;
            out += value[i] == 'n' || value[i] == 'N' ? ' ' : value[i];
        } else {
            out += value[i];
        }
    }
    return out;
}

struct Moment {
    Day day;
    bool midnight = true;  // a day, or the instant it begins
};

// 20270101, 20270101T090000, or 20261231T160000Z, which is the beginning of the next day in China.
std::optional<Moment> moment_of(std::string_view value) {
    value = text::trim(value);
    if (value.size() < 8) return {};
    auto const day = Day::parse(std::string(value.substr(0, 4)) + "-" + std::string(value.substr(4, 2)) + "-" +
                                std::string(value.substr(6, 2)));
    if (!day) return {};
    if (value.size() == 8) return Moment{*day, true};
    bool const utc = value.ends_with('Z');
    if (value[8] != 'T' || value.size() != (utc ? 16U : 15U)) return {};
    auto const clock = value.substr(9, 6);
    int time = 0;
    if (auto const [end, error] = std::from_chars(clock.data(), clock.data() + clock.size(), time);
        error != std::errc() || end != clock.data() + clock.size() || time < 0)
        return {};
    if (!utc) return Moment{*day, time == 0};
    auto const hour = time / 10'000 + 8;
    return Moment{day->plus(hour / 24), time % 10'000 == 0 && hour % 24 == 0};
}

struct Event {
    std::size_t line = 0;  // of its BEGIN
    std::map<std::string, Line, std::less<>> lines;
    std::string_view value(std::string_view name) const {
        auto const found = lines.find(name);
        return found == lines.end() ? std::string_view() : std::string_view(found->second.value);
    }
    std::size_t line_of(std::string_view name) const {
        auto const found = lines.find(name);
        return found == lines.end() ? line : found->second.number;
    }
};

enum class Says { neither, off, work, unclear };

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](auto word) { return text.find(word) != std::string_view::npos; });
}

// 班 goes first, because 调休上班 has 休 in it as well. 调休 alone is said of both.
Says says(Event const& event, std::string const& summary) {
    auto const special = text::ascii_lower(event.value("x-apple-special-day"));
    if (special == "alternate-workday") return Says::work;
    if (special == "work-holiday") return Says::off;
    auto const small = text::fold(summary);
    // On duty, or overtime: somebody's own day, not everybody's.
    if (has_any(small, {"值班", "加班"})) return Says::neither;
    if (small.ends_with("班") ||
        has_any(small, {"补班", "上班", "(班)", "[班]", "【班】", "工作日", "working day", "workday"}))
        return Says::work;
    if (has_any(small, {"休息日", "放假", "假期", "假日", "(休)", "day off", "holiday"})) return Says::off;
    if (has_any(small, {"调休"})) return Says::unclear;
    if (has_any(small, {"休"})) return Says::off;
    return Says::neither;
}

// 春节 of 春节（休）, 春节假期 第1天/共8天.
std::string name_of(std::string const& summary) {
    auto name = summary.substr(0, summary.find("第"));
    for (auto const* word :
         {"（休）", "(休)", "【休】", "[休]", "放假", "假期", "假日", "休息日", "休", "Holiday", "day off"}) {
        for (auto at = name.find(word); at != std::string::npos; at = name.find(word))
            name.erase(at, std::string_view(word).size());
    }
    name = text::trim(name);
    return std::string(text::head(name.empty() ? summary : name, 100));
}

std::string english_of(std::string const& zh) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> known{{{"元旦", "New Year"},
                                                                                  {"除夕", "Spring Festival"},
                                                                                  {"春节", "Spring Festival"},
                                                                                  {"清明", "Tomb-Sweeping Day"},
                                                                                  {"劳动", "Labour Day"},
                                                                                  {"五一", "Labour Day"},
                                                                                  {"端午", "Dragon Boat Festival"},
                                                                                  {"国庆", "National Day"},
                                                                                  {"中秋", "Mid-Autumn Festival"}}};
    std::string out;
    for (auto const& [word, english] : known) {
        if (zh.find(word) != std::string::npos && out.find(english) == std::string::npos)
            out += (out.empty() ? "" : " and ") + std::string(english);
    }
    return out.empty() ? zh : out;
}

class Reader {
  public:
    Result<HolidayFile> read(std::string_view text) {
        std::optional<Event> event;
        std::string source;
        for (auto const& line : lines_of(text)) {
            auto const component = text::ascii_lower(text::trim(line.value));
            if (line.name == "x-wr-calname") source = text::trim(unescaped(line.value));
            if (line.name == "begin" && component == "vevent") {
                if (event) errors_.add(event->line, "event-open");
                event = Event{.line = line.number, .lines = {}};
                inside_ = 0;
            } else if (event && (line.name == "begin" || (line.name == "end" && component != "vevent"))) {
                // What an alarm within the event says is not said of the event.
                inside_ += line.name == "begin" ? 1 : -1;
            } else if (event && line.name == "end") {
                take(*event);
                event.reset();
            } else if (event && inside_ == 0) {
                event->lines.try_emplace(line.name, line);
            }
        }
        if (event) errors_.add(event->line, "event-open");
        return finish(std::string(text::head(source, 300)));
    }

  private:
    struct Taken {
        std::string name;
        std::size_t line = 0;
    };

    void take(Event const& event) {
        auto const summary = unescaped(event.value("summary"));
        auto const what = says(event, summary);
        if (what == Says::neither || text::ascii_lower(event.value("status")) == "cancelled") {
            ++ignored_;
            return;
        }
        if (what == Says::unclear) return errors_.add(event.line_of("summary"), "shifted-unclear");
        if (event.lines.contains("rrule") || event.lines.contains("rdate"))
            return errors_.add(event.line_of(event.lines.contains("rrule") ? "rrule" : "rdate"), "event-repeats");
        auto const from = moment_of(event.value("dtstart"));
        if (!from) return errors_.add(event.line_of("dtstart"), "date");
        auto const to = last_day(event, *from);
        if (!to) return;
        for (auto day = from->day; day <= *to; day = day.plus(1)) put(day, what, {name_of(summary), event.line});
    }

    // The last day of an event: what .ics calls its end is the day after, or an hour of the day itself.
    std::optional<Day> last_day(Event const& event, Moment const& from) {
        auto to = from.day;
        if (auto const end = event.value("dtend"); !end.empty()) {
            auto const moment = moment_of(end);
            if (!moment) {
                errors_.add(event.line_of("dtend"), "date");
                return {};
            }
            to = moment->midnight && moment->day > from.day ? moment->day.plus(-1) : moment->day;
        } else if (auto const length = event.value("duration"); !length.empty()) {
            auto const parsed = calendar_days(length);
            if (parsed < 1) {
                errors_.add(event.line_of("duration"), "date");
                return {};
            }
            to = from.day.plus(parsed - 1);
        }
        if (to < from.day || to > from.day.plus(max_event_days - 1)) {
            errors_.add(event.line_of("dtend"), to < from.day ? "order" : "range");
            return {};
        }
        return to;
    }

    // P3D, P1W; 0 for what is no number of whole days.
    static std::int64_t calendar_days(std::string_view length) {
        std::int64_t n = 0;
        if (length.size() < 3 || length[0] != 'P') return 0;
        auto const [end, error] = std::from_chars(length.data() + 1, length.data() + length.size(), n);
        if (error != std::errc() || n < 0 || n > max_event_days || end + 1 != length.data() + length.size()) return 0;
        return *end == 'W' ? n * 7 : *end == 'D' ? n : 0;
    }

    void put(Day day, Says what, Taken const& taken) {
        if (day.year < first_year || day.year > last_year) return errors_.add(taken.line, "range");
        auto& mine = what == Says::off ? off_ : work_;
        auto const& others = what == Says::off ? work_ : off_;
        if (others.contains(day)) return errors_.add(taken.line, "overlap");
        if (what == Says::work && day.weekday() < 6) return errors_.add(taken.line, "weekend");
        mine.try_emplace(day, taken);
    }

    Result<HolidayFile> finish(std::string const& source) {
        if (errors_.none() && off_.empty() && work_.empty()) errors_.add(1, "holidays-none");
        if (!errors_.none()) return std::unexpected(errors_.take());
        std::map<int, YearDays> years;
        auto const year = [&](Day day) -> YearDays& {
            auto& found = years[day.year];
            found.year = day.year;
            if (!source.empty()) found.source = source;
            return found;
        };
        for (auto const& [day, taken] : off_) {
            auto& off = year(day).off;
            if (!off.empty() && off.back().to.plus(1) == day && off.back().name_zh.value == taken.name)
                off.back().to = day;
            else
                off.push_back({day, day, {taken.name}, {english_of(taken.name)}});
        }
        for (auto const& [day, taken] : work_) year(day).work.push_back(day);
        HolidayFile out{.format = HolidayFormat::ics, .ignored = ignored_};
        for (auto& [number, days] : years) out.years.push_back(std::move(days));
        return out;
    }

    LineErrors errors_;
    std::map<Day, Taken> off_;
    std::map<Day, Taken> work_;
    std::int64_t ignored_ = 0;
    int inside_ = 0;  // components open within the event
};

}  // namespace

Result<HolidayFile> read_holiday_calendar(std::string_view text) {
    return Reader().read(text);
}

}  // namespace keepword::calendars
