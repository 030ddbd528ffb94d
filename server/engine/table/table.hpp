#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.hpp"

// Tables as offices keep them: CSV in whatever form Excel and WPS write it, and XLSX. What a person sees in a cell is
// what is read. Nothing here knows what a table is about.
namespace keepword::table {

constexpr std::size_t max_bytes = 64U << 20U;  // of a file
constexpr std::size_t max_rows = 200'000;      // with something in them, the headings not counted
constexpr std::size_t max_columns = 200;
constexpr std::size_t max_cell = 40'000;  // bytes of one cell

enum class CellKind {
    text,
    number,  // as it is shown, without exponent
    day,     // "2026-11-23", or "2026-11-23 08:30:00" where it has a time
    flag,    // "true" or "false"
    wrong,   // an error of Excel's ("#N/A"), or "=" for a formula whose value was not kept
};

// What one cell holds; empty text is an empty cell.
struct Cell {
    CellKind kind = CellKind::text;
    std::string_view text;
};

// "A" to "Z", "AA" …, of the first column 0.
std::string column_letters(std::size_t column);

// Rows of cells. A row that is empty throughout is left out; the others keep the number they have on the sheet.
class Table {
  public:
    std::size_t rows() const { return rows_.size(); }
    // As a person counts it, beginning with 1.
    std::int64_t number(std::size_t row) const { return rows_[row].number; }
    // Of the widest row.
    std::size_t width() const { return width_; }
    // An empty one beyond the row's end.
    Cell at(std::size_t row, std::size_t column) const;

    std::string format;               // "csv" or "xlsx"
    std::string encoding;             // of a CSV: "utf-8", "utf-16", "gb18030"
    std::string separator;            // of a CSV
    std::string sheet;                // of an XLSX: the one that was read
    std::vector<std::string> sheets;  // of an XLSX: all that are shown

    // ---- for whoever reads a file ----
    // Begins a row; errors table.too-many-rows.
    Result<> begin(std::int64_t number);
    // Puts a cell into the row begun last, not before one that is there already; errors table.too-many-columns,
    // table.cell-too-long, with row and column.
    Result<> put(std::size_t column, CellKind kind, std::string_view text);
    // Cuts off what is empty at the end of the row begun last, and the row itself where nothing is left.
    void end();
    // Cells merged with one above them show what that one does: the column's cells between two rows of the sheet.
    Result<> fill_down(std::size_t column, std::int64_t from, std::int64_t to);

  private:
    struct Place {
        CellKind kind = CellKind::text;
        std::uint32_t size = 0;
        std::size_t at = 0;
    };
    struct Line {
        std::int64_t number = 0;
        std::size_t first = 0;  // in cells_
        std::size_t count = 0;
    };
    std::string text_;  // of all cells, one behind the other
    std::vector<Place> cells_;
    std::vector<Line> rows_;
    std::size_t width_ = 0;
};

// Reads a file by its content, whatever its name. `sheet` is that of an XLSX; empty: the first that is not hidden.
// Errors (Kind::invalid, Kind::too_large), with row and column as parameters where there are any: table.empty,
// table.too-large, table.unknown (a picture, a PDF, …), table.old-excel, table.enciphered, table.encoding, table.quote,
// table.damaged, table.no-sheet, and those of Table.
Result<Table> read(std::string_view bytes, std::string_view sheet = {});

// An Error that names a place on the sheet; column 0 is A.
Error at_cell(Kind kind, std::string code, std::int64_t row, std::size_t column);

}  // namespace keepword::table
