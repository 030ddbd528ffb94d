#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "domain/import/reading.hpp"

// What single cells say.
namespace keepword::imports {
namespace {

using table::CellKind;

constexpr std::size_t shown_value = 80;  // characters of a wrong cell that are told

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

// "1.38E+10", or more digits than a spreadsheet keeps: what stood there was taken for a number and is lost.
bool lost_digits(table::Cell const& cell) {
    auto const text = cell.text;
    if (cell.kind == CellKind::number) return text.size() > 15 && all_digits(text);
    auto const e = text.find_first_of("eE");
    if (e == std::string_view::npos || e == 0 || text.substr(e + 1).size() < 2 || text[e + 1] != '+') return false;
    return all_digits(text.substr(e + 2)) &&
           std::ranges::all_of(text.substr(0, e), [](char c) { return is_digit(c) || c == '.'; });
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 127;
    });
}

// One line: what was broken by hand inside of a cell is joined by a blank.
std::string on_one_line(std::string_view text) {
    std::string out;
    for (char c : text) {
        bool const blank = c == '\n' || c == '\r' || c == '\t';
        if (!blank)
            out.push_back(c);
        else if (!out.empty() && out.back() != ' ')
            out.push_back(' ');
    }
    return out;
}

std::string with_plain_breaks(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r')
            out.push_back(text[i]);
        else if (i + 1 >= text.size() || text[i + 1] != '\n')
            out.push_back('\n');
    }
    return out;
}

std::optional<std::string> choice_of(ImportField const& field, std::string_view written) {
    auto const key = heading_key(written);
    if (!field.choices) return std::nullopt;
    for (auto const& choice : *field.choices) {
        if (key == choice.word || key == heading_key(choice.zh) || key == heading_key(choice.en)) return choice.word;
        for (auto const& other : choice.also) {
            if (key == heading_key(other)) return choice.word;
        }
    }
    return std::nullopt;
}

std::string choices_told(ImportField const& field, Locale locale) {
    std::string out;
    for (auto const& choice : field.choices.value_or(std::vector<ImportChoice>())) {
        if (!out.empty()) out += locale == Locale::zh ? "、" : ", ";
        out += locale == Locale::zh ? choice.zh : choice.en;
    }
    return out;
}

// Reads the cells of one sheet.
class Cells {
  public:
    Cells(Sheet& sheet, Books const& books, Errors& errors) : sheet_(sheet), books_(books), errors_(errors) {}

    void read() {
        auto const& fields = sheet_.kind->fields;
        sheet_.rows.reserve(sheet_.table.rows());
        for (std::size_t line = sheet_.header + 1; line < sheet_.table.rows(); ++line) {
            Row row{.number = sheet_.table.number(line), .there = 0, .values = std::vector<Value>(fields.size())};
            for (std::size_t i = 0; i < fields.size(); ++i) {
                if (sheet_.columns[i]) read(row, i, sheet_.table.at(line, *sheet_.columns[i]));
            }
            sheet_.rows.push_back(std::move(row));
        }
    }

  private:
    void wrong(Row& row, std::size_t index, std::string_view text, std::string code, Errors::Params params = {}) {
        auto at = sheet_.place(row.number, index);
        at.value = std::string(text::head(text, shown_value));
        params.emplace_back("value", at.value);
        errors_.add(std::move(at), std::move(code), std::move(params));
        row.values[index] = Value::spoilt();
    }

    void read(Row& row, std::size_t index, table::Cell const& cell) {
        if (cell.text.empty()) return;
        auto const& field = sheet_.kind->fields[index];
        if (cell.kind == CellKind::wrong)
            return wrong(row, index, cell.text, cell.text == "=" ? "import.formula" : "import.cell-error");
        if (has_control(cell.text)) return wrong(row, index, "", "import.control");
        if (field.type != FieldType::day && field.type != FieldType::note && lost_digits(cell))
            return wrong(row, index, cell.text, "import.digits-lost");
        auto text = field.type == FieldType::note ? with_plain_breaks(cell.text) : on_one_line(cell.text);
        // An apostrophe is how a number is typed as a text.
        if (text.size() > 1 && text[0] == '\'' && is_digit(text[1])) text.erase(0, 1);
        if (text::length(text) > static_cast<std::size_t>(field.max))
            return wrong(row, index, text, "import.too-long", {{"max", std::to_string(field.max)}});
        row.values[index] = {std::move(text), 0};
        understand(row, index, cell.kind);
    }

