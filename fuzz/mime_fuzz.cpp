// Any bytes are a mail that reads: in time, in limits, with valid text, and with file names that are only names.
#include <cstdint>
#include <cstdlib>

#include "foundation/text.hpp"
#include "outbound/mime.hpp"

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

void check_files(std::vector<keepword::outbound::MailFile> const& files) {
    check(files.size() <= keepword::outbound::max_mail_parts);
    for (auto const& file : files) {
        check(!file.name.empty() && keepword::text::valid_utf8(file.name));
        check(file.name.find_first_of("/\\") == std::string::npos);
        check(keepword::text::valid_utf8(file.content_id) && keepword::text::valid_utf8(file.type));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace keepword;
    auto const mail = outbound::read_mail({reinterpret_cast<char const*>(data), size});
    if (!mail) return 0;
    for (auto const* text : {&mail->text, &mail->quoted, &mail->html, &mail->subject, &mail->from.name,
                             &mail->from.address, &mail->message_id, &mail->in_reply_to, &mail->bounce.recipient}) {
        check(text::valid_utf8(*text));
    }
    for (auto const& problem : mail->problems) check(text::valid_utf8(problem.detail));
    check(mail->text.size() <= outbound::max_mail_text && mail->problems.size() <= outbound::max_mail_problems);
    check_files(mail->attachments);
    check_files(mail->pictures);
    return 0;
}
