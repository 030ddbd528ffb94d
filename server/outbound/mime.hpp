#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.hpp"
#include "foundation/time.hpp"

// Mail as bytes to and from mail as values (RFC 5322, MIME). Whoever writes to a service centre writes by every mail
// program there is, so reading saves what it can and says what it could not.
namespace keepword::outbound {

constexpr std::size_t max_mail_bytes = 50'000'000;
constexpr std::size_t max_mail_parts = 200;
constexpr std::size_t max_mail_depth = 32;
constexpr std::size_t max_header_bytes = 100'000;  // of one part
constexpr std::size_t max_mail_text = 1'000'000;   // bytes of `text`, and of `quoted`
constexpr std::size_t max_mail_html = 10'000'000;  // bytes of `html`
constexpr std::size_t max_mail_problems = 50;

// Somebody's name, empty where none is given, and address: "张三", "zhangsan@example.com".
struct Address {
    std::string name;
    std::string address;
    bool operator==(Address const&) const = default;
};

// Whether mail can be sent to it: "name@domain" in ASCII, at most 254 characters, nothing that would end a header or an
// SMTP command.
bool is_mail_address(std::string_view address);

// A file in a mail: the name without folders or control characters, never empty; the type as declared, in small
// letters, to be believed by nobody; the content id without angle brackets.
struct MailFile {
    std::string name;
    std::string type;
    std::string content_id;
    std::string bytes;
};

// What could not be read. `part` is its place ("2.1" is the first part of the second; empty: the mail itself).
// Codes: too-large · too-many-parts · too-deep · header-too-large · header-broken · text-too-long · no-from · bad-date
// · charset-guessed (detail: what was declared and what was used) · bad-bytes · bad-encoding · no-boundary · truncated
// · encrypted · sealed-in-signature · partial · external-body · winmail-broken.
struct MailProblem {
    std::string code;
    std::string part;
    std::string detail;
};

// Who is behind a mail. Only to a person may anything be answered automatically, or two machines answer each other
// without end.
enum class MailOrigin { person, automatic, list, bounce };

// What a bounce says of the mail that did not arrive; each empty where it does not say.
struct Bounce {
    std::string recipient;
    std::string status;      // RFC 3463: "5.1.1" for good, "4.…" for now
    std::string message_id;  // of the mail that did not arrive
    std::string action;      // RFC 3464, small letters: "failed", "delayed", "delivered"
};

// A mail, everything in UTF-8. Ids are without angle brackets. Lines of text end with '\n'.
struct Mail {
    Address from;
    std::vector<Address> reply_to;
    std::vector<Address> to;
    std::vector<Address> cc;
    std::vector<std::string> delivered_to;  // the mailbox's own addresses, also where `to` names another
    std::string subject;
    std::string message_id;
    std::string in_reply_to;
    std::vector<std::string> references;  // oldest first
    std::optional<Instant> date;          // what the sender's clock said
    std::string text;                     // what this mail says, made of the HTML where there is no text
    std::string quoted;                   // what it repeats of earlier mails, where that is plain
    std::string html;                     // as sent: dangerous until the browser has cleaned it
    std::vector<MailFile> attachments;
    std::vector<MailFile> pictures;  // shown inside the HTML as "cid:" and the content id
    MailOrigin origin = MailOrigin::person;
    std::string origin_reason;  // the header that says so: "auto-submitted: auto-replied"
    Bounce bounce;              // of a bounce
    std::vector<MailProblem> problems;
};

// Reads a mail. Fails only with mail.empty, where there are no bytes; everything else becomes a mail, if need be one
// with nothing but problems. At most as much memory as some four times the bytes.
Result<Mail> read_mail(std::string_view bytes);

// A file to be attached: read when the mail is written.
struct OutgoingFile {
    std::string name;
    std::string type;  // "application/pdf"
    std::filesystem::path path;
};

// RFC 3834: what a mail says of its origin, so that other machines do not answer it.
enum class AutoSubmitted { no, generated, replied };

struct Outgoing {
    Address from;
    std::vector<Address> reply_to;
    std::vector<Address> to;
    std::vector<Address> cc;
    std::string subject;
    std::string text;
    std::string html;  // empty: text only
    std::vector<OutgoingFile> attachments;
    std::string message_id;  // "unique@domain"
    std::string in_reply_to;
    std::vector<std::string> references;
    AutoSubmitted auto_submitted = AutoSubmitted::no;
    Instant date;
};

// The bytes of a mail, 7 bit, lines ending with CRLF. Fails with mail.address (not one), mail.attachment (cannot be
// read; its name as `name`), mail.too-large (over max_mail_bytes).
Result<std::string> write_mail(Outgoing const& mail);

}  // namespace keepword::outbound
