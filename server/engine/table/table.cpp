#include "engine/table/table.hpp"

#include <algorithm>

#include "engine/table/csv.hpp"
#include "engine/table/xlsx.hpp"

namespace keepword::table {
namespace {

// What a file is by its first bytes, where it is clearly no table.
bool is_something_else(std::string_view bytes) {
    for (std::string_view mark : {"%PDF", "\x89PNG", "\xFF\xD8\xFF", "GIF8", "Rar!", "7z\xBC\xAF", "\x1F\x8B", "{\\rtf",
                                  "<!DOCTYPE", "<html", "<?xml",
                                  "\x7F"
                                  "ELF",
                                  "MZ"}) {
        if (bytes.starts_with(mark)) return true;
    }
    return false;
}

constexpr std::string_view compound_file = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

// The names of streams in a compound file are UTF-16: an .xlsx with a password is one that holds this stream.
bool holds_name(std::string_view bytes, std::string_view name) {
    std::string wide;
    for (char c : name) {
        wide.push_back(c);
        wide.push_back('\0');
    }
    return bytes.find(wide) != std::string_view::npos;
}

}  // namespace

std::string column_letters(std::size_t column) {
    std::string out;
    for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        out.insert(out.begin(), static_cast<char>('A' + (rest - 1) % 26));
    return out;
}

Error at_cell(Kind kind, std::string code, std::int64_t row, std::size_t column) {
    return Error(kind, std::move(code)).with("row", std::to_string(row)).with("column", column_letters(column));
}

Cell Table::at(std::size_t row, std::size_t column) const {
    auto const& line = rows_[row];
    if (column >= line.count) return {};
    auto const& place = cells_[line.first + column];
    return {place.kind, std::string_view(text_).substr(place.at, place.size)};
}

Result<> Table::begin(std::int64_t number) {
    // One more for the headings.
    if (rows_.size() > max_rows)
        return fail(Error(Kind::too_large, "table.too-many-rows").with("rows", std::to_string(max_rows)));
    rows_.push_back({.number = number, .first = cells_.size(), .count = 0});
    return {};
}

Result<> Table::put(std::size_t column, CellKind kind, std::string_view text) {
    if (text.empty()) return {};
    auto& line = rows_.back();
    if (column >= max_columns) return fail(at_cell(Kind::too_large, "table.too-many-columns", line.number, column));
    if (text.size() > max_cell) return fail(at_cell(Kind::too_large, "table.cell-too-long", line.number, column));
    if (column < line.count) return fail(at_cell(Kind::invalid, "table.damaged", line.number, column));
    for (; line.count < column; ++line.count) cells_.push_back({});
    cells_.push_back({kind, static_cast<std::uint32_t>(text.size()), text_.size()});
    text_ += text;
    ++line.count;
    return {};
}

void Table::end() {
    auto& line = rows_.back();
    width_ = std::max(width_, line.count);
    if (line.count == 0) rows_.pop_back();
}

Result<> Table::fill_down(std::size_t column, std::int64_t from, std::int64_t to) {
    auto const first = std::ranges::lower_bound(rows_, from, {}, &Line::number);
    if (first == rows_.end() || first->number != from || column >= first->count) return {};
    auto const shown = cells_[first->first + column];
    for (auto line = first + 1; line != rows_.end() && line->number <= to; ++line) {
        // Rows are of one piece: one that ends before the column is written anew at the end.
        if (column >= line->count) {
            std::vector<Place> moved(cells_.begin() + static_cast<std::ptrdiff_t>(line->first),
                                     cells_.begin() + static_cast<std::ptrdiff_t>(line->first + line->count));
            moved.resize(column + 1);
            line->first = cells_.size();
            line->count = column + 1;
            cells_.insert(cells_.end(), moved.begin(), moved.end());
        }
        auto& cell = cells_[line->first + column];
        if (cell.size == 0) cell = shown;
    }
    return {};
}

Result<Table> read(std::string_view bytes, std::string_view sheet) {
    if (bytes.size() > max_bytes)
        return fail(Error(Kind::too_large, "table.too-large").with("megabytes", std::to_string(max_bytes >> 20U)));
    if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06")) return read_xlsx(bytes, sheet);
    if (bytes.starts_with(compound_file))
        return fail(Kind::invalid, holds_name(bytes, "EncryptedPackage") ? "table.enciphered" : "table.old-excel");
    if (is_something_else(bytes)) return fail(Kind::invalid, "table.unknown");
    auto table = TRY(read_csv(bytes));
    if (table.rows() == 0) return fail(Kind::invalid, "table.empty");
    return table;
}

}  // namespace keepword::table
