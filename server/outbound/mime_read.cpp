#include <algorithm>

#include "foundation/text.hpp"
#include "outbound/charset.hpp"
#include "outbound/header.hpp"
#include "outbound/html_text.hpp"
#include "outbound/inline_file.hpp"
#include "outbound/mail_origin.hpp"
#include "outbound/mail_text.hpp"
#include "outbound/mime.hpp"
#include "outbound/part_content.hpp"
#include "outbound/winmail.hpp"

namespace keepword::outbound {
namespace {

// The mail is cut into parts here, not by GMime's parser: that makes objects for every part and field there is before
// anybody can count them, so that a mail of nothing but boundaries would take gigabytes.
class Reader {
  public:
    // `depth_of_mail`: how many mails this one is inside of.
    Reader(std::string_view bytes, std::size_t depth_of_mail) : bytes_(bytes), depth_of_mail_(depth_of_mail) {}

    Mail run() {
        auto const header = read_header(bytes_);
        note_header(header, "");
        read_envelope(header);
        auto const type = content_type(header);
        auto const origin = mail_origin(header, type, mail_.from, mail_.subject);
        mail_.origin = origin.origin;
        mail_.origin_reason = origin.reason;
        if (bytes_.size() > max_mail_bytes) {
            problem("too-large", "", std::to_string(bytes_.size()));
        } else {
            part(header, bytes_.substr(header.body), "", 1, no_section);
        }
        say();
        return std::move(mail_);
    }

  private:
    static constexpr std::size_t no_section = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_passed_on = 5;  // mails inside each other that are looked into

    void say() {
        bool const silent = std::all_of(sections_.begin(), sections_.end(), [](auto const& s) {
            return text::trim(s.plain).empty() && tidy_text(html_to_text(s.html)).empty();
        });
        // What is said in Outlook's wrapping or in the mail that is passed on counts where nothing else is said.
        if (silent && (!wrapped_.plain.empty() || !wrapped_.html.empty())) sections_.push_back(std::move(wrapped_));
        if (join_sections(sections_, mail_)) problem("text-too-long", "");
        if (mail_.origin == MailOrigin::bounce) {
            auto const failed = addresses(read_header(bytes_).get("x-failed-recipients"));
            if (mail_.bounce.recipient.empty() && !failed.empty()) mail_.bounce.recipient = failed.front().address;
            read_bounce_text(mail_.text, mail_.bounce);
            read_bounce_text(mail_.quoted, mail_.bounce);
        }
        if (mail_.text.empty() && mail_.quoted.empty()) mail_.quoted = tidy_text(passed_on_);
        place_pictures(mail_);
    }

    void problem(std::string code, std::string const& where, std::string detail = {}) {
        auto& all = mail_.problems;
        bool const known =
            std::any_of(all.begin(), all.end(), [&](auto const& p) { return p.code == code && p.part == where; });
        if (!known && all.size() < max_mail_problems) all.push_back({std::move(code), where, std::move(detail)});
    }

    void note_header(Header const& header, std::string const& where) {
        if (header.too_large) problem("header-too-large", where);
        if (header.broken) problem("header-broken", where);
        if (!header.guessed.empty()) problem("charset-guessed", where, "header: " + header.guessed);
    }

    void read_envelope(Header const& header) {
        auto const first = [&](std::string_view name) {
            auto found = addresses(header.get(name));
            std::erase_if(found, [](auto const& a) { return a.address.find('@') == std::string::npos; });
            return found.empty() ? Address{} : found.front();
        };
        for (auto const* name : {"from", "sender", "return-path"}) {
            if (mail_.from.address.empty()) mail_.from = first(name);
        }
        if (mail_.from.address.empty()) problem("no-from", "");
        mail_.reply_to = addresses(header.get("reply-to"));
        for (auto const value : header.all("to")) std::ranges::move(addresses(value), std::back_inserter(mail_.to));
        for (auto const value : header.all("cc")) std::ranges::move(addresses(value), std::back_inserter(mail_.cc));
        for (auto const* name : {"delivered-to", "x-original-to", "envelope-to"}) {
            for (auto const value : header.all(name)) {
                for (auto& a : addresses(value)) mail_.delivered_to.push_back(std::move(a.address));
            }
        }
        mail_.subject = decode_words(header.get("subject"));
        auto const id = message_ids(header.get("message-id"));
        if (!id.empty()) mail_.message_id = id.front();
        auto const reply = message_ids(header.get("in-reply-to"));
        if (!reply.empty()) mail_.in_reply_to = reply.front();
        mail_.references = message_ids(header.get("references"));
        auto const date = header.get("date");
        mail_.date = mail_date(date);
        if (!mail_.date && !date.empty()) problem("bad-date", "", decode_words(date.substr(0, 100)));
    }

