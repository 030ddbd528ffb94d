#include "outbound/header.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <charconv>
#include <tuple>

#include "foundation/text.hpp"
#include "outbound/charset.hpp"

namespace keepword::outbound {
namespace {

constexpr std::size_t max_ids = 200;
constexpr int max_broken_lines = 20;
constexpr std::size_t max_addresses = 1'000;

bool is_name_char(char c) {
    return c > ' ' && c < 0x7F && c != ':';
}

// The length of a field's name when the line begins one: "Subject" of "Subject: …".
std::size_t name_length(std::string_view line) {
    std::size_t n = 0;
    while (n < line.size() && is_name_char(line[n])) ++n;
    auto colon = n;
    while (colon < line.size() && line[colon] == ' ') ++colon;
    return colon < line.size() && line[colon] == ':' ? n : 0;
}

// A field that only mail has: tells a header that goes on after a broken line from a body without an empty line above.
bool is_known_field(std::string_view line) {
    auto const n = name_length(line);
    if (n == 0) return false;
    auto const name = text::ascii_lower(line.substr(0, n));
    for (std::string_view known :
         {"from", "to", "cc", "date", "subject", "message-id", "mime-version", "received", "reply-to", "return-path",
          "content-type", "content-transfer-encoding", "content-disposition", "content-id"}) {
        if (name == known) return true;
    }
    return name.starts_with("x-");
}

// The next line of `bytes` from `at` on, without its line break; `at` moves behind it.
std::string_view next_line(std::string_view bytes, std::size_t& at) {
    auto const end = bytes.find('\n', at);
    auto line = bytes.substr(at, end == std::string_view::npos ? end : end - at);
    at = end == std::string_view::npos ? bytes.size() : end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool header_goes_on(std::string_view bytes, std::size_t at) {
    for (auto const until = at + 4'096; at < std::min(bytes.size(), until);) {
        auto const line = next_line(bytes, at);
        if (line.empty()) return false;
        if (is_known_field(line)) return true;
    }
    return false;
}

void replace_all(std::string& in, std::string_view what, std::string_view with) {
    auto low = text::ascii_lower(in);
    for (std::size_t at = 0; (at = low.find(what, at)) != std::string::npos; at += with.size()) {
        in.replace(at, what.size(), with);
        low.replace(at, what.size(), with);
    }
}

// GMime reads encoded words and parameters strictly by the declared set; who declares GB2312 writes GBK.
void widen_charsets(std::string& value) {
    replace_all(value, "=?gb2312?", "=?gb18030?");
    replace_all(value, "=?gbk?", "=?gb18030?");
    replace_all(value, "gb2312'", "gb18030'");
    replace_all(value, "=?big5?", "=?big5-hkscs?");
}

// Base64 without its padding: GMime leaves out the last characters of such words.
void pad_words(std::string& value) {
    for (std::size_t at = 0; (at = value.find("=?", at)) != std::string::npos;) {
        auto const charset_end = value.find('?', at + 2);
        at += 2;
        if (charset_end == std::string::npos || charset_end + 2 >= value.size() || value[charset_end + 2] != '?')
            continue;
        auto const end = value.find("?=", charset_end + 3);
        if (end == std::string::npos) return;
        bool const base64 = value[charset_end + 1] == 'b' || value[charset_end + 1] == 'B';
        auto const missing = base64 ? (4 - (end - charset_end - 3) % 4) % 4 : 0;
        if (missing == 1 || missing == 2) value.insert(end, missing, '=');
        at = end;
    }
}

// The pieces of a long parameter (RFC 2231), "name*1*=b; name*0*=a", into their order: GMime finds the encoding only in
// the one that comes first.
void order_pieces(std::string& value) {
    if (value.find("*0") == std::string::npos || value.find("*1") == std::string::npos) return;
    struct Piece {
        std::size_t slot;
        std::string name;
        int number;
    };
    std::vector<std::string> slots(1);
    bool quoted = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '"') quoted = !quoted;
        if (value[i] == '\\' && quoted && i + 1 < value.size()) slots.back() += value[i++];
        if (value[i] == ';' && !quoted)
            slots.emplace_back();
        else
            slots.back() += value[i];
    }
    std::vector<Piece> pieces;
    for (std::size_t i = 1; i < slots.size(); ++i) {
        auto const name = text::ascii_lower(text::trim(slots[i].substr(0, slots[i].find('='))));
        auto const star = name.find('*');
        int number = 0;
        if (star == std::string::npos) continue;
        auto const [rest, error] = std::from_chars(name.data() + star + 1, name.data() + name.size(), number);
        if (error == std::errc{}) pieces.push_back({i, name.substr(0, star), number});
    }
    auto ordered = pieces;
    std::stable_sort(ordered.begin(), ordered.end(), [](auto const& a, auto const& b) {
        return std::tie(a.name, a.number) < std::tie(b.name, b.number);
    });
    auto const before = slots;
    for (std::size_t i = 0; i < pieces.size(); ++i) slots[pieces[i].slot] = before[ordered[i].slot];
    value = slots[0];
    for (std::size_t i = 1; i < slots.size(); ++i) value += ";" + slots[i];
}

// Raw bytes in a header: by right forbidden, in fact common, and mostly in the encoding of the text below.
void repair_values(Header& header) {
    std::string declared;
    for (auto& field : header.fields) {
        std::erase(field.value, '\0');
        bool const raw = !text::valid_utf8(field.value) || field.value.find("\x1B$") != std::string::npos;
        if (raw) {
            if (declared.empty()) {
                auto const low = text::ascii_lower(header.get("content-type"));
                auto const at = low.find("charset=");
                declared = at == std::string::npos ? "" : low.substr(at + 8, low.find_first_of("; \t", at) - at - 8);
                if (charset_name(declared) == "utf-8") declared.clear();
            }
            auto decoded = decode_charset(field.value, declared);
            field.value = std::move(decoded.text);
            header.guessed = decoded.charset;
        }
        widen_charsets(field.value);
        pad_words(field.value);
    }
}

GMimeParserOptions* loose_options() {
    auto* options = g_mime_parser_options_new();
    g_mime_parser_options_set_address_compliance_mode(options, GMIME_RFC_COMPLIANCE_LOOSE);
    g_mime_parser_options_set_parameter_compliance_mode(options, GMIME_RFC_COMPLIANCE_LOOSE);
    g_mime_parser_options_set_rfc2047_compliance_mode(options, GMIME_RFC_COMPLIANCE_LOOSE);
    return options;
}

struct FreeOptions {
    void operator()(GMimeParserOptions* o) const { g_mime_parser_options_free(o); }
};
using Options = std::unique_ptr<GMimeParserOptions, FreeOptions>;

std::string clean(char const* value) {
    if (value == nullptr) return {};
    auto out = text::valid_utf8(value) ? std::string(value) : text::repair_utf8(value);
    std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; });
    remove_invisible(out);
    return std::string(text::trim(out));
}

