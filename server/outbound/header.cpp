#include "outbound/header.hpp"

#include <gmime/gmime.h>

#include <algorithm>

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

void collect(InternetAddressList* list, std::vector<Address>& out, int depth) {
    for (int i = 0; i < internet_address_list_length(list) && out.size() < max_addresses; ++i) {
        auto* one = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_MAILBOX(one)) {
            out.push_back({clean(internet_address_get_name(one)),
                           clean(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one)))});
        } else if (INTERNET_ADDRESS_IS_GROUP(one) && depth < 4) {
            collect(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(one)), out, depth + 1);
        }
    }
}

}  // namespace

void remove_invisible(std::string& text) {
    if (text.find_first_of("\xC2\xD8\xE2\xEF") == std::string::npos) return;
    for (std::string_view mark :
         {"\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA7",
          "\xE2\x81\xA8", "\xE2\x81\xA9", "\xE2\x80\x8B", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x81\xA0", "\xEF\xBB\xBF",
          "\xD8\x9C", "\xC2\xAD"}) {
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
    auto const value = std::string(header.get("content-type"));
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
    out.name = parameter("name");
    out.report_type = text::ascii_lower(parameter("report-type"));
    out.flowed = text::ascii_lower(parameter("format")) == "flowed";
    out.delete_space = text::ascii_lower(parameter("delsp")) == "yes";
    out.smime_type = text::ascii_lower(parameter("smime-type"));
    return out;
}

Disposition disposition(Header const& header) {
    auto const value = std::string(header.get("content-disposition"));
    if (value.empty()) return {};
    Options options(loose_options());
    GObjectOf<GMimeContentDisposition> parsed(g_mime_content_disposition_parse(options.get(), value.c_str()));
    if (!parsed) return {};
    return {text::ascii_lower(clean(g_mime_content_disposition_get_disposition(parsed.get()))),
            clean(g_mime_content_disposition_get_parameter(parsed.get(), "filename"))};
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
