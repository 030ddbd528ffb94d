#pragma once
#include "engine/table/table.hpp"

// Workbooks of Excel since 2007, of WPS and LibreOffice. Inside of the room only.
namespace keepword::table {

Result<Table> read_xlsx(std::string_view bytes, std::string_view sheet);

}  // namespace keepword::table