    // One part, whatever it is. `section` is the number of what an alternative around it collects, or no_section.
    void part(Header const& header, std::string_view body, std::string const& where, std::size_t depth,
              std::size_t section) {
        auto const type = content_type(header, digest_ ? "message/rfc822" : "text/plain");
        if (type.type.starts_with("multipart/")) {
            if (depth >= max_mail_depth) return problem("too-deep", where);
            if (type.type == "multipart/encrypted") problem("encrypted", where);
            return multipart(header, type, body, where, depth, section);
        }
        if (++parts_ > max_mail_parts) return problem("too-many-parts", "");
        auto const how = disposition(header);
        auto const name = how.name.empty() ? type.name : how.name;
        bool const is_text = type.type == "text/plain" || type.type == "text/html" || is_enriched(type.type);
        // The only part of a mail is its text, even with a name.
        if (is_text && how.kind != "attachment" && (name.empty() || where.empty()))
            return text_part(header, type, body, where, section);
        file(header, type, name, body, where);
    }

    static std::string encoding_of(Header const& header) {
        return std::string(text::head(header.get("content-transfer-encoding"), 40));
    }
    static bool is_encoded(Header const& header) {
        auto const encoding = text::ascii_lower(text::trim(header.get("content-transfer-encoding")));
        return encoding == "base64" || encoding == "quoted-printable";
    }
    static bool is_enriched(std::string_view type) { return type == "text/enriched" || type == "text/richtext"; }

    void multipart(Header const& outer, ContentType const& type, std::string_view body, std::string const& where,
                   std::size_t depth, std::size_t section) {
        auto const room = max_mail_parts - std::min(parts_, max_mail_parts);
        auto cut = type.boundary.empty() ? Cut{} : cut_parts(body, type.boundary, room + 1);
        // By right only parts are encoded, never what holds them.
        Content decoded;
        if (cut.parts.empty() && !cut.closed && is_encoded(outer)) {
            decoded = decode_content(body, outer.get("content-transfer-encoding"));
            auto again = type.boundary.empty() ? Cut{} : cut_parts(decoded.bytes, type.boundary, room + 1);
            if (!again.parts.empty()) {
                problem("bad-encoding", where, "multipart");
                cut = std::move(again);
            }
        }
        if (cut.parts.empty() && cut.closed) return problem("no-boundary", where);
        if (cut.parts.empty()) {
            problem("no-boundary", where);
            auto const found = find_boundary(body);
            if (!found.empty()) cut = cut_parts(body, found, room + 1);
        }
        if (cut.parts.empty()) {
            // Nothing tells the parts apart: then all of it is text.
            return text_part(Header{}, ContentType{"text/plain", "", "", "", "", false, false}, body, where, section);
        }
        if (cut.more) problem("too-many-parts", "");
        if (!cut.closed && !cut.more && !truncated_) problem("truncated", where);
        truncated_ = truncated_ || !cut.closed;
        if (type.type == "multipart/alternative" && section == no_section) section = new_section();
        for (std::size_t i = 0; i < cut.parts.size(); ++i) {
            auto const inner = where.empty() ? std::to_string(i + 1) : where + "." + std::to_string(i + 1);
            auto const header = read_header(cut.parts[i]);
            note_header(header, inner);
            // Of two files that a Macintosh makes of one, the first only says how its desktop shows the other.
            bool const desktop = type.type == "multipart/appledouble" && cut.parts.size() > 1 &&
                                 content_type(header).type == "application/applefile";
            if (desktop) continue;
            digest_ = type.type == "multipart/digest";
            part(header, cut.parts[i].substr(header.body), inner, depth + 1, section);
        }
    }

