#include "outbound/winmail.hpp"

#include <cstdint>
#include <optional>

#include "foundation/text.hpp"
#include "outbound/charset.hpp"

namespace keepword::outbound {
namespace {

constexpr std::uint32_t signature = 0x223E9F78;
// Attributes: the high half is the type of the value, the low half says what it is.
constexpr std::uint32_t code_page = 0x00069007;
constexpr std::uint32_t new_attachment = 0x00069002;
constexpr std::uint32_t attachment_title = 0x00018010;
constexpr std::uint32_t attachment_data = 0x0006800F;
constexpr std::uint32_t attachment_properties = 0x00069005;
// MAPI properties inside `attachment_properties`.
constexpr std::uint32_t long_name_8bit = 0x3707001E;
constexpr std::uint32_t long_name_wide = 0x3707001F;

// Little-endian numbers and slices, never beyond the end.
class Bytes {
  public:
    explicit Bytes(std::string_view bytes) : rest_(bytes) {}
    bool done() const { return rest_.empty(); }
    std::optional<std::uint32_t> number(std::size_t size) {
        if (rest_.size() < size) return std::nullopt;
        std::uint32_t out = 0;
        for (std::size_t i = 0; i < size; ++i)
            out |= static_cast<std::uint32_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
        rest_.remove_prefix(size);
        return out;
    }
    std::optional<std::string_view> slice(std::size_t size) {
        if (rest_.size() < size) return std::nullopt;
        auto const out = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return out;
    }

  private:
    std::string_view rest_;
};

std::string_view until_nul(std::string_view text) {
    return text.substr(0, text.find('\0'));
}

// The size of a property's value of a fixed size, by its type; 0 for those that carry their length.
std::size_t fixed_size(std::uint32_t type) {
    switch (type) {
        case 0x0002:
        case 0x0003:
        case 0x0004:
        case 0x000A:
        case 0x000B:
            return 4;
        case 0x0005:
        case 0x0006:
        case 0x0007:
        case 0x0014:
        case 0x0040:
            return 8;
        case 0x0048:
            return 16;
        default:
            return 0;
    }
}

// The attachment's long name among its MAPI properties. Properties with names of their own end the search: the long
// name stands before them.
std::string long_name(std::string_view properties, std::string const& charset) {
    Bytes in(properties);
    auto const count = in.number(4);
    for (std::uint32_t i = 0; count && i < *count; ++i) {
        auto const tag = in.number(4);
        if (!tag || (*tag >> 16) >= 0x8000) return {};
        if (auto const size = fixed_size(*tag & 0xFFFF); size > 0) {
            if (!in.slice(size)) return {};
            continue;
        }
        auto const values = in.number(4);
        for (std::uint32_t v = 0; values && v < *values; ++v) {
            auto const size = in.number(4);
            auto const value = size ? in.slice(*size) : std::nullopt;
            if (!value || !in.slice((4 - *size % 4) % 4)) return {};
            if (*tag == long_name_8bit) return decode_charset(until_nul(*value), charset).text;
            if (*tag == long_name_wide) {
                auto wide = decode_charset(*value, "utf-16le").text;
                return wide.substr(0, wide.find('\0'));
            }
        }
        if (!values) return {};
    }
    return {};
}

}  // namespace

Winmail read_winmail(std::string_view bytes) {
    Winmail out;
    Bytes in(bytes);
    auto const mark = in.number(4);
    if (!mark || *mark != signature || !in.number(2)) return out.broken = true, out;
    std::string charset;
    while (!in.done()) {
        auto const level = in.number(1);
        auto const id = in.number(4);
        auto const size = in.number(4);
        auto const value = level && id && size ? in.slice(*size) : std::nullopt;
        if (!value || !in.number(2)) return out.broken = true, out;
        if (*id == code_page && value->size() >= 4) {
            charset = "windows-" + std::to_string(*Bytes(*value).number(4));
            if (charset == "windows-936") charset = "gbk";
            if (charset == "windows-950") charset = "big5";
        } else if (*id == new_attachment) {
            if (out.files.size() >= max_mail_parts) return out.broken = true, out;
            out.files.push_back({"", "application/octet-stream", "", ""});
        } else if (out.files.empty()) {
            continue;
        } else if (*id == attachment_title && out.files.back().name.empty()) {
            out.files.back().name = decode_charset(until_nul(*value), charset).text;
        } else if (*id == attachment_data) {
            out.files.back().bytes = *value;
        } else if (*id == attachment_properties) {
            if (auto name = long_name(*value, charset); !name.empty()) out.files.back().name = std::move(name);
        }
    }
    return out;
}

}  // namespace keepword::outbound
