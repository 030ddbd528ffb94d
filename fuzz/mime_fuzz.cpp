// Any bytes are a mail that reads and comes in: in time, in limits, with valid text, and with file names that are only
// names.
#include <cstdint>
#include <cstdlib>

#include "domain/mailbox/intake_text.hpp"
#include "domain/mailbox/threading.hpp"
#include "foundation/text.hpp"
#include "outbound/mime.hpp"

namespace {

using namespace keepword;

void check(bool holds) {
    if (!holds) std::abort();
}

void check_files(std::vector<outbound::MailFile> const& files) {
    check(files.size() <= outbound::max_mail_parts);
    for (auto const& file : files) {
        check(!file.name.empty() && text::valid_utf8(file.name));
        check(file.name.find_first_of("/\\") == std::string::npos);
        check(text::valid_utf8(file.content_id) && text::valid_utf8(file.type));
    }
}

void check_read(outbound::Mail const& mail) {
    for (auto const* text : {&mail.text, &mail.quoted, &mail.html, &mail.subject, &mail.from.name, &mail.from.address,
                             &mail.message_id, &mail.in_reply_to, &mail.bounce.recipient}) {
        check(text::valid_utf8(*text));
    }
    for (auto const& problem : mail.problems) check(text::valid_utf8(problem.detail));
    check(mail.text.size() <= outbound::max_mail_text && mail.problems.size() <= outbound::max_mail_problems);
    check(mail.html.size() <= outbound::max_mail_html);
    check_files(mail.attachments);
    check_files(mail.pictures);
}

// What a database refuses: a NUL, or what is no text.
void check_kept(std::string const& text) {
    check(text::valid_utf8(text) && text.find('\0') == std::string::npos);
}

void check_taken(outbound::Mail mail) {
    bool const damaged = !mail.problems.empty();
    mailbox::clean_mail(mail);
    for (auto const* text : {&mail.text, &mail.quoted, &mail.html, &mail.subject, &mail.from.name, &mail.from.address,
                             &mail.message_id, &mail.in_reply_to, &mail.origin_reason, &mail.bounce.recipient,
                             &mail.bounce.status, &mail.bounce.message_id, &mail.bounce.action}) {
        check_kept(*text);
    }
    for (auto const& one : mail.references) check_kept(one);
    auto const title = mailbox::intake_title(mail, damaged);
    check_kept(title);
    check(!title.empty() && text::length(title) <= 200);
    auto const said = mailbox::intake_text(mail, !mail.attachments.empty(), damaged ? "x" : "");
    check_kept(said);
    check(!said.empty() && text::length(said) <= 20'000);
    for (auto const& id : mail.references) (void)mailbox::mark_in_message_id(id);
    for (auto const& one : mail.to) (void)mailbox::mark_in_address(one.address, "service@keepword.test");
    (void)mailbox::mark_in_subject(mail.subject);
    (void)mailbox::domain_of(mail.from.address);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto mail = outbound::read_mail({reinterpret_cast<char const*>(data), size});
    if (!mail) return 0;
    check_read(*mail);
    check_taken(*std::move(mail));
    return 0;
}