    // Makes of what is written what is kept; whether anybody can tell what is meant.
    bool understand(Row& row, std::size_t index, CellKind kind) {
        auto const& field = sheet_.kind->fields[index];
        auto& text = row.values[index].text;
        auto const refuse = [&](char const* code, Errors::Params params = {}) {
            wrong(row, index, std::string(text), code, std::move(params));
            return false;
        };
        switch (field.type) {
            case FieldType::phone:
                return !people::phone_numbers(text).empty() || refuse("import.phone");
            case FieldType::ip:
                return place::is_address(text) || refuse("import.ip");
            case FieldType::email:
                return people::plausible_email(text) || refuse("import.email");
            case FieldType::login:
                return people::plausible_login(people::login_key(text)) || refuse("import.login");
            case FieldType::day: {
                auto const day = kind == CellKind::flag ? std::nullopt : day_of(text);
                if (!day) return refuse("import.day");
                text = *day;
                return true;
            }
            case FieldType::choice: {
                auto const word = choice_of(field, text);
                if (!word) {
                    return refuse("import.choice", {{"choices_zh", choices_told(field, Locale::zh)},
                                                    {"choices_en", choices_told(field, Locale::en)}});
                }
                text = *word;
                return true;
            }
            case FieldType::word: {
                if (auto const word = choice_of(field, text)) text = *word;
                return place::is_class(text) || refuse("import.word");
            }
            case FieldType::region:
                return region(text, refuse);
            case FieldType::roles: {
                auto const read = roles_of(books_.roles, text);
                return read.unknown.empty() || refuse("import.role", {{"role", read.unknown}});
            }
            default:
                return true;
        }
    }

    template <class F>
    bool region(std::string& text, F const& refuse) {
        auto const known = regions_.find(text);
        auto const& codes = known != regions_.end()
                                ? known->second
                                : regions_.emplace(text, regions_named(books_.regions, text)).first->second;
        if (codes.size() != 1) return refuse(codes.empty() ? "import.region" : "import.ambiguous");
        text = codes.front();
        return true;
    }

    Sheet& sheet_;
    Books const& books_;
    Errors& errors_;
    std::map<std::string, std::vector<std::string>> regions_;  // a file names few of them, many times
};

// The parts of a text between signs that are no digits; nothing where another sign stands between.
std::vector<int> numbers_in(std::string_view text) {
    std::vector<int> out;
    int value = 0;
    std::size_t digits = 0;
    auto const finish = [&] {
        if (digits > 0) out.push_back(value);
        value = 0;
        digits = 0;
    };
    for (char c : text) {
        if (is_digit(c)) {
            value = value * 10 + (c - '0');
            if (++digits > 4) return {};
        } else if (c == '-') {
            finish();
        } else {
            return {};
        }
    }
    finish();
    return out;
}

// Whole days of a spreadsheet that lost its format: 1954 to 2119, so that no year or other number is taken for one.
std::optional<std::string> day_of_serial(std::string_view text) {
    constexpr int first = 20'000;
    constexpr int last = 80'000;
    constexpr std::int64_t before_1970 = 25'569;
    int value = 0;
    auto const whole = text.substr(0, text.find('.'));
    if (whole.size() != 5 || !all_digits(whole)) return std::nullopt;
    std::from_chars(whole.data(), whole.data() + whole.size(), value);
    if (value < first || value > last) return std::nullopt;
    return Day::from_number(value - before_1970).str();
}

}  // namespace

