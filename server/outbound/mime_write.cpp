#include <gmime/gmime.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "foundation/text.hpp"
#include "outbound/header.hpp"
#include "outbound/mime.hpp"

namespace keepword::outbound {
namespace {

constexpr std::size_t max_address = 254;    // RFC 5321
constexpr std::size_t max_references = 50;  // a long thread's middle is dropped, its first mail never

bool is_plain(char c) {
    return c > ' ' && c < 0x7F && std::string_view("<>(),;:\\\"").find(c) == std::string_view::npos;
}

// One line of text for a header: what would end the line or start another field is gone.
std::string one_line(std::string_view value) {
    auto out = text::repair_utf8(value);
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
    }
    return std::string(text::trim(out));
}

std::string id_list(std::vector<std::string> const& ids) {
    std::string out;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (i > 0 && ids.size() - i >= max_references) continue;
        if (!std::all_of(ids[i].begin(), ids[i].end(),
                         [](char c) { return c > ' ' && c < 0x7F && c != '<' && c != '>'; }))
            continue;
        out += (out.empty() ? "<" : " <") + ids[i] + ">";
    }
    return out;
}

std::string with_crlf(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 40);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
        out += text[i];
    }
    return out;
}

void set_content(GMimePart* part, std::string_view bytes, GMimeContentEncoding encoding) {
    GObjectOf<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
    GObjectOf<GMimeDataWrapper> content(
        g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
    g_mime_part_set_content(part, content.get());
    g_mime_part_set_content_encoding(part, encoding);
}

GObjectOf<GMimeObject> text_part(std::string_view text, char const* subtype) {
    auto const body = with_crlf(text::repair_utf8(text));
    auto const high = static_cast<std::size_t>(
        std::count_if(body.begin(), body.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
    auto* part = g_mime_part_new_with_type("text", subtype);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    // Latin text stays readable in the raw mail; Chinese is shorter in base64.
    set_content(part, body,
                high * 6 > body.size() ? GMIME_CONTENT_ENCODING_BASE64 : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    return GObjectOf<GMimeObject>(GMIME_OBJECT(part));
}

// A name twice: RFC 2231 for those who keep to it, encoded words for the older programs that know nothing else.
void set_name(GMimeObject* part, std::string const& name) {
    g_mime_object_set_disposition(part, "attachment");
    auto const put = [&](GMimeParamList* list, char const* key, GMimeParamEncodingMethod method) {
        g_mime_param_list_set_parameter(list, key, name.c_str());
        auto* parameter = g_mime_param_list_get_parameter(list, key);
        g_mime_param_set_charset(parameter, "utf-8");
        g_mime_param_set_encoding_method(parameter, method);
    };
    put(g_mime_content_disposition_get_parameters(g_mime_object_get_content_disposition(part)), "filename",
        GMIME_PARAM_ENCODING_METHOD_RFC2231);
    put(g_mime_content_type_get_parameters(g_mime_object_get_content_type(part)), "name",
        GMIME_PARAM_ENCODING_METHOD_RFC2047);
}

Result<GObjectOf<GMimeObject>> file_part(OutgoingFile const& file, std::size_t& room) {
    std::error_code error;
    auto const size = std::filesystem::file_size(file.path, error);
    if (error) return fail(Error(Kind::internal, "mail.attachment", error.message()).with("name", file.name));
    // Base64 makes three bytes four, and breaks lines.
    if (size > room / 7 * 5) return fail(Error(Kind::too_large, "mail.too-large").with("name", file.name));
    room -= size * 7 / 5;
    std::string bytes(size, '\0');
    std::ifstream in(file.path, std::ios::binary);
    if (!in.read(bytes.data(), static_cast<std::streamsize>(size))) {
        return fail(Error(Kind::internal, "mail.attachment", "cannot be read").with("name", file.name));
    }
    auto const slash = file.type.find('/');
    bool const typed = slash != std::string::npos && std::all_of(file.type.begin(), file.type.end(), is_plain);
    auto const type = typed ? file.type.substr(0, slash) : "application";
    auto const subtype = typed ? file.type.substr(slash + 1) : "octet-stream";
    GObjectOf<GMimeObject> part(GMIME_OBJECT(g_mime_part_new_with_type(type.c_str(), subtype.c_str())));
    set_content(GMIME_PART(part.get()), bytes, GMIME_CONTENT_ENCODING_BASE64);
    set_name(part.get(), one_line(file.name));
    return part;
}

Result<> add_addresses(GMimeMessage* message, GMimeAddressType type, std::vector<Address> const& all) {
    auto* list = g_mime_message_get_addresses(message, type);
    for (auto const& [name, address] : all) {
        if (!is_mail_address(address)) return fail(Error(Kind::invalid, "mail.address").with("address", address));
        auto const shown = one_line(name);
        GObjectOf<InternetAddress> mailbox(
            internet_address_mailbox_new(shown.empty() ? nullptr : shown.c_str(), address.c_str()));
        internet_address_set_charset(mailbox.get(), "utf-8");
        internet_address_list_add(list, mailbox.get());
    }
    return {};
}

Result<> write_envelope(GMimeMessage* message, Outgoing const& mail) {
    TRY(add_addresses(message, GMIME_ADDRESS_TYPE_FROM, {mail.from}));
    TRY(add_addresses(message, GMIME_ADDRESS_TYPE_REPLY_TO, mail.reply_to));
    TRY(add_addresses(message, GMIME_ADDRESS_TYPE_TO, mail.to));
    TRY(add_addresses(message, GMIME_ADDRESS_TYPE_CC, mail.cc));
    g_mime_message_set_subject(message, one_line(mail.subject).c_str(), "utf-8");
    std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> const date(
        g_date_time_new_from_unix_utc(mail.date.ms / 1'000), &g_date_time_unref);
    g_mime_message_set_date(message, date.get());
    auto const set = [&](char const* name, std::string const& value) {
        if (!value.empty()) g_mime_object_set_header(GMIME_OBJECT(message), name, value.c_str(), "utf-8");
    };
    set("Message-ID", id_list({mail.message_id}));
    set("In-Reply-To", mail.in_reply_to.empty() ? "" : id_list({mail.in_reply_to}));
    set("References", id_list(mail.references));
    if (mail.auto_submitted == AutoSubmitted::generated) set("Auto-Submitted", "auto-generated");
    if (mail.auto_submitted == AutoSubmitted::replied) set("Auto-Submitted", "auto-replied");
    // Exchange answers automatically unless told so in its own way.
    if (mail.auto_submitted != AutoSubmitted::no) set("X-Auto-Response-Suppress", "All");
    return {};
}

GObjectOf<GMimeObject> body_of(Outgoing const& mail) {
    auto plain = text_part(mail.text, "plain");
    if (mail.html.empty()) return plain;
    GObjectOf<GMimeObject> both(GMIME_OBJECT(g_mime_multipart_new_with_subtype("alternative")));
    g_mime_multipart_add(GMIME_MULTIPART(both.get()), plain.get());
    g_mime_multipart_add(GMIME_MULTIPART(both.get()), text_part(mail.html, "html").get());
    return both;
}

std::string to_bytes(GMimeMessage* message) {
    std::unique_ptr<GMimeFormatOptions, decltype(&g_mime_format_options_free)> const format(
        g_mime_format_options_new(), &g_mime_format_options_free);
    g_mime_format_options_set_newline_format(format.get(), GMIME_NEWLINE_FORMAT_DOS);
    GObjectOf<GMimeStream> out(g_mime_stream_mem_new());
    g_mime_object_write_to_stream(GMIME_OBJECT(message), format.get(), out.get());
    auto const* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out.get()));
    return {reinterpret_cast<char const*>(bytes->data), bytes->len};
}

}  // namespace

bool is_mail_address(std::string_view address) {
    auto const at = address.rfind('@');
    return address.size() <= max_address && at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
           std::all_of(address.begin(), address.end(), is_plain);
}

Result<std::string> write_mail(Outgoing const& mail) {
    start_gmime();
    GObjectOf<GMimeMessage> message(g_mime_message_new(TRUE));
    TRY(write_envelope(message.get(), mail));
    std::size_t room = max_mail_bytes;
    auto const text_size = (mail.text.size() + mail.html.size()) * 3;
    if (text_size > room) return fail(Kind::too_large, "mail.too-large");
    room -= text_size;
    auto body = body_of(mail);
    if (!mail.attachments.empty()) {
        GObjectOf<GMimeObject> mixed(GMIME_OBJECT(g_mime_multipart_new_with_subtype("mixed")));
        g_mime_multipart_add(GMIME_MULTIPART(mixed.get()), body.get());
        for (auto const& file : mail.attachments) {
            auto const part = TRY(file_part(file, room));
            g_mime_multipart_add(GMIME_MULTIPART(mixed.get()), part.get());
        }
        body = std::move(mixed);
    }
    g_mime_message_set_mime_part(message.get(), body.get());
    return to_bytes(message.get());
}

}  // namespace keepword::outbound
