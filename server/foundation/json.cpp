#include "foundation/json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <iterator>

namespace keepword::json {

Result<value> parse(std::string_view text, std::size_t depth) {
    boost::system::error_code error;
    bj::parse_options options;
    options.max_depth = depth;
    value parsed = bj::parse(text, error, {}, options);
    if (error) return fail(Kind::invalid, "json.syntax", error.message());
    return parsed;
}

void append_text(std::string& out, std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    out += '"';
    for (std::size_t plain = 0; plain < text.size();) {
        std::size_t end = plain;
        while (end < text.size() && static_cast<unsigned char>(text[end]) >= 0x20 && text[end] != '"' &&
               text[end] != '\\')
            ++end;
        out += text.substr(plain, end - plain);
        if (end == text.size()) break;
        char const c = text[end];
        auto const* const named = std::strchr("\"\"\\\\\nn\rr\tt\bb\ff", c);
        if (c != '\0' && named != nullptr)
            (out += '\\') += named[1];
        else
            ((out += "\\u00") += digits[(c >> 4) & 15]) += digits[c & 15];
        plain = end + 1;
    }
    out += '"';
}

void append_number(std::string& out, double number) {
    if (!std::isfinite(number))
        out += "null";
    else
        fmt::format_to(std::back_inserter(out), "{}", number);
}

}  // namespace keepword::json
