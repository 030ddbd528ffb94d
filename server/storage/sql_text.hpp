#pragma once
#include <string>
#include <string_view>

namespace keepword::storage {

// Cuts SQL into code and what is not code (quoted text, quoted names, comments), and calls `take(piece, is_code)` for
// each piece in order. Quotes are doubled inside quotes, comments run to the line's end or from /* to */.
template <class Take>
void pieces(std::string_view sql, Take&& take) {
    auto const end_of_other = [&](std::size_t at) -> std::size_t {
        auto const after = [&](std::string_view closing, std::size_t from) {
            auto const found = sql.find(closing, from);
            return found == std::string_view::npos ? sql.size() : found + closing.size();
        };
        if (sql[at] == '\'' || sql[at] == '"') return after(sql.substr(at, 1), at + 1);
        if (sql.substr(at, 2) == "--") return after("\n", at);
        if (sql.substr(at, 2) == "/*") return after("*/", at + 2);
        return at;
    };
    std::size_t code_from = 0;
    for (std::size_t i = 0; i < sql.size();) {
        std::size_t const end = end_of_other(i);
        if (end == i) {
            ++i;
            continue;
        }
        if (i > code_from) take(sql.substr(code_from, i - code_from), true);
        take(sql.substr(i, end - i), false);
        i = code_from = end;
    }
    if (code_from < sql.size()) take(sql.substr(code_from), true);
}

// `?` becomes `$1`, `$2` …, as PostgreSQL wants it.
std::string numbered(std::string_view sql);

}  // namespace keepword::storage
