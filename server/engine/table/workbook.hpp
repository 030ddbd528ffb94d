#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/table/xml.hpp"
#include "foundation/result.hpp"
#include "zip/zip.hpp"

// The parts of a workbook beside its sheets. Inside of the room only.
namespace keepword::table {

struct Sheet {
    std::string name;
    std::string path;  // in the zip
    bool hidden = false;
};

struct Workbook {
    std::vector<Sheet> sheets;
    bool since_1904 = false;
    std::vector<std::string> strings;  // that cells point to
    std::vector<bool> day_styles;      // whether a cell of the style shows a day
};

// A part of the zip, which must be UTF-8. Errors: table.damaged, table.too-large.
Result<std::string> part_of_workbook(zip::Reader const& zip, std::string const& path);
// Errors as above; table.unknown where the zip is no workbook.
Result<Workbook> read_workbook(zip::Reader const& zip);

// The text of the element that has just opened (<si>, <is>): of all its runs, and without how it is spoken.
Result<std::string> rich_text(Xml& xml);
// A text with "_x000D_" as the character it stands for.
std::string unescaped(std::string text);

}  // namespace keepword::table
