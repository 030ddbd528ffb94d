#include "engine/table/xlsx.hpp"

#include <algorithm>
#include <charconv>

#include "engine/table/number.hpp"
#include "engine/table/workbook.hpp"
#include "foundation/text.hpp"
#include "foundation/time.hpp"

namespace keepword::table {
namespace {

using Token = Xml::Token;

constexpr std::size_t max_zip_files = 10'000;
constexpr std::size_t max_merged = 50'000;
constexpr std::int64_t max_filled = 1'000'000;  // cells that merged ones show
constexpr std::size_t last_column = 16'383;     // XFD
constexpr std::int64_t last_row = 1'048'576;

struct Position {
    std::int64_t row = 0;
    std::size_t column = 0;
};

// "AB12"; nothing where it is none.
std::optional<Position> position_of(std::string_view reference) {
    Position out;
    std::size_t i = 0;
    std::size_t column = 0;
    for (; i < reference.size() && reference[i] >= 'A' && reference[i] <= 'Z'; ++i) {
        column = column * 26 + static_cast<std::size_t>(reference[i] - 'A') + 1;
        if (column > last_column + 1) return std::nullopt;
    }
    auto const* const end = reference.data() + reference.size();
    auto const [stop, error] = std::from_chars(reference.data() + i, end, out.row);
    if (column == 0 || error != std::errc{} || stop != end || out.row < 1 || out.row > last_row) return std::nullopt;
    out.column = column - 1;
    return out;
}

class SheetReader {
  public:
    SheetReader(std::string const& part, Workbook const& book, Table& into) : xml_(part), book_(book), into_(into) {}

    Result<> read() {
        for (auto token = TRY(xml_.next()); token != Token::end; token = TRY(xml_.next())) {
            if (token != Token::open) continue;
            if (xml_.name() == "row") TRY(row());
            if (xml_.name() == "mergeCell") merged(xml_.attribute("ref").value_or(""));
        }
        return fill();
    }

  private:
    Result<> row() {
        auto const told = xml_.attribute("r");
        std::int64_t number = row_ + 1;
        if (told) std::from_chars(told->data(), told->data() + told->size(), number);
        if (number <= row_ || number > last_row) return fail(at_cell(Kind::invalid, "table.damaged", number, 0));
        row_ = number;
        column_ = 0;
        TRY(into_.begin(row_));
        for (;;) {
            auto const token = TRY(xml_.next());
            if (token == Token::end || (token == Token::close && xml_.name() == "row")) break;
            if (token == Token::open) {
                if (xml_.name() == "c")
                    TRY(cell());
                else
                    TRY(xml_.skip());
            }
        }
        into_.end();
        return {};
    }

    Result<> cell() {
        if (auto const reference = xml_.attribute("r")) {
            auto const at = position_of(*reference);
            if (!at) return fail(at_cell(Kind::invalid, "table.damaged", row_, column_));
            column_ = at->column;
        }
        auto const type = xml_.attribute("t").value_or("n");
        auto const style_text = xml_.attribute("s").value_or("0");
        std::size_t style = 0;
        std::from_chars(style_text.data(), style_text.data() + style_text.size(), style);
        std::string value;
        std::string inline_text;
        bool formula = false;
        for (;;) {
            auto const token = TRY(xml_.next());
            if (token == Token::end || (token == Token::close && xml_.name() == "c")) break;
            if (token != Token::open) continue;
            if (xml_.name() == "v") {
                value = TRY(xml_.inner_text());
            } else if (xml_.name() == "is") {
                inline_text = TRY(rich_text(xml_));
            } else {
                formula = formula || xml_.name() == "f";
                TRY(xml_.skip());
            }
        }
        if (value.empty() && formula && type != "str" && type != "inlineStr")
            TRY(into_.put(column_, CellKind::wrong, "="));
        else
            TRY(put(type, style, value, inline_text));
        ++column_;
        return {};
    }

