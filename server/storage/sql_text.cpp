#include "storage/sql_text.hpp"

namespace keepword::storage {

std::string numbered(std::string_view sql) {
    std::string out;
    out.reserve(sql.size() + 16);
    int number = 0;
    pieces(sql, [&](std::string_view piece, bool is_code) {
        for (char c : piece) {
            if (is_code && c == '?') {
                out += '$' + std::to_string(++number);
            } else {
                out += c;
            }
        }
    });
    return out;
}

}  // namespace keepword::storage
