#include "outbound/part_content.hpp"

#include <gmime/gmime.h>

#include <algorithm>

#include "foundation/text.hpp"
#include "outbound/inline_file.hpp"

namespace keepword::outbound {
namespace {

constexpr std::size_t max_file_name = 200;

// Whether the line is the boundary, and whether the closing one.
enum class Mark { none, part, close };
Mark mark_of(std::string_view line, std::string_view boundary) {
    if (!line.starts_with("--") || !line.substr(2).starts_with(boundary)) return Mark::none;
    line.remove_prefix(2 + boundary.size());
    bool const close = line.starts_with("--");
    if (close) line.remove_prefix(2);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) return Mark::none;
    return close ? Mark::close : Mark::part;
}

// Without the line break that belongs to the boundary after it.
std::string_view without_break(std::string_view part) {
    if (part.ends_with('\n')) part.remove_suffix(1);
    if (part.ends_with('\r')) part.remove_suffix(1);
    return part;
}

bool is_base64(std::string_view body) {
    std::size_t letters = 0;
    for (std::size_t i = 0; i < body.size(); ++i) {
        char const c = body[i];
        if (c == '=' || c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
        if (g_ascii_isalnum(c) == 0 && c != '+' && c != '/') return false;
        ++letters;
    }
    return letters % 4 != 1;
}

bool is_quoted_printable(std::string_view body) {
    for (std::size_t i = 0; (i = body.find('=', i)) != std::string_view::npos; ++i) {
        auto const two = body.substr(i + 1, 2);
        bool const hex = two.size() == 2 && g_ascii_isxdigit(two[0]) != 0 && g_ascii_isxdigit(two[1]) != 0;
        auto const line = body.substr(i + 1, body.find('\n', i) - i - 1);
        bool const soft_break = line.find_first_not_of(" \t\r") == std::string_view::npos;
        if (!hex && !soft_break) return false;
    }
    return true;
}

// Up to where the letters of base64 reach: a mailing list may have put lines of its own below them. What is left out
// begins with a line that has other characters, behind whole groups of four.
std::string_view base64_of(std::string_view body) {
    std::size_t letters = 0;
    for (std::size_t at = 0; at < body.size();) {
        auto const end = std::min(body.find('\n', at), body.size() - 1) + 1;
        std::size_t here = 0;
        bool const only = std::all_of(body.begin() + static_cast<std::ptrdiff_t>(at),
                                      body.begin() + static_cast<std::ptrdiff_t>(end), [&](char c) {
                                          bool const letter =
                                              g_ascii_isalnum(c) != 0 || c == '+' || c == '/' || c == '=';
                                          here += letter ? 1 : 0;
                                          return letter || c == ' ' || c == '\t' || c == '\r' || c == '\n';
                                      });
        if (!only && letters > 0 && letters % 4 == 0) return body.substr(0, at);
        letters += here;
        at = end;
    }
    return body;
}

std::string decode_base64(std::string_view body) {
    body = base64_of(body);
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, GMIME_CONTENT_ENCODING_BASE64);
    std::string out(g_mime_encoding_outlen(&state, body.size() + 2), '\0');
    auto used = g_mime_encoding_step(&state, body.data(), body.size(), out.data());
    // A last group that is not full says something too: padding makes GMime give it out.
    if (body.find('=') == std::string_view::npos) used += g_mime_encoding_step(&state, "==", 2, out.data() + used);
    used += g_mime_encoding_flush(&state, "", 0, out.data() + used);
    out.resize(used);
    return out;
}

std::string decode_quoted_printable(std::string_view in) {
    std::string out;
    out.reserve(in.size());
    auto const hex = [&](std::size_t i) { return i < in.size() ? g_ascii_xdigit_value(in[i]) : -1; };
    for (std::size_t i = 0; i < in.size();) {
        if (in[i] != '=') {
            out += in[i++];
        } else if (hex(i + 1) >= 0 && hex(i + 2) >= 0) {
            out += static_cast<char>(hex(i + 1) * 16 + hex(i + 2));
            i += 3;
        } else {
            // A break that is none, also where a server has put blanks behind it. Anything else means itself.
            auto const next = std::min(in.find_first_not_of(" \t\r", i + 1), in.size());
            bool const soft = next == in.size() || in[next] == '\n';
            if (!soft) out += '=';
            i = soft ? std::min(next + 1, in.size()) : i + 1;
        }
    }
    return out;
}

}  // namespace

Cut cut_parts(std::string_view body, std::string_view boundary, std::size_t max) {
    Cut cut;
    std::size_t begin = std::string_view::npos;  // of the part being read
    for (std::size_t at = 0; at < body.size();) {
        auto const end = std::min(body.find('\n', at), body.size() - 1) + 1;
        auto const mark = mark_of(without_break(body.substr(at, end - at)), boundary);
        if (mark != Mark::none) {
            if (begin != std::string_view::npos) {
                if (cut.parts.size() == max) return cut.more = true, cut;
                cut.parts.push_back(without_break(body.substr(begin, at - begin)));
            }
            begin = end;
            if (mark == Mark::close) return cut.closed = true, cut;
        }
        at = end;
    }
    if (begin == std::string_view::npos || begin >= body.size()) return cut;
    if (cut.parts.size() == max)
        cut.more = true;
    else
        cut.parts.push_back(body.substr(begin));
    return cut;
}

