#include "domain/calendar/holiday_file.hpp"

#include <algorithm>
#include <boost/json/stream_parser.hpp>
#include <charconv>
#include <set>

#include "foundation/text.hpp"

namespace keepword::calendars {
namespace {

constexpr std::size_t max_days = 366;  // of a year, in each of its two lists
constexpr std::size_t max_errors = 50;
constexpr std::size_t max_years = 30;

// The form of data/holidays, as it is decoded.
struct FileName {
    json::Text<100> zh;
    json::Text<100> en;
};
BOOST_DESCRIBE_STRUCT(FileName, (), (zh, en))
struct FileOff {
    Day from;
    Day to;
    FileName name;
};
BOOST_DESCRIBE_STRUCT(FileOff, (), (from, to, name))
struct FileYear {
    std::int64_t year = 0;
    std::optional<json::Text<300>> source;
    std::vector<FileOff> off;
    std::vector<Day> work;
};
BOOST_DESCRIBE_STRUCT(FileYear, (), (year, source, off, work))

std::size_t line_at(std::string_view text, std::size_t at) {
    return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, at), '\n'));
}

// Finds where in a JSON text a value stands, so that what is wrong with it can be told by line. The text has been
// parsed: it is known to be sound.
class Locator {
  public:
    explicit Locator(std::string_view text) : text_(text) {}

    // The line of `off.3.from`; of the nearest value around it where that is missing.
    std::size_t line_of(std::string_view path) {
        at_ = 0;
        blank();
        auto found = at_;
        for (auto const step : text::split(path, '.')) {
            if (path.empty() || !enter(step)) break;
            found = at_;
        }
        return line_at(text_, found);
    }

  private:
    char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void blank() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(here()) != std::string_view::npos) ++at_;
    }
    std::string_view string() {
        auto const from = ++at_;
        while (at_ < text_.size() && here() != '"') at_ += here() == '\\' ? 2 : 1;
        auto const found = text_.substr(from, std::min(at_, text_.size()) - from);
        ++at_;
        return found;
    }
    void skip() {
        int depth = 0;
        while (at_ < text_.size()) {
            char const c = here();
            if (c == '"') {
                string();
            } else {
                if (depth == 0 && (c == ',' || c == '}' || c == ']')) return;
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
                ++at_;
            }
        }
    }
    // To the value of that name, or of that number; stays where there is none.
    bool enter(std::string_view step) {
        auto const before = at_;
        bool const object = here() == '{';
        std::size_t number = 0;
        if (!object && here() != '[') return false;
        std::from_chars(step.data(), step.data() + step.size(), number);
        ++at_;
        for (std::size_t n = 0;; ++n) {
            blank();
            if (here() == '}' || here() == ']' || here() == '\0') break;
            std::string_view name;
            if (object) {
                name = string();
                blank();
                ++at_;
                blank();
            }
            if (object ? name == step : n == number) return true;
            skip();
            if (here() == ',') ++at_;
        }
        at_ = before;
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// Where the parser could not go on.
std::size_t broken_at(std::string_view text) {
    boost::json::stream_parser parser;
    boost::system::error_code error;
    auto const read = parser.write_some(text.data(), text.size(), error);
    return error ? std::min(read, text.size()) : text.size();
}

void add_all(LineErrors& errors, Locator& locator, std::string const& prefix, std::vector<FieldError> const& fields) {
    for (auto const& field : fields) {
        if (errors.full()) return;
        errors.add(locator.line_of(prefix + field.field), field.code);
    }
}

void check_year(LineErrors& errors, Locator& locator, std::string const& prefix, YearDays const& year) {
    if (year.year < first_year || year.year > last_year) {
        errors.add(locator.line_of(prefix + "year"), "range");
        return;
    }
    if (year.off.size() > max_days || year.work.size() > max_days) {
        errors.add(locator.line_of(prefix + (year.off.size() > max_days ? "off" : "work")), "too-many");
        return;
    }
    auto const outside = [&](Day day, std::string const& field) {
        if (day.year != year.year) errors.add(locator.line_of(prefix + field), "year");
    };
    for (std::size_t i = 0; i < year.off.size(); ++i) {
        auto const field = "off." + std::to_string(i);
        outside(year.off[i].from, field + ".from");
        outside(year.off[i].to, field + ".to");
        if (year.off[i].name_zh.value.empty()) errors.add(locator.line_of(prefix + field + ".name"), "required");
    }
    for (std::size_t i = 0; i < year.work.size(); ++i) outside(year.work[i], "work." + std::to_string(i));
    add_all(errors, locator, prefix, wrong_days(year.off, year.work));
}

YearDays days_of(FileYear const& file) {
    YearDays out{.year = file.year, .work = file.work};
    if (file.source && !text::trim(file.source->value).empty()) out.source = text::trim(file.source->value);
    for (auto const& off : file.off) {
        auto const zh = std::string(text::trim(off.name.zh.value));
        auto const en = std::string(text::trim(off.name.en.value));
        out.off.push_back({off.from, off.to, {zh}, {en.empty() ? zh : en}});
    }
    return out;
}

Result<HolidayFile> read_json(std::string_view text) {
    LineErrors errors;
    auto const parsed = json::parse(text);
    if (!parsed) {
        errors.add(line_at(text, broken_at(text)), "json");
        return std::unexpected(errors.take());
    }
    Locator locator(text);
    HolidayFile out{.format = HolidayFormat::json};
    std::set<std::int64_t> known;
    bool const several = parsed->is_array();
    std::size_t const count = several ? parsed->get_array().size() : 1;
    if (count > max_years) errors.add(1, "too-many");
    for (std::size_t i = 0; i < std::min(count, max_years); ++i) {
        auto const prefix = several ? std::to_string(i) + "." : "";
        auto const file = json::decode<FileYear>(several ? parsed->get_array()[i] : *parsed);
        if (!file) {
            add_all(errors, locator, prefix, file.error().fields);
            continue;
        }
        auto year = days_of(*file);
        check_year(errors, locator, prefix, year);
        if (!known.insert(year.year).second) errors.add(locator.line_of(prefix + "year"), "twice");
        out.years.push_back(std::move(year));
    }
    if (errors.none() && out.years.empty()) errors.add(1, "holidays-none");
    if (!errors.none()) return std::unexpected(errors.take());
    std::ranges::sort(out.years, {}, &YearDays::year);
    return out;
}

}  // namespace