    Result<> put(std::string const& type, std::size_t style, std::string const& value, std::string const& inline_text) {
        if (type == "inlineStr") return into_.put(column_, CellKind::text, text::trim(inline_text));
        if (value.empty()) return {};
        if (type == "s") {
            std::size_t index = 0;
            auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), index);
            if (error != std::errc{} || end != value.data() + value.size() || index >= book_.strings.size())
                return fail(at_cell(Kind::invalid, "table.damaged", row_, column_));
            return into_.put(column_, CellKind::text, text::trim(book_.strings[index]));
        }
        if (type == "str") return into_.put(column_, CellKind::text, text::trim(unescaped(value)));
        if (type == "b") return into_.put(column_, CellKind::flag, value == "1" || value == "true" ? "true" : "false");
        if (type == "e") return into_.put(column_, CellKind::wrong, value);
        if (type == "d") return put_iso_day(value);
        return put_number(style, value);
    }

    // "2026-11-23T08:30:00", which strict workbooks have.
    Result<> put_iso_day(std::string const& value) {
        auto const day = Day::parse(std::string_view(value).substr(0, 10));
        if (!day) return into_.put(column_, CellKind::text, value);
        auto const time = value.size() >= 19 ? value.substr(11, 8) : std::string();
        bool const midnight = time.empty() || time == "00:00:00";
        return into_.put(column_, CellKind::day, midnight ? day->str() : day->str() + " " + time);
    }

    Result<> put_number(std::size_t style, std::string const& value) {
        auto const number = shown_number(value);
        if (!number) return fail(at_cell(Kind::invalid, "table.damaged", row_, column_));
        if (style < book_.day_styles.size() && book_.day_styles[style]) {
            double serial = 0;
            std::from_chars(value.data(), value.data() + value.size(), serial);
            auto const day = shown_day(serial, book_.since_1904);
            if (day) return into_.put(column_, CellKind::day, *day);
        }
        return into_.put(column_, CellKind::number, *number);
    }

    void merged(std::string_view reference) {
        auto const colon = reference.find(':');
        if (colon == std::string_view::npos || merged_.size() >= max_merged) return;
        auto const from = position_of(reference.substr(0, colon));
        auto const to = position_of(reference.substr(colon + 1));
        if (from && to && to->row > from->row) merged_.push_back({*from, to->row});
    }

    // The first column of a merged block alone: what lies beside it has a heading of its own.
    Result<> fill() {
        std::int64_t filled = 0;
        for (auto const& [from, to] : merged_) {
            filled += to - from.row;
            if (filled > max_filled) return fail(Kind::too_large, "table.too-many-rows");
            TRY(into_.fill_down(from.column, from.row, to));
        }
        return {};
    }

    struct Merged {
        Position from;
        std::int64_t to = 0;
    };
    Xml xml_;
    Workbook const& book_;
    Table& into_;
    std::int64_t row_ = 0;
    std::size_t column_ = 0;
    std::vector<Merged> merged_;
};

Result<Sheet> chosen(Workbook const& book, std::string_view wanted) {
    auto const found = std::ranges::find_if(
        book.sheets, [&](Sheet const& sheet) { return wanted.empty() ? !sheet.hidden : sheet.name == wanted; });
    if (found == book.sheets.end()) return fail(Kind::invalid, "table.no-sheet");
    return *found;
}

}  // namespace

Result<Table> read_xlsx(std::string_view bytes, std::string_view wanted) {
    auto const zip = zip::Reader::open(bytes, max_zip_files);
    if (!zip) return fail(Kind::invalid, "table.damaged", zip.error().detail);
    auto const book = TRY(read_workbook(*zip));
    auto const sheet = TRY(chosen(book, wanted));
    Table table;
    table.format = "xlsx";
    table.sheet = sheet.name;
    for (auto const& one : book.sheets) {
        if (!one.hidden) table.sheets.push_back(one.name);
    }
    auto const part = TRY(part_of_workbook(*zip, sheet.path));
    TRY(SheetReader(part, book, table).read());
    if (table.rows() == 0) return fail(Kind::invalid, "table.empty");
    return table;
}

}  // namespace keepword::table