std::optional<std::string> day_of(std::string_view written) {
    auto text = text::fold(text::trim(written));
    if (auto const serial = day_of_serial(text)) return serial;
    if (text.size() == 8 && all_digits(text)) text = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6);
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const rest = std::string_view(text).substr(i);
        if (rest.starts_with("年") || rest.starts_with("月")) {
            plain.push_back('-');
            i += 2;
        } else if (rest.starts_with("日") || rest.starts_with("号")) {
            i += 2;
            if (i + 1 < text.size() && text[i + 1] != ' ') plain.push_back(' ');
        } else {
            plain.push_back(text[i] == '/' || text[i] == '.' ? '-' : text[i]);
        }
    }
    // A time of day may follow; of a day only the day counts.
    auto const space = plain.find_first_of(" t");
    if (space != std::string::npos) {
        auto const time = text::trim(std::string_view(plain).substr(space + 1));
        if (!std::ranges::all_of(time, [](char c) { return is_digit(c) || c == ':' || c == '-' || c == 'z'; }))
            return std::nullopt;
        plain.resize(space);
    }
    auto const parts = numbers_in(plain);
    if (parts.size() != 3 || plain.find('-') != 4) return std::nullopt;
    auto const day = Day::parse(fmt::format("{:04}-{:02}-{:02}", parts[0], parts[1], parts[2]));
    if (!day || day->year < 1970 || day->year > 2200) return std::nullopt;
    return day->str();
}

std::vector<std::string> regions_named(people::RegionBook const& regions, std::string_view written) {
    auto wanted = text::fold(text::trim(written));
    std::erase(wanted, ' ');
    if (regions.find(wanted) != nullptr) return {wanted};
    // The province goes without saying, and may be said.
    for (auto const& region : regions.all()) {
        if (!region.parent && wanted != region.name && wanted.starts_with(region.name))
            wanted.erase(0, region.name.size());
    }
    std::vector<std::string> whole;
    std::vector<std::string> partly;
    for (auto const& region : regions.all()) {
        auto const full = text::fold(regions.full_name(region.code));
        auto const name = text::fold(region.name);
        if (wanted == full) whole.push_back(region.code);
        // "南昌" for 南昌市, and a county without its city.
        bool const city = name.ends_with("市") && name.substr(0, name.size() - 3) == wanted;
        if (wanted == name || city) partly.push_back(region.code);
    }
    return whole.empty() ? partly : whole;
}

RolesRead roles_of(people::RoleBook const& roles, std::string_view written) {
    std::string plain = text::fold(written);
    for (std::string_view separator : {"、", ";", "/", "|", "\n"}) {
        for (auto at = plain.find(separator); at != std::string::npos; at = plain.find(separator))
            plain.replace(at, separator.size(), ",");
    }
    RolesRead out;
    for (auto part : text::split(plain, ',')) {
        auto const wanted = text::trim(part);
        if (wanted.empty()) continue;
        auto const found = std::ranges::find_if(roles.all(), [&](people::Role const& role) {
            return wanted == role.key || wanted == text::fold(role.name_zh) || wanted == text::fold(role.name_en);
        });
        if (found == roles.all().end()) {
            out.unknown = std::string(wanted);
            return out;
        }
        if (std::ranges::find(out.keys, found->key) == out.keys.end()) out.keys.push_back(found->key);
    }
    return out;
}

void Errors::add(ImportError at, std::string code, Params params) {
    ++count_;
    if (told_.size() >= told_errors) return;
    at.code = std::move(code);
    auto const in = [&](Locale locale, std::string_view own, std::string_view other) {
        Params fitting;
        for (auto const& [name, value] : params) {
            if (name.ends_with(own))
                fitting.emplace_back(name.substr(0, name.size() - own.size()), value);
            else if (!name.ends_with(other))
                fitting.emplace_back(name, value);
        }
        return texts_.say(locale, at.code, fitting);
    };
    at.zh = in(Locale::zh, "_zh", "_en");
    at.en = in(Locale::en, "_en", "_zh");
    told_.push_back(std::move(at));
}

std::vector<ImportError> Errors::take() {
    std::ranges::stable_sort(told_, [](ImportError const& a, ImportError const& b) {
        if (a.row != b.row) return a.row < b.row;
        return a.column.size() != b.column.size() ? a.column.size() < b.column.size() : a.column < b.column;
    });
    return std::move(told_);
}

void read_rows(Sheet& sheet, Books const& books, Errors& errors) {
    Cells(sheet, books, errors).read();
}

}  // namespace keepword::imports