// A name given twice, plain for old programs and extended for others: the one that says more.
std::string file_name(GMimeParamList* list, std::string_view parameter) {
    std::string out;
    for (int i = 0; i < g_mime_param_list_length(list); ++i) {
        auto* one = g_mime_param_list_get_parameter_at(list, i);
        if (text::ascii_lower(clean(g_mime_param_get_name(one))) != parameter) continue;
        auto value = clean(g_mime_param_get_value(one));
        bool const more = std::any_of(value.begin(), value.end(), [](char c) { return (c & 0x80) != 0; });
        if (out.empty() || more) out = std::move(value);
    }
    return out;
}

// The name of a domain as servers know it; the part before '@' stays as it is. Where that is not ASCII, no server of
// ours can write to it, and the domain stays readable.
std::string mail_address(InternetAddressMailbox* mailbox) {
    auto const written = clean(internet_address_mailbox_get_addr(mailbox));
    auto const local = std::string_view(written).substr(0, written.rfind('@'));
    bool const plain = std::all_of(local.begin(), local.end(), [](char c) { return (c & 0x80) == 0; });
    return plain ? clean(internet_address_mailbox_get_idn_addr(mailbox)) : written;
}

void collect(InternetAddressList* list, std::vector<Address>& out, int depth) {
    for (int i = 0; i < internet_address_list_length(list) && out.size() < max_addresses; ++i) {
        auto* one = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_MAILBOX(one)) {
            out.push_back({clean(internet_address_get_name(one)), mail_address(INTERNET_ADDRESS_MAILBOX(one))});
        } else if (INTERNET_ADDRESS_IS_GROUP(one) && depth < 4) {
            collect(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(one)), out, depth + 1);
        }
    }
}

}  // namespace

void remove_invisible(std::string& text) {
    if (text.find_first_of("\xC2\xD8\xE2\xEF") == std::string::npos) return;
    for (std::string_view mark :
         {"\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA6",
          "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9", "\xE2\x80\x8B", "\xE2\x80\x8E", "\xE2\x80\x8F",
          "\xE2\x81\xA0", "\xEF\xBB\xBF", "\xD8\x9C", "\xC2\xAD"}) {
        for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos;) text.erase(at, mark.size());
    }
}

void UnrefG::operator()(void* p) const {
    g_object_unref(p);
}

void start_gmime() {
    static bool const started = (g_mime_init(), true);
    (void)started;
}

std::string_view Header::get(std::string_view name) const {
    for (auto const& field : fields) {
        if (field.name == name) return field.value;
    }
    return {};
}

std::vector<std::string_view> Header::all(std::string_view name) const {
    std::vector<std::string_view> out;
    for (auto const& field : fields) {
        if (field.name == name) out.push_back(field.value);
    }
    return out;
}

