#include "engine/bpmn/encoding.hpp"

#include <fmt/core.h>

#include "foundation/text.hpp"

namespace keepword::bpmn {
namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

void append(std::string& out, char32_t c) {
    auto const put = [&](char32_t bits) { out += static_cast<char>(bits); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0U | (c >> 6U));
        put(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
        put(0xE0U | (c >> 12U));
        put(0x80U | ((c >> 6U) & 0x3FU));
        put(0x80U | (c & 0x3FU));
    } else {
        put(0xF0U | (c >> 18U));
        put(0x80U | ((c >> 12U) & 0x3FU));
        put(0x80U | ((c >> 6U) & 0x3FU));
        put(0x80U | (c & 0x3FU));
    }
}

// The code point that begins at `at` of valid UTF-8; `at` moves behind it.
char32_t next(std::string_view utf8, std::size_t& at) {
    auto const lead = static_cast<unsigned char>(utf8[at]);
    std::size_t const bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t c = bytes == 1 ? lead : lead & (0x7FU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) c = (c << 6U) | (static_cast<unsigned char>(utf8[at + i]) & 0x3FU);
    at += bytes;
    return c;
}

std::optional<std::string> decode_utf16(std::string_view bytes, bool little) {
    if (bytes.size() % 2 != 0) return std::nullopt;
    auto const unit = [&](std::size_t i) -> char32_t {
        auto const a = static_cast<unsigned char>(bytes[i]);
        auto const b = static_cast<unsigned char>(bytes[i + 1]);
        return little ? char32_t(b) << 8U | a : char32_t(a) << 8U | b;
    };
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        char32_t c = unit(i);
        if (i == 0 && c == 0xFEFF) continue;
        if (c >= 0xD800 && c <= 0xDBFF && i + 2 < bytes.size()) {
            char32_t const second = unit(i + 2);
            if (second < 0xDC00 || second > 0xDFFF) return std::nullopt;
            c = 0x10000 + ((c - 0xD800) << 10U) + (second - 0xDC00);
            i += 2;
        } else if (c >= 0xD800 && c <= 0xDFFF) {
            return std::nullopt;
        }
        append(out, c);
    }
    return out;
}

std::string encode_utf16(std::string_view utf8, bool little) {
    std::string out;
    out.reserve(utf8.size() * 2);
    auto const put = [&](char32_t unit) {
        char const high = static_cast<char>(unit >> 8U);
        char const low = static_cast<char>(unit & 0xFFU);
        out += little ? low : high;
        out += little ? high : low;
    };
    put(0xFEFF);
    for (std::size_t at = 0; at < utf8.size();) {
        char32_t const c = next(utf8, at);
        if (c < 0x10000) {
            put(c);
        } else {
            put(0xD800 + ((c - 0x10000) >> 10U));
            put(0xDC00 + ((c - 0x10000) & 0x3FFU));
        }
    }
    return out;
}

// The encoding that the XML declaration names, in small letters; empty where it names none.
std::string declared(std::string_view bytes) {
    if (!bytes.starts_with("<?xml")) return "";
    auto const declaration = bytes.substr(0, bytes.find("?>"));
    auto at = declaration.find("encoding");
    if (at == std::string_view::npos) return "";
    at = declaration.find_first_of("\"'", at);
    if (at == std::string_view::npos) return "";
    auto const end = declaration.find(declaration[at], at + 1);
    if (end == std::string_view::npos) return "";
    return text::ascii_lower(declaration.substr(at + 1, end - at - 1));
}

}  // namespace

std::optional<Encoding> detect(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with(std::string_view("<\0", 2))) return Encoding::utf16_le;
    if (bytes.starts_with("\xFE\xFF") || bytes.starts_with(std::string_view("\0<", 2))) return Encoding::utf16_be;
    if (bytes.starts_with(utf8_mark)) return Encoding::utf8_bom;
    auto const name = declared(bytes);
    if (name.empty() || name == "utf-8" || name == "utf8" || name == "us-ascii" || name == "ascii") {
        return Encoding::utf8;
    }
    if (name == "iso-8859-1" || name == "latin1") return Encoding::latin1;
    return std::nullopt;
}

std::optional<std::string> decode(std::string_view bytes, Encoding encoding) {
    switch (encoding) {
        case Encoding::utf8_bom:
            bytes.remove_prefix(utf8_mark.size());
            [[fallthrough]];
        case Encoding::utf8:
            return text::valid_utf8(bytes) ? std::optional(std::string(bytes)) : std::nullopt;
        case Encoding::utf16_le:
            return decode_utf16(bytes, true);
        case Encoding::utf16_be:
            return decode_utf16(bytes, false);
        case Encoding::latin1:
            break;
    }
    std::string out;
    out.reserve(bytes.size());
    for (char const c : bytes) append(out, static_cast<unsigned char>(c));
    return out;
}

std::string encode(std::string_view utf8, Encoding encoding) {
    switch (encoding) {
        case Encoding::utf8:
            return std::string(utf8);
        case Encoding::utf8_bom:
            return std::string(utf8_mark) + std::string(utf8);
        case Encoding::utf16_le:
            return encode_utf16(utf8, true);
        case Encoding::utf16_be:
            return encode_utf16(utf8, false);
        case Encoding::latin1:
            break;
    }
    std::string out;
    out.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
        char32_t const c = next(utf8, at);
        if (c < 0x100) {
            out += static_cast<char>(c);
        } else {
            out += fmt::format("&#{};", static_cast<std::uint32_t>(c));
        }
    }
    return out;
}

}  // namespace keepword::bpmn
