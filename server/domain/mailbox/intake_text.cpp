#include "domain/mailbox/intake_text.hpp"

#include <algorithm>

#include "domain/mailbox/threading.hpp"
#include "foundation/text.hpp"

namespace keepword::mailbox {
namespace {

constexpr std::size_t max_said = 19'000;     // characters; a case's description holds 20,000
constexpr std::size_t max_unreadable = 500;  // characters

}  // namespace

std::string clean(std::string_view text) {
    auto out = text::repair_utf8(text);
    std::erase_if(out,
                  [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') || c == 0x7F; });
    return out;
}

void clean_mail(outbound::Mail& mail) {
    auto const put = [](std::string& text) { text = clean(text); };
    put(mail.from.name), put(mail.from.address), put(mail.subject), put(mail.message_id), put(mail.in_reply_to);
    put(mail.text), put(mail.quoted), put(mail.html), put(mail.origin_reason);
    put(mail.bounce.recipient), put(mail.bounce.status), put(mail.bounce.message_id), put(mail.bounce.action);
    for (auto& one : mail.to) put(one.name), put(one.address);
    for (auto& one : mail.cc) put(one.name), put(one.address);
    for (auto& one : mail.references) put(one);
    for (auto& one : mail.delivered_to) put(one);
}

std::string intake_title(outbound::Mail const& mail, bool damaged) {
    bool const nothing = damaged && mail.subject.empty() && text::trim(mail.text).empty();
    return nothing ? "无法读取的邮件" : title_for(mail.subject, mail.text);
}

std::string intake_text(outbound::Mail const& mail, bool has_files, std::string_view unreadable) {
    auto text = text::trim(mail.text);
    if (text.empty()) text = text::trim(mail.quoted);
    auto out = std::string(text::head(text, max_said));
    if (out.size() < text.size()) out += "…\n（正文过长，其余见邮件原文。）";
    if (out.empty()) out = has_files ? "（邮件没有正文，见附件。）" : "（邮件没有正文。）";
    if (unreadable.empty()) return out;
    return out + "\n\n（这封邮件有内容无法读取：" + std::string(text::head(unreadable, max_unreadable)) +
           "。原始邮件已作为附件保存。）";
}

}  // namespace keepword::mailbox
