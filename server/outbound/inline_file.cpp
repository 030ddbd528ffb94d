#include "outbound/inline_file.hpp"

#include <algorithm>
#include <charconv>

#include "foundation/text.hpp"

namespace keepword::outbound {
namespace {

// The line at `at`, without its break; `next` is where the following one begins.
std::string_view line_at(std::string_view text, std::size_t at, std::size_t& next) {
    auto const end = text.find('\n', at);
    next = end == std::string_view::npos ? text.size() : end + 1;
    auto line = text.substr(at, (end == std::string_view::npos ? text.size() : end) - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

// "begin 644 log.txt": the mode is three or four octal digits. A sentence that begins with "begin" has none.
std::string_view uu_name(std::string_view line) {
    if (!line.starts_with("begin ")) return {};
    line.remove_prefix(6);
    auto const digits = std::min(line.find_first_not_of("01234567"), line.size());
    if (digits < 3 || digits > 4 || digits >= line.size() || line[digits] != ' ') return {};
    return text::trim(line.substr(digits));
}

bool is_uu_line(std::string_view line) {
    if (line.empty() || line[0] < ' ' || line[0] > '`') return false;
    auto const bytes = static_cast<std::size_t>((line[0] - ' ') & 0x3F);
    return line.size() - 1 >= (bytes * 4 + 2) / 3 && line.size() - 1 <= (bytes + 2) / 3 * 4 + 2 &&
           std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '`'; });
}

std::optional<InlineFile> uu_at(std::string_view text, std::size_t at) {
    std::size_t next = 0;
    auto const name = uu_name(line_at(text, at, next));
    std::size_t behind = 0;
    if (name.empty() || !is_uu_line(line_at(text, next, behind))) return std::nullopt;
    InlineFile out{at, next, std::string(name), {}, true};
    auto const first = next;
    while (out.end < text.size()) {
        auto const line = line_at(text, out.end, next);
        if (line != "end" && !is_uu_line(line)) break;
        auto const begin = out.end;
        out.end = next;
        if (line != "end") continue;
        out.broken = false;
        out.bytes = decode_uu(text.substr(first, begin - first));
        return out;
    }
    out.bytes = decode_uu(text.substr(first, out.end - first));
    return out;
}

// The number behind "size=" in a line of yEnc.
std::optional<std::size_t> yenc_size(std::string_view line) {
    auto const at = line.find(" size=");
    if (at == std::string_view::npos) return std::nullopt;
    std::size_t out = 0;
    auto const digits = line.substr(at + 6);
    auto const [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return error == std::errc{} && rest != digits.data() ? std::optional(out) : std::nullopt;
}

std::optional<InlineFile> yenc_at(std::string_view text, std::size_t at) {
    std::size_t next = 0;
    auto const head = line_at(text, at, next);
    auto const name = head.find(" name=");
    if (!head.starts_with("=ybegin ") || name == std::string_view::npos) return std::nullopt;
    InlineFile out{at, next, std::string(text::trim(head.substr(name + 6))), {}, true};
    while (out.end < text.size()) {
        auto const line = line_at(text, out.end, next);
        out.end = next;
        if (line.starts_with("=yend")) {
            out.broken = yenc_size(line) != out.bytes.size();
            break;
        }
        if (line.starts_with("=ypart ")) continue;
        for (std::size_t i = 0; i < line.size(); ++i) {
            bool const escaped = line[i] == '=' && i + 1 < line.size();
            if (escaped) ++i;
            out.bytes += static_cast<char>(static_cast<unsigned char>(line[i]) - 42U - (escaped ? 64U : 0U));
        }
    }
    return out;
}

}  // namespace

std::string decode_uu(std::string_view lines) {
    std::string out;
    for (std::size_t at = 0, next = 0; at < lines.size(); at = next) {
        auto const line = line_at(lines, at, next);
        if (line.empty()) continue;
        auto const value = [&](std::size_t i) {
            return i < line.size() ? (static_cast<unsigned>(static_cast<unsigned char>(line[i])) - 32U) & 0x3FU : 0U;
        };
        std::size_t left = value(0);
        for (std::size_t i = 1; left > 0 && i < line.size(); i += 4) {
            unsigned const three = value(i) << 18U | value(i + 1) << 12U | value(i + 2) << 6U | value(i + 3);
            for (unsigned shift : {16U, 8U, 0U}) {
                if (left == 0) break;
                out += static_cast<char>(three >> shift & 0xFFU);
                --left;
            }
        }
    }
    return out;
}

std::optional<InlineFile> find_inline_file(std::string_view text, std::size_t from) {
    for (auto at = from; at < text.size();) {
        auto found = [&]() -> std::optional<InlineFile> {
            if (text[at] == 'b') return uu_at(text, at);
            if (text[at] == '=') return yenc_at(text, at);
            return std::nullopt;
        }();
        if (found) return found;
        auto const end = text.find('\n', at);
        if (end == std::string_view::npos) return std::nullopt;
        at = end + 1;
    }
    return std::nullopt;
}

}  // namespace keepword::outbound
