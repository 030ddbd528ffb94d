#include "outbound/winmail.hpp"

#include <cstdint>
#include <optional>

#include "foundation/text.hpp"
#include "outbound/charset.hpp"
#include "outbound/rtf_text.hpp"

namespace keepword::outbound {
namespace {

constexpr std::uint32_t signature = 0x223E9F78;
// Attributes: the high half is the type of the value, the low half says what it is.
constexpr std::uint32_t code_page = 0x00069007;
constexpr std::uint32_t new_attachment = 0x00069002;
constexpr std::uint32_t attachment_title = 0x00018010;
constexpr std::uint32_t attachment_data = 0x0006800F;
constexpr std::uint32_t attachment_properties = 0x00069005;
constexpr std::uint32_t message_body = 0x0002800C;
constexpr std::uint32_t message_properties = 0x00069003;
// MAPI properties inside `attachment_properties`.
constexpr std::uint32_t long_name_8bit = 0x3707001E;
constexpr std::uint32_t long_name_wide = 0x3707001F;
// And inside `message_properties`.
constexpr std::uint32_t body_8bit = 0x1000001E;
constexpr std::uint32_t body_wide = 0x1000001F;
constexpr std::uint32_t body_rich = 0x10090102;
constexpr std::uint32_t body_html = 0x10130102;
constexpr std::uint32_t several_values = 0x1000;  // a bit of the type

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

// What the name of a property that has one takes up; false where it ends early.
bool skip_property_name(Bytes& in) {
    if (!in.slice(16)) return false;
    auto const kind = in.number(4);
    auto const size = kind ? in.number(4) : std::nullopt;  // or the name itself, where it is a number
    return size && (*kind == 0 || (in.slice(*size) && in.slice((4 - *size % 4) % 4)));
}

// Calls `take(tag, value)` with every property whose value carries its length, until they end or one is broken.
template <class Take>
void each_property(std::string_view properties, Take const& take) {
    Bytes in(properties);
    auto const count = in.number(4);
    for (std::uint32_t i = 0; count && i < *count; ++i) {
        auto const tag = in.number(4);
        if (!tag || ((*tag >> 16) >= 0x8000 && !skip_property_name(in))) return;
        auto const size = fixed_size(*tag & 0xFFFF & ~several_values);
        if (size > 0 && (*tag & several_values) == 0) {
            if (!in.slice(size)) return;
            continue;
        }
        auto const values = in.number(4);
        if (!values) return;
        for (std::uint32_t v = 0; v < *values; ++v) {
            auto const length = size > 0 ? std::optional(static_cast<std::uint32_t>(size)) : in.number(4);
            auto const value = length ? in.slice(*length) : std::nullopt;
            if (!value || !in.slice((4 - *length % 4) % 4)) return;
            take(*tag, *value);
        }
    }
}

std::string wide_text(std::string_view value) {
    auto wide = decode_charset(value, "utf-16le").text;
    return wide.substr(0, wide.find('\0'));
}

std::string long_name(std::string_view properties, std::string const& charset) {
    std::string out;
    each_property(properties, [&](std::uint32_t tag, std::string_view value) {
        if (tag == long_name_8bit) out = decode_charset(until_nul(value), charset).text;
        if (tag == long_name_wide) out = wide_text(value);
    });
    return out;
}

void read_body(std::string_view properties, std::string const& charset, Winmail& out) {
    std::string rich;
    each_property(properties, [&](std::uint32_t tag, std::string_view value) {
        if (tag == body_8bit && out.text.empty()) out.text = decode_charset(until_nul(value), charset).text;
        if (tag == body_wide) out.text = wide_text(value);
        if (tag == body_html) out.html = decode_charset(until_nul(value), html_charset(value)).text;
        if (tag == body_rich) rich = unpack_rtf(value).value_or("");
    });
    if (out.text.empty() && out.html.empty()) out.text = rtf_to_text(rich);
}

}  // namespace

bool looks_like_winmail(std::string_view bytes) {
    return Bytes(bytes).number(4) == signature;
}

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
        } else if (*id == message_body) {
            out.text = decode_charset(until_nul(*value), charset).text;
        } else if (*id == message_properties) {
            read_body(*value, charset, out);
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
