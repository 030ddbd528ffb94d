#pragma once
#include "engine/table/table.hpp"

// Text tables. Inside of the room only.
namespace keepword::table {

// The text of a file in UTF-8 and what it was written in. UTF-8, with or without a mark, UTF-16 with one, and GB18030;
// strictly: a byte that is no character refuses the whole, because nobody sees later that a name was spoilt.
struct Plain {
    std::string text;
    std::string encoding;
};
// Errors: table.encoding with the row and column the bad byte stands in, table.unknown for what is no text.
Result<Plain> plain_text(std::string_view bytes);

// RFC 4180, with what else is found: `;` or tab between cells, a `sep=` line, any line ends, ="00123" for a text.
Result<Table> read_csv(std::string_view bytes);

}  // namespace keepword::table