std::string find_boundary(std::string_view body) {
    constexpr std::size_t max_boundary = 200;
    for (std::size_t at = 0; at < body.size();) {
        auto const end = std::min(body.find('\n', at), body.size() - 1) + 1;
        auto const line = text::trim(body.substr(at, end - at));
        at = end;
        if (line.size() < 6 || line.size() > max_boundary || !line.starts_with("--")) continue;
        if (text::ascii_lower(body.substr(at, 8)) == "content-") return std::string(line.substr(2));
    }
    return {};
}

Content decode_content(std::string_view body, std::string_view encoding) {
    auto const name = text::ascii_lower(text::trim(encoding));
    if (name == "base64") return {decode_base64(body), !is_base64(body)};
    if (name == "quoted-printable") {
        return {decode_quoted_printable(body), !is_quoted_printable(body)};
    }
    if (name == "x-uuencode" || name == "uuencode" || name == "x-uue") {
        auto const begin = body.find("begin ");
        auto const first = begin == std::string_view::npos ? begin : body.find('\n', begin);
        auto const last = first == std::string_view::npos ? first : body.find("\nend", first);
        if (last == std::string_view::npos) return {std::string(body), true};
        return {decode_uu(body.substr(first + 1, last - first)), false};
    }
    bool const known = name.empty() || name == "7bit" || name == "8bit" || name == "binary";
    return {std::string(body), !known};
}

std::string unflow(std::string_view text, bool delete_space) {
    std::string out;
    out.reserve(text.size());
    auto const lines = text::split(text, '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto line = lines[i];
        if (line.ends_with('\r')) line.remove_suffix(1);
        bool const quoted = line.starts_with('>');
        if (!quoted && line.starts_with(' ')) line.remove_prefix(1);  // stuffed so that nothing at its start is special
        bool const soft = line.ends_with(' ') && line != "-- " && !quoted;
        bool const joins = soft && i + 1 < lines.size() && !lines[i + 1].starts_with('>');
        if (joins && delete_space) line.remove_suffix(1);
        out.append(line);
        if (!joins && i + 1 < lines.size()) out += '\n';
    }
    return out;
}

void unify_line_ends(std::string& text) {
    std::size_t to = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r')
            text[to++] = text[i];
        else if (i + 1 == text.size() || text[i + 1] != '\n')
            text[to++] = '\n';
    }
    text.resize(to);
}

std::string tidy_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t empty = 0;
    for (auto line : text::split(text, '\n')) {
        auto const start = out.size();
        for (char c : line) {
            if (static_cast<unsigned char>(c) >= ' ' || c == '\t') out += c;
        }
        while (out.size() > start && (out.back() == ' ' || out.back() == '\t')) out.pop_back();
        empty = out.size() == start ? empty + 1 : 0;
        if (empty > 1 || (empty == 1 && start == 0)) continue;
        out += '\n';
    }
    while (out.ends_with("\n\n")) out.pop_back();
    return out == "\n" ? std::string() : out;
}

std::string safe_file_name(std::string_view name) {
    if (auto const folder = name.find_last_of("/\\"); folder != std::string_view::npos) name.remove_prefix(folder + 1);
    std::string out;
    for (char c : name) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < ' ' || byte == 0x7F || std::string_view("<>:\"|?*").find(c) != std::string_view::npos) continue;
        out += c;
    }
    remove_invisible(out);
    auto const trimmed = text::trim(out);
    // The end of a long name says what it is: keep it.
    if (text::length(trimmed) > max_file_name) {
        auto const dot = trimmed.rfind('.');
        auto const tail = dot != std::string_view::npos && trimmed.size() - dot <= 12 ? trimmed.substr(dot) : "";
        return std::string(text::head(trimmed, max_file_name - text::length(tail))) + std::string(tail);
    }
    return trimmed == "." || trimmed == ".." ? std::string() : std::string(trimmed);
}

std::string_view extension_of(std::string_view type) {
    struct Known {
        std::string_view type, extension;
    };
    static constexpr Known known[] = {{"image/jpeg", ".jpg"},
                                      {"image/png", ".png"},
                                      {"image/gif", ".gif"},
                                      {"image/bmp", ".bmp"},
                                      {"image/webp", ".webp"},
                                      {"application/pdf", ".pdf"},
                                      {"text/plain", ".txt"},
                                      {"text/html", ".html"},
                                      {"text/calendar", ".ics"},
                                      {"text/csv", ".csv"},
                                      {"message/rfc822", ".eml"},
                                      {"application/zip", ".zip"},
                                      {"text/vcard", ".vcf"},
                                      {"text/x-vcard", ".vcf"},
                                      {"application/msword", ".doc"},
                                      {"audio/amr", ".amr"},
                                      {"audio/mpeg", ".mp3"},
                                      {"video/mp4", ".mp4"},
                                      {"message/delivery-status", ".txt"},
                                      {"text/rfc822-headers", ".txt"}};
    for (auto const& [name, extension] : known) {
        if (type == name) return extension;
    }
    return ".bin";
}

}  // namespace keepword::outbound
