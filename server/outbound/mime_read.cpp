#include <algorithm>

#include "foundation/text.hpp"
#include "outbound/charset.hpp"
#include "outbound/header.hpp"
#include "outbound/html_text.hpp"
#include "outbound/mail_origin.hpp"
#include "outbound/mime.hpp"
#include "outbound/part_content.hpp"
#include "outbound/quote.hpp"
#include "outbound/winmail.hpp"

namespace keepword::outbound {
namespace {

// One thing the mail says, as text, as HTML or as both (multipart/alternative).
struct Section {
    std::string plain;
    std::string html;
};

// The mail is cut into parts here, not by GMime's parser: that makes objects for every part and field there is before
// anybody can count them, so that a mail of nothing but boundaries would take gigabytes.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

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
        join_sections();
        place_pictures();
        return std::move(mail_);
    }

  private:
    static constexpr std::size_t no_section = static_cast<std::size_t>(-1);

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
        auto const type = content_type(header);
        if (type.type.starts_with("multipart/")) {
            if (depth >= max_mail_depth) return problem("too-deep", where);
            if (type.type == "multipart/encrypted") problem("encrypted", where);
            return multipart(type, body, where, depth, section);
        }
        if (++parts_ > max_mail_parts) return problem("too-many-parts", "");
        auto const how = disposition(header);
        auto const name = how.name.empty() ? type.name : how.name;
        bool const is_text = type.type == "text/plain" || type.type == "text/html";
        // The only part of a mail is its text, even with a name.
        if (is_text && how.kind != "attachment" && (name.empty() || where.empty()))
            return text_part(header, type, body, where, section);
        file(header, type, name, body, where);
    }

    void multipart(ContentType const& type, std::string_view body, std::string const& where, std::size_t depth,
                   std::size_t section) {
        auto const room = max_mail_parts - std::min(parts_, max_mail_parts);
        auto cut = type.boundary.empty() ? Cut{} : cut_parts(body, type.boundary, room + 1);
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
        auto content = decode_content(body, header.get("content-transfer-encoding"));
        if (content.broken)
            problem("bad-encoding", where, std::string(header.get("content-transfer-encoding").substr(0, 40)));
        auto const room = html ? max_mail_html : max_mail_text;
        // Whatever the encoding, so many bytes are enough for the text that is kept.
        if (content.bytes.size() > 4 * room) content.bytes.resize(4 * room);
        auto decoded = decode_charset(content.bytes, type.charset);
        if (decoded.guessed) {
            problem("charset-guessed", where, (type.charset.empty() ? "-" : type.charset) + ": " + decoded.charset);
        }
        if (decoded.damaged) problem("bad-bytes", where, decoded.charset);
        if (!html && type.flowed) decoded.text = unflow(decoded.text, type.delete_space);
        std::erase(decoded.text, '\0');
        limit(decoded.text, room, where);
        if (section == no_section) section = new_section();
        auto& side = html ? sections_[section].html : sections_[section].plain;
        if (!side.empty() && !html) side += '\n';
        side += decoded.text;
        limit(side, room, where);
    }

    void limit(std::string& value, std::size_t room, std::string const& where) {
        if (value.size() <= room) return;
        problem("text-too-long", where, std::to_string(value.size()));
        while (room > 0 && (static_cast<unsigned char>(value[room]) & 0xC0U) == 0x80U) --room;
        value.resize(room);
    }

    void file(Header const& header, ContentType const& type, std::string const& name, std::string_view body,
              std::string const& where) {
        auto content = decode_content(body, header.get("content-transfer-encoding"));
        if (content.broken)
            problem("bad-encoding", where, std::string(header.get("content-transfer-encoding").substr(0, 40)));
        if (type.type == "message/delivery-status") read_delivery_status(content.bytes, mail_.bounce);
        bool const returned = type.type == "message/rfc822" || type.type == "text/rfc822-headers";
        std::string inner_subject;
        if (returned) {
            auto const inner = read_header(content.bytes);
            inner_subject = decode_words(inner.get("subject"));
            auto const ids = message_ids(inner.get("message-id"));
            if (mail_.origin == MailOrigin::bounce && !ids.empty()) mail_.bounce.message_id = ids.front();
        }
        if (type.type == "application/pkcs7-mime" || type.type == "application/x-pkcs7-mime")
            problem("encrypted", where);
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

    static bool is_winmail(MailFile const& file) {
        return file.type == "application/ms-tnef" || file.type == "application/vnd.ms-tnef" ||
               text::ascii_lower(file.name) == "winmail.dat";
    }

    // Outlook's wrapping of attachments: what is inside takes its place. False where it stays as it is.
    bool unpack_winmail(MailFile const& file, std::string const& where) {
        auto inside = read_winmail(file.bytes);
        if (inside.broken) problem("winmail-broken", where);
        auto const room = max_mail_parts - std::min(parts_, max_mail_parts);
        if (inside.files.empty() || inside.files.size() > room) return false;
        parts_ += inside.files.size();
        for (auto& one : inside.files) {
            one.name = safe_file_name(one.name);
            if (one.name.empty()) one.name = "attachment-" + std::to_string(mail_.attachments.size() + 1) + ".bin";
            mail_.attachments.push_back(std::move(one));
        }
        return !inside.broken;
    }

    void join_sections() {
        bool const any_html =
            std::any_of(sections_.begin(), sections_.end(), [](auto const& s) { return !s.html.empty(); });
        std::string whole;
        for (auto const& section : sections_) {
            auto plain = tidy_text(section.plain);
            // Some programs send an empty text beside the HTML.
            if (plain.empty() && !section.html.empty()) plain = tidy_text(html_to_text(section.html));
            if (!whole.empty() && !plain.empty()) whole += '\n';
            whole += plain;
            if (any_html) mail_.html += section.html.empty() ? as_html(section.plain) : section.html;
        }
        limit(whole, max_mail_text - 1, "");  // tidying may add the last line's end
        limit(mail_.html, max_mail_html, "");
        auto const [own, quoted] =
            is_forward() ? std::pair<std::string_view, std::string_view>(whole, "") : split_quote(whole);
        mail_.text = tidy_text(own);
        mail_.quoted = tidy_text(quoted);
    }

    // What is passed on is what the sender wants to say, though it looks like a quotation.
    bool is_forward() const {
        auto const subject = text::ascii_lower(mail_.subject);
        for (std::string_view start : {"fw:", "fwd:", "fw：", "转发:", "转发：", "轉寄:", "轉寄："}) {
            if (subject.starts_with(start)) return true;
        }
        return false;
    }

    static std::string as_html(std::string_view plain) {
        std::string out = "<pre>";
        for (char c : plain) {
            if (c == '<')
                out += "&lt;";
            else if (c == '&')
                out += "&amp;";
            else
                out += c;
        }
        return out + "</pre>";
    }

    // A picture that the HTML shows is part of what is said; every other one is an attachment.
    void place_pictures() {
        auto shown = [&](MailFile const& file) {
            return !file.content_id.empty() && file.type.starts_with("image/") &&
                   mail_.html.find("cid:" + file.content_id) != std::string::npos;
        };
        auto& all = mail_.attachments;
        auto const first = std::stable_partition(all.begin(), all.end(), [&](auto const& f) { return !shown(f); });
        std::move(first, all.end(), std::back_inserter(mail_.pictures));
        all.erase(first, all.end());
    }

    std::string_view bytes_;
    Mail mail_;
    std::vector<Section> sections_;
    std::size_t parts_ = 0;
    bool truncated_ = false;  // said once: what is inside a cut part is cut too
};

}  // namespace

Result<Mail> read_mail(std::string_view bytes) {
    start_gmime();
    // Some programs put empty lines above the header.
    auto const start = bytes.find_first_not_of("\r\n");
    if (start == std::string_view::npos) return fail(Kind::invalid, "mail.empty");
    return Reader(bytes.substr(start)).run();
}

}  // namespace keepword::outbound
