#include "outbound/mail_text.hpp"

#include <algorithm>

#include "foundation/text.hpp"
#include "outbound/html_text.hpp"
#include "outbound/part_content.hpp"
#include "outbound/quote.hpp"

namespace keepword::outbound {
namespace {

// What is passed on is what the sender wants to say, though it looks like a quotation.
bool is_forward(std::string_view subject) {
    auto const low = text::ascii_lower(subject);
    for (std::string_view start : {"fw:", "fwd:", "fw：", "转发:", "转发：", "轉寄:", "轉寄："}) {
        if (low.starts_with(start)) return true;
    }
    return false;
}

std::string as_html(std::string_view plain) {
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

// RFC 2392: an id in an address may be written with '%'.
std::string escaped(std::string_view id) {
    std::string out;
    for (char c : id) {
        if (c == '@')
            out += "%40";
        else if (c == '$')
            out += "%24";
        else if (c == '+')
            out += "%2B";
        else
            out += c;
    }
    return out;
}

}  // namespace

bool cut_text(std::string& value, std::size_t room) {
    if (value.size() <= room) return false;
    while (room > 0 && (static_cast<unsigned char>(value[room]) & 0xC0U) == 0x80U) --room;
    value.resize(room);
    return true;
}

bool join_sections(std::vector<Section> const& sections, Mail& mail) {
    bool const any_html = std::any_of(sections.begin(), sections.end(), [](auto const& s) { return !s.html.empty(); });
    std::string whole;
    for (auto const& section : sections) {
        auto plain = tidy_text(section.plain);
        // Some programs send an empty text beside the HTML.
        if (plain.empty() && !section.html.empty()) plain = tidy_text(html_to_text(section.html));
        if (!whole.empty() && !plain.empty()) whole += '\n';
        whole += plain;
        if (any_html && !(section.html.empty() && section.plain.empty()))
            mail.html += section.html.empty() ? as_html(section.plain) : section.html;
    }
    bool const cut = cut_text(whole, max_mail_text - 1);  // tidying may add the last line's end
    bool const cut_html = cut_text(mail.html, max_mail_html);
    auto const [own, quoted] =
        is_forward(mail.subject) ? std::pair<std::string_view, std::string_view>(whole, "") : split_quote(whole);
    mail.text = tidy_text(own);
    mail.quoted = tidy_text(quoted);
    return cut || cut_html;
}

void place_pictures(Mail& mail) {
    auto const shown = [&](MailFile const& file) {
        if (file.content_id.empty() || !file.type.starts_with("image/")) return false;
        return mail.html.find("cid:" + file.content_id) != std::string::npos ||
               mail.html.find("cid:" + escaped(file.content_id)) != std::string::npos;
    };
    auto& all = mail.attachments;
    auto const first = std::stable_partition(all.begin(), all.end(), [&](auto const& f) { return !shown(f); });
    std::move(first, all.end(), std::back_inserter(mail.pictures));
    all.erase(first, all.end());
}

}  // namespace keepword::outbound
