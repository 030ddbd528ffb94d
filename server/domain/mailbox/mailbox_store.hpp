#pragma once
#include "domain/mailbox/mailbox.hpp"
#include "outbound/mail_host.hpp"

// The rows of mailboxes and mails.
namespace keepword::mailbox {

enum class Security { none, tls, starttls };
BOOST_DESCRIBE_ENUM(Security, none, tls, starttls)
enum class AfterTaking { move, seen };
BOOST_DESCRIBE_ENUM(AfterTaking, move, seen)

struct MailServer {
    json::Text<255> host;
    std::int64_t port = 0;
    Security security = Security::tls;
    json::Text<200> login;  // empty: without signing in
    bool operator==(MailServer const&) const = default;
};
BOOST_DESCRIBE_STRUCT(MailServer, (), (host, port, security, login))

// The settings of a mailbox, with its passwords as they lie in the database.
struct Record {
    MailboxId id{};
    std::string name;
    std::string address;
    MailServer imap;
    std::string imap_password;  // hexadecimal of what was sealed; empty without one
    MailServer smtp;
    std::string smtp_password;
    std::string folder = "INBOX";
    AfterTaking after_taking = AfterTaking::move;
    std::string processed = "Keepword";  // the folder that mails are moved to
    bool receipts = true;                // a new case is acknowledged with its number
    bool subject_tag = false;
    bool plus_address = false;
    bool active = true;
    std::uint32_t uidvalidity = 0;
    std::uint32_t last_uid = 0;
    std::uint32_t history_uid = 0;
    std::optional<Instant> last_checked_at;
    std::optional<std::string> last_error;  // a code
    Instant created_at;
    std::int64_t version = 1;
};

// Kind::not_found for one that is not there or was removed.
Result<Record> load_mailbox(storage::Transaction& tx, MailboxId id);
Result<std::vector<Record>> all_mailboxes(storage::Transaction& tx);
// mailbox.address-taken (conflict) where another one has the address.
Result<> insert_mailbox(storage::Transaction& tx, Record const& record);
Result<> update_mailbox(storage::Transaction& tx, Record& record);
// Its mails stay; its passwords go.
Result<> remove_mailbox(storage::Transaction& tx, MailboxId id, Instant now);
// How far the folder has been read; nothing where the settings are others by now than in `record`. Under other numbers
// than before nothing of it is history any more.
Result<> save_progress(storage::Transaction& tx, Record const& record, std::uint32_t uidvalidity,
                       std::uint32_t last_uid);
// Where reading begins: behind the record's history.
Result<> begin_progress(storage::Transaction& tx, Record const& record);
// When it was looked into last, and the code of what went wrong.
Result<> save_check(storage::Transaction& tx, MailboxId id, Instant now, std::optional<std::string> const& error);
// Another folder, account or server from now on, whose numbers may be the same and mean other mails.
Result<> forget_progress(storage::Transaction& tx, Record& record);

// What became of a mail.
enum class Outcome {
    opened,     // a new case
    threaded,   // an entry on its case
    continued,  // its case had ended: a new one, linked
    related,    // somebody else's case was meant: a new one, linked
    noted,      // an automatic answer or a bounce, noted on its case
    automatic,  // written by a machine, belongs to no case
    loop,       // our own mail that came back
    duplicate,  // the same mail by another way
    earlier,    // from before the mailbox was connected
    failed,     // could not be taken, tried often enough: lies where it lay, to be looked at
    waiting,    // goes out
    sent,
    refused,
};
BOOST_DESCRIBE_ENUM(Outcome, opened, threaded, continued, related, noted, automatic, loop, duplicate, earlier, failed,
                    waiting, sent, refused)
enum class Direction { in, out };
BOOST_DESCRIBE_ENUM(Direction, in, out)

struct MailRecord {
    MailId id{};
    MailboxId mailbox{};
    Direction direction = Direction::in;
    std::optional<std::int64_t> uidvalidity;
    std::optional<std::int64_t> uid;
    std::string message_id;
    std::string in_reply_to;
    std::vector<std::string> references;  // oldest first
    cases::CaseId case_id{};
    cases::EntryId entry{};
    std::optional<std::string> raw;  // SHA-256 of the bytes
    std::string name;                // of the other side
    std::string address;
    std::string sender;  // as shown: "张三 <a@example.com>"
    std::string recipients;
    std::string subject;
    Instant at;
    std::string text;
    std::optional<std::string> html;
    std::vector<std::string> problems;  // codes
    Outcome outcome = Outcome::opened;
    std::optional<std::string> reason;
    bool receipt = false;
    Instant created_at;
    std::optional<Instant> ended_at;              // when it was put away, or sent
    std::optional<std::string> fingerprint = {};  // of one that came in; written, not read back
};
Result<> insert_mail(storage::Transaction& tx, MailRecord const& mail);
Result<MailRecord> load_mail(storage::Transaction& tx, MailId id);

// The settings of a server with its password, opened for the one connection it is for. A password is sealed together
// with its server and account, so that whoever can write the database cannot have it sent elsewhere.
Result<outbound::MailHost> imap_host(Parts const& parts, Record const& record);
Result<outbound::MailHost> smtp_host(Parts const& parts, Record const& record);
// What is kept of a password; empty stays empty.
std::string sealed_password(Parts const& parts, MailServer const& server, std::string_view password);

// What is wrong with a mail, for people.
std::string problem_text(api::Texts const& texts, Locale locale, std::string const& code);

// An entry of the system's audit chain about a mailbox or a mail.
Result<> write_audit(storage::Transaction& tx, Instant now, PersonId by, std::string action, std::string subject,
                     json::object data);

}  // namespace keepword::mailbox