void LineErrors::add(std::size_t line, std::string code) {
    ++asked_;
    FieldError found{"line." + std::to_string(line), std::move(code)};
    // One slip shows at several fields of the same line; it is said once.
    if (error_.fields.size() < max_errors && std::ranges::find(error_.fields, found) == error_.fields.end())
        error_.fields.push_back(std::move(found));
}

std::vector<FieldError> wrong_days(std::vector<DaysOff> const& off, std::vector<Day> const& work) {
    std::vector<FieldError> wrong;
    auto const off_on = [&](Day day, std::size_t before) {
        return std::any_of(off.begin(), off.begin() + static_cast<std::ptrdiff_t>(before),
                           [&](DaysOff const& one) { return one.from <= day && day <= one.to; });
    };
    for (std::size_t i = 0; i < off.size(); ++i) {
        auto const& one = off[i];
        if (one.to < one.from) wrong.push_back({"off." + std::to_string(i) + ".to", "order"});
        bool const around =
            std::any_of(off.begin(), off.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](DaysOff const& other) { return one.from <= other.from && other.to <= one.to; });
        if (around || off_on(one.from, i) || off_on(one.to, i))
            wrong.push_back({"off." + std::to_string(i) + ".from", "overlap"});
    }
    for (std::size_t i = 0; i < work.size(); ++i) {
        auto const field = "work." + std::to_string(i);
        if (off_on(work[i], off.size())) wrong.push_back({field, "overlap"});
        if (work[i].weekday() < 6) wrong.push_back({field, "weekend"});
    }
    return wrong;
}

json::object year_file(YearDays const& year) {
    json::array off;
    for (auto const& days : year.off) {
        off.push_back(
            json::object{{"from", days.from.str()},
                         {"to", days.to.str()},
                         {"name", {{"zh", text::trim(days.name_zh.value)}, {"en", text::trim(days.name_en.value)}}}});
    }
    json::object file{{"year", year.year}, {"off", std::move(off)}, {"work", json::encode(year.work)}};
    if (year.source && !text::trim(*year.source).empty()) file["source"] = json::string(text::trim(*year.source));
    return file;
}

Result<HolidayFile> read_holiday_file(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    auto const begin = text.find_first_not_of(" \t\r\n");
    if (begin != std::string_view::npos) {
        if (text[begin] == '{' || text[begin] == '[') return read_json(text);
        if (text::ascii_lower(text.substr(begin, 15)) == "begin:vcalendar") return read_holiday_calendar(text);
    }
    LineErrors errors;
    errors.add(1, "holidays-format");
    return std::unexpected(errors.take());
}

}  // namespace keepword::calendars