Header read_header(std::string_view bytes) {
    Header header;
    std::size_t at = 0;
    int broken_lines = 0;
    bool left_out = false;  // the field whose further lines may follow
    while (at < bytes.size()) {
        auto const begin = at;
        auto const line = next_line(bytes, at);
        header.body = at;
        if (line.empty()) break;
        if (begin == 0 && line.starts_with("From ")) continue;  // the mark between mails in a mailbox file
        if (begin > max_header_bytes || line.size() > max_header_bytes) {
            header.too_large = left_out = true;
            continue;
        }
        bool const folded = line.front() == ' ' || line.front() == '\t';
        if (folded && (left_out || !header.fields.empty())) {
            if (!left_out) header.fields.back().value.append(line);
        } else if (auto const n = folded ? 0 : name_length(line); n > 0) {
            auto const colon = line.find(':', n);
            header.fields.push_back({text::ascii_lower(line.substr(0, n)), std::string(line.substr(colon + 1))});
            left_out = false;
        } else if (++broken_lines <= max_broken_lines && header_goes_on(bytes, at)) {
            header.broken = left_out = true;
        } else {
            // No field and none follows: the body, with no empty line above it.
            header.broken = !header.fields.empty();
            header.body = begin;
            break;
        }
    }
    for (auto& field : header.fields) field.value = text::trim(field.value);
    repair_values(header);
    return header;
}

ContentType content_type(Header const& header, std::string_view otherwise) {
    ContentType out;
    out.type = otherwise;
    auto value = std::string(header.get("content-type"));
    order_pieces(value);
    if (value.find('/') == std::string::npos) return out;
    Options options(loose_options());
    GObjectOf<GMimeContentType> parsed(g_mime_content_type_parse(options.get(), value.c_str()));
    if (!parsed) return out;
    auto const parameter = [&](char const* name) {
        return clean(g_mime_content_type_get_parameter(parsed.get(), name));
    };
    GText type(g_mime_content_type_get_mime_type(parsed.get()));
    out.type = text::ascii_lower(clean(type.get()));
    out.charset = parameter("charset");
    out.boundary = parameter("boundary");
    out.name = file_name(g_mime_content_type_get_parameters(parsed.get()), "name");
    out.report_type = text::ascii_lower(parameter("report-type"));
    out.flowed = text::ascii_lower(parameter("format")) == "flowed";
    out.delete_space = text::ascii_lower(parameter("delsp")) == "yes";
    out.smime_type = text::ascii_lower(parameter("smime-type"));
    return out;
}

Disposition disposition(Header const& header) {
    auto value = std::string(header.get("content-disposition"));
    if (value.empty()) return {};
    order_pieces(value);
    Options options(loose_options());
    GObjectOf<GMimeContentDisposition> parsed(g_mime_content_disposition_parse(options.get(), value.c_str()));
    if (!parsed) return {};
    return {text::ascii_lower(clean(g_mime_content_disposition_get_disposition(parsed.get()))),
            file_name(g_mime_content_disposition_get_parameters(parsed.get()), "filename")};
}

std::string decode_words(std::string_view value) {
    Options options(loose_options());
    GText text(g_mime_utils_header_decode_text(options.get(), std::string(value).c_str()));
    return clean(text.get());
}

std::vector<Address> addresses(std::string_view value) {
    std::vector<Address> out;
    Options options(loose_options());
    GObjectOf<InternetAddressList> list(internet_address_list_parse(options.get(), std::string(value).c_str()));
    if (list) collect(list.get(), out, 0);
    return out;
}

std::vector<std::string> message_ids(std::string_view value) {
    std::vector<std::string> out;
    for (std::size_t at = 0; out.size() < max_ids && (at = value.find('<', at)) != std::string_view::npos;) {
        auto const end = value.find_first_of("<>", at + 1);
        if (end == std::string_view::npos) break;
        // An id may have been folded in its middle.
        std::string id(value.substr(at + 1, end - at - 1));
        std::erase_if(id, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; });
        if (value[end] == '>' && !id.empty()) out.push_back(std::move(id));
        at = end;
    }
    auto const word = text::trim(value);
    if (out.empty() && !word.empty() && word.find_first_of(" \t<>") == std::string_view::npos) out.emplace_back(word);
    return out;
}

std::optional<Instant> mail_date(std::string_view value) {
    std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> const parsed(
        g_mime_utils_header_decode_date(std::string(value).c_str()), &g_date_time_unref);
    if (!parsed) return std::nullopt;
    Instant const at{g_date_time_to_unix(parsed.get()) * 1'000};
    constexpr Instant year_10000{253'402'300'800'000};
    if (at.ms < 0 || at >= year_10000) return std::nullopt;
    return at;
}

}  // namespace keepword::outbound
