#include "outbound/imap_text.hpp"

#include <unicode/ucnv.h>

#include <charconv>

#include "foundation/text.hpp"

namespace keepword::outbound::imap {
namespace {

constexpr std::size_t max_folder_name = 500;

template <class Number>
std::optional<Number> number_at(std::string_view text) {
    Number out = 0;
    auto const [_, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} ? std::optional(out) : std::nullopt;
}

}  // namespace

Result<std::string> folder_name(std::string_view utf8, char separator) {
    bool const sane = !utf8.empty() && utf8.size() <= max_folder_name && text::valid_utf8(utf8) &&
                      utf8.find_first_of(std::string_view("\0\r\n\t", 4)) == std::string_view::npos;
    if (!sane) return invalid("mailbox", "invalid");
    UErrorCode error = U_ZERO_ERROR;
    std::string out(utf8.size() * 8 + 16, '\0');
    auto const size = ucnv_convert("IMAP-mailbox-name", "UTF-8", out.data(), static_cast<int32_t>(out.size()),
                                   utf8.data(), static_cast<int32_t>(utf8.size()), &error);
    if (U_FAILURE(error)) return invalid("mailbox", "invalid");
    out.resize(static_cast<std::size_t>(size));
    if (separator == '/') return out;
    // Inside "&…-", modified base64 has ',' for '/', so every '/' left is a level.
    for (char& c : out) {
        if (c == '/') c = separator;
    }
    return out;
}

std::string quoted(std::string_view name) {
    std::string out = "\"";
    for (char c : name) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string uid_set(std::span<std::uint32_t const> uids) {
    std::string out;
    for (auto const uid : uids) out += (out.empty() ? "" : ",") + std::to_string(uid);
    return out;
}

std::optional<std::uint32_t> number_after(std::vector<std::string> const& lines, std::string_view word) {
    auto const wanted = "[" + text::ascii_lower(word) + " ";
    for (auto const& line : lines) {
        auto const at = text::ascii_lower(line).find(wanted);
        if (at != std::string::npos) return number_at<std::uint32_t>(std::string_view(line).substr(at + wanted.size()));
    }
    return std::nullopt;
}

std::optional<ListedMail> listed_mail(std::string_view line) {
    auto const low = text::ascii_lower(line);
    if (!low.starts_with("* ")) return std::nullopt;
    auto const body = low.find(" fetch (");
    if (body == std::string::npos) return std::nullopt;
    auto const after = [&](std::string_view word) {
        auto const at = low.find(word, body);
        return at == std::string::npos ? std::string_view() : std::string_view(low).substr(at + word.size());
    };
    auto const uid = number_at<std::uint32_t>(after("uid "));
    if (!uid) return std::nullopt;
    return ListedMail{*uid, number_at<std::uint64_t>(after("rfc822.size ")).value_or(0), !after("\\seen").empty()};
}

std::optional<char> separator(std::vector<std::string> const& lines) {
    for (auto const& line : lines) {
        auto const flags = line.find(')');
        if (!text::ascii_lower(line).starts_with("* list (") || flags == std::string::npos) continue;
        auto const rest = std::string_view(line).substr(flags + 1);
        // " "/" …", " "\\" …" or " NIL …" where there are no levels.
        if (rest.size() > 3 && rest[1] == '"') return rest[2] == '\\' ? rest[3] : rest[2];
    }
    return std::nullopt;
}

}  // namespace keepword::outbound::imap