    std::size_t new_section() {
        sections_.emplace_back();
        return sections_.size() - 1;
    }

    void text_part(Header const& header, ContentType const& type, std::string_view body, std::string const& where,
                   std::size_t section) {
        bool const html = type.type == "text/html";
        // Beside a plain text the enriched one says the same.
        if (is_enriched(type.type) && section != no_section && !sections_[section].plain.empty()) return;
        auto content = decode_content(body, header.get("content-transfer-encoding"));
        if (!html) take_inline_files(content.bytes, type.charset, where);
        if (content.broken) problem("bad-encoding", where, encoding_of(header));
        auto const room = html ? max_mail_html : max_mail_text;
        // Whatever the encoding, so many bytes are enough for the text that is kept.
        if (content.bytes.size() > 4 * room) content.bytes.resize(4 * room);
        auto const declared = html && type.charset.empty() ? html_charset(content.bytes) : type.charset;
        auto decoded = decode_charset(content.bytes, declared);
        if (decoded.guessed) {
            problem("charset-guessed", where, (type.charset.empty() ? "-" : type.charset) + ": " + decoded.charset);
        }
        if (decoded.damaged) problem("bad-bytes", where, decoded.charset);
        std::erase(decoded.text, '\0');
        unify_line_ends(decoded.text);
        if (!html && type.flowed) decoded.text = unflow(decoded.text, type.delete_space);
        if (is_enriched(type.type)) decoded.text = enriched_to_text(decoded.text);
        // OpenPGP as it was before MIME.
        if (!html && ("\n" + decoded.text.substr(0, 10'000)).find("\n-----BEGIN PGP MESSAGE-----") != std::string::npos)
            problem("encrypted", where);
        limit(decoded.text, room, where);
        if (section == no_section) section = new_section();
        auto& side = html ? sections_[section].html : sections_[section].plain;
        if (!side.empty() && !html) side += '\n';
        side += decoded.text;
        limit(side, room, where);
    }

    // Pictures and logs that stand in the middle of the text become files.
    void take_inline_files(std::string& bytes, std::string const& charset, std::string const& where) {
        for (std::size_t at = 0; parts_ < max_mail_parts;) {
            auto found = find_inline_file(bytes, at);
            if (!found) return;
            ++parts_;
            at = found->begin;
            bytes.erase(at, found->end - at);
            if (found->broken) problem("bad-encoding", where, "inline");
            auto name = safe_file_name(decode_charset(found->name, charset).text);
            if (name.empty()) name = "attachment-" + std::to_string(mail_.attachments.size() + 1) + ".bin";
            mail_.attachments.push_back({std::move(name), "application/octet-stream", "", std::move(found->bytes)});
        }
    }

    void limit(std::string& value, std::size_t room, std::string const& where) {
        auto const before = value.size();
        if (cut_text(value, room)) problem("text-too-long", where, std::to_string(before));
    }

    void file(Header const& header, ContentType const& type, std::string const& name, std::string_view body,
              std::string const& where) {
        auto content = decode_content(body, header.get("content-transfer-encoding"));
        if (content.broken) problem("bad-encoding", where, encoding_of(header));
        auto const inner_subject = read_message(type.type, content.bytes);
        if (type.type == "application/pkcs7-mime" || type.type == "application/x-pkcs7-mime")
            problem(type.smime_type == "signed-data" ? "sealed-in-signature" : "encrypted", where);
        if (type.type == "message/partial") problem("partial", where);
        if (type.type == "message/external-body") problem("external-body", where);
        // Some programs encode a name twice: as a parameter and as encoded words inside it.
        MailFile file{safe_file_name(decode_words(name)), type.type, "", std::move(content.bytes)};
        auto const ids = message_ids(header.get("content-id"));
        if (!ids.empty()) file.content_id = ids.front();
        if (file.name.empty() && !inner_subject.empty()) file.name = safe_file_name(inner_subject + ".eml");
        if (file.name.empty()) {
            auto const number = std::to_string(mail_.attachments.size() + 1);
            file.name = "attachment-" + number + std::string(extension_of(type.type));
        }
        if (is_winmail(file) && unpack_winmail(file, where)) return;
        mail_.attachments.push_back(std::move(file));
    }

    // A mail, or what one server says of one, inside this one; answers the inner mail's subject.
    std::string read_message(std::string_view type, std::string_view bytes) {
        if (type == "message/delivery-status" || type == "message/global-delivery-status")
            read_delivery_status(bytes, mail_.bounce);
        if (type == "message/disposition-notification" && mail_.in_reply_to.empty()) {
            auto const ids = message_ids(read_header(bytes).get("original-message-id"));
            if (!ids.empty()) mail_.in_reply_to = ids.front();
        }
        bool const whole = type == "message/rfc822" || type == "message/global";
        if (!whole && type != "text/rfc822-headers" && type != "message/global-headers") return {};
        auto const inner = read_header(bytes);
        auto const ids = message_ids(inner.get("message-id"));
        if (mail_.origin == MailOrigin::bounce && !ids.empty()) mail_.bounce.message_id = ids.front();
        if (whole && depth_of_mail_ < max_passed_on && passed_on_.empty()) {
            auto const mail = Reader(bytes.substr(0, max_mail_text), depth_of_mail_ + 1).run();
            passed_on_ = mail.text.empty() ? mail.quoted : mail.text;
        }
        return decode_words(inner.get("subject"));
    }

    static bool is_winmail(MailFile const& file) {
        return looks_like_winmail(file.bytes) || file.type == "application/ms-tnef" ||
               file.type == "application/vnd.ms-tnef" || text::ascii_lower(file.name) == "winmail.dat";
    }

    // Outlook's wrapping of attachments: what is inside takes its place. False where it stays as it is.
    bool unpack_winmail(MailFile const& file, std::string const& where) {
        auto inside = read_winmail(file.bytes);
        if (inside.broken) problem("winmail-broken", where);
        wrapped_ = {std::move(inside.text), std::move(inside.html)};
        limit(wrapped_.plain, max_mail_text, where);
        limit(wrapped_.html, max_mail_html, where);
        auto const room = max_mail_parts - std::min(parts_, max_mail_parts);
        bool const all_said = inside.files.empty() && (!wrapped_.plain.empty() || !wrapped_.html.empty());
        if (all_said && !inside.broken) return true;
        if (inside.files.empty() || inside.files.size() > room) return false;
        parts_ += inside.files.size();
        for (auto& one : inside.files) {
            one.name = safe_file_name(one.name);
            if (one.name.empty()) one.name = "attachment-" + std::to_string(mail_.attachments.size() + 1) + ".bin";
            mail_.attachments.push_back(std::move(one));
        }
        return !inside.broken;
    }

    std::string_view bytes_;
    Mail mail_;
    std::vector<Section> sections_;
    Section wrapped_;        // what winmail.dat says
    std::string passed_on_;  // what the first mail says that is attached
    std::size_t depth_of_mail_;
    std::size_t parts_ = 0;
    bool digest_ = false;     // a part that declares no type is a mail
    bool truncated_ = false;  // said once: what is inside a cut part is cut too
};

}  // namespace

Result<Mail> read_mail(std::string_view bytes) {
    start_gmime();
    // Some programs put empty lines above the header.
    auto const start = bytes.find_first_not_of("\r\n");
    if (start == std::string_view::npos) return fail(Kind::invalid, "mail.empty");
    bytes.remove_prefix(start);
    // Some gateways end lines with CR alone.
    constexpr std::size_t looked_at = 2'000;
    auto const head = bytes.substr(0, looked_at);
    if (head.find('\n') == std::string_view::npos && head.find('\r') != std::string_view::npos) {
        std::string unified(bytes.substr(0, max_mail_bytes + 1));
        unify_line_ends(unified);
        return Reader(unified, 0).run();
    }
    return Reader(bytes, 0).run();
}

}  // namespace keepword::outbound
