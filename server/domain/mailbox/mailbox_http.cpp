#include <algorithm>

#include "domain/mailbox/reply.hpp"
#include "domain/mailbox/threading.hpp"
#include "domain/mailbox/trouble.hpp"
#include "domain/people/people.hpp"
#include "outbound/mime.hpp"
#include "outbound/smtp.hpp"

namespace keepword::mailbox {
namespace {

struct Mailbox {
    MailboxId id{};
    std::string name;
    std::string address;
    MailServer imap;
    MailServer smtp;
    std::string folder;
    AfterTaking after_taking = AfterTaking::move;
    std::string processed;
    bool receipts = true;
    bool subject_tag = false;
    bool plus_address = false;
    bool active = true;
    std::optional<Instant> last_checked_at;
    std::optional<std::string> last_error;  // in the caller's language
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(Mailbox, (),
                      (id, name, address, imap, smtp, folder, after_taking, processed, receipts, subject_tag,
                       plus_address, active, last_checked_at, last_error, version))

// What a new mailbox is set up with, and what a change may say; a change leaves out what stays as it is.
struct MailboxInput {
    std::optional<json::Text<100>> name;
    std::optional<json::Text<254>> address;
    std::optional<MailServer> imap;
    std::optional<json::Text<300>> imap_password;
    std::optional<MailServer> smtp;
    std::optional<json::Text<300>> smtp_password;
    std::optional<json::Text<200>> folder;
    std::optional<AfterTaking> after_taking;
    std::optional<json::Text<200>> processed;
    std::optional<bool> receipts;
    std::optional<bool> subject_tag;
    std::optional<bool> plus_address;
    std::optional<bool> active;
};
BOOST_DESCRIBE_STRUCT(MailboxInput, (),
                      (name, address, imap, imap_password, smtp, smtp_password, folder, after_taking, processed,
                       receipts, subject_tag, plus_address, active))

struct ServerCheck {
    bool ok = false;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(ServerCheck, (), (ok, message))
struct MailboxCheck {
    ServerCheck imap;
    ServerCheck smtp;
};
BOOST_DESCRIBE_STRUCT(MailboxCheck, (), (imap, smtp))

// A mail that was taken, for whoever looks after the mailbox: what became of it, not what it says.
struct TakenMail {
    MailId id{};
    std::string from;
    std::string subject;
    Instant at;
    Outcome outcome = Outcome::opened;
    std::optional<std::string> reason;
    std::optional<cases::CaseId> case_;
    std::vector<std::string> problems;
    Instant taken_at;
    bool original = false;  // it is on no case, and can be downloaded as it came
};
BOOST_DESCRIBE_STRUCT(TakenMail, (), (id, from, subject, at, outcome, reason, case_, problems, taken_at, original))

struct TriedAgain {
    std::int64_t mails = 0;  // that the next pass takes up
};
BOOST_DESCRIBE_STRUCT(TriedAgain, (), (mails))

struct MailAttachment {
    cases::AttachmentId id{};
    std::string name;
    std::int64_t size = 0;
    std::string type;
    std::string sha256;
    std::optional<api::Ref> by;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(MailAttachment, (), (id, name, size, type, sha256, by, at))

struct Mail {
    MailId id{};
    std::string from;
    std::string to;
    std::string subject;
    Instant at;
    std::string text;
    std::optional<std::string> html;
    std::vector<MailAttachment> attachments;
    std::vector<std::string> problems;  // in the caller's language
    Outcome outcome = Outcome::opened;
};
BOOST_DESCRIBE_STRUCT(Mail, (), (id, from, to, subject, at, text, html, attachments, problems, outcome))

// What its administrator set, and nothing of its passwords.
Mailbox settings_of(Record const& r) {
    return {.id = r.id,
            .name = r.name,
            .address = r.address,
            .imap = r.imap,
            .smtp = r.smtp,
            .folder = r.folder,
            .after_taking = r.after_taking,
            .processed = r.processed,
            .receipts = r.receipts,
            .subject_tag = r.subject_tag,
            .plus_address = r.plus_address,
            .active = r.active};
}

Mailbox shown(Parts const& parts, api::Call const& call, Record const& r) {
    auto view = settings_of(r);
    view.last_checked_at = r.last_checked_at;
    if (r.last_error) view.last_error = parts.texts.say(call.locale, *r.last_error);
    view.version = r.version;
    return view;
}

// What the audit keeps of a mailbox: never a password.
json::value audited(Record const& r) {
    auto encoded = json::encode(settings_of(r));
    encoded.as_object().erase("last_checked_at");
    encoded.as_object().erase("last_error");
    return encoded;
}

void check_server(people::Checks& checks, std::string const& field, MailServer const& server) {
    bool const host =
        !server.host.value.empty() && std::all_of(server.host.value.begin(), server.host.value.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                   c == ':';
        });
    if (!host) checks.wrong(field + ".host", server.host.value.empty() ? "required" : "invalid");
    if (server.port < 1 || server.port > 65'535) checks.wrong(field + ".port", "range");
}

// Where a password is sent is part of it: with another server or account it must be given anew, or whoever may change
// settings could have it sent to a server of their own.
void set_server(Parts const& parts, people::Checks& checks, std::string const& field,
                std::optional<MailServer> const& given, std::optional<json::Text<300>> const& password,
                MailServer& server, std::string& sealed) {
    bool const moved = given && *given != server;
    if (given) server = *given;
    check_server(checks, field, server);
    if (server.login.value.empty())
        sealed.clear();
    else if (password && !password->value.empty())
        sealed = sealed_password(parts, server, password->value);
    else if (moved || sealed.empty())
        checks.wrong(field + "_password", "required");
}

Result<> apply(Parts const& parts, MailboxInput const& in, Record& r) {
    people::Checks checks;
    if (in.name) r.name = checks.required("name", in.name->value);
    if (in.address) r.address = checks.required("address", in.address->value);
    if (!is_address(r.address) && !r.address.empty()) checks.wrong("address", "email");
    set_server(parts, checks, "imap", in.imap, in.imap_password, r.imap, r.imap_password);
    set_server(parts, checks, "smtp", in.smtp, in.smtp_password, r.smtp, r.smtp_password);
    if (in.folder) r.folder = checks.required("folder", in.folder->value);
    if (in.processed) r.processed = checks.required("processed", in.processed->value);
    r.after_taking = in.after_taking.value_or(r.after_taking);
    r.receipts = in.receipts.value_or(r.receipts);
    r.subject_tag = in.subject_tag.value_or(r.subject_tag);
    r.plus_address = in.plus_address.value_or(r.plus_address);
    r.active = in.active.value_or(r.active);
    // Mails moved to where they are taken from would be taken again and again.
    if (r.after_taking == AfterTaking::move && text::fold(r.folder) == text::fold(r.processed))
        checks.wrong("processed", "same-folder");
    return checks.done();
}

Result<> audit_passwords(api::Call const& call, storage::Transaction& tx, Record const& before, Record const& after) {
    json::array which;
    if (before.imap_password != after.imap_password) which.push_back("imap");
    if (before.smtp_password != after.smtp_password) which.push_back("smtp");
    if (which.empty()) return {};
    return write_audit(tx, call.now, call.caller.person, "mailbox.password-changed",
                       people::subject("mailbox", after.id), {{"of", which}});
}

Result<Mailbox> create(Parts const& parts, api::Call const& call, MailboxInput const& in, storage::Transaction& tx) {
    Record record{.id = parts.ids.next<MailboxTag>(), .created_at = call.now};
    Error missing(Kind::invalid, "input.invalid");
    if (!in.name) missing.fields.push_back({"name", "required"});
    if (!in.address) missing.fields.push_back({"address", "required"});
    if (!in.imap) missing.fields.push_back({"imap", "required"});
    if (!in.smtp) missing.fields.push_back({"smtp", "required"});
    if (!missing.fields.empty()) return fail(missing);
    TRY(apply(parts, in, record));
    TRY(insert_mailbox(tx, record));
    TRY(people::record(tx, {.by = call.caller.person, .now = call.now, .ids = parts.ids}, "mailbox.created",
                       people::subject("mailbox", record.id), nullptr, audited(record)));
    TRY(audit_passwords(call, tx, {}, record));
    return shown(parts, call, record);
}

Result<Mailbox> change(Parts const& parts, api::Call const& call, MailboxInput const& in, storage::Transaction& tx) {
    auto record = TRY(load_mailbox(tx, TRY(call.id<MailboxTag>())));
    TRY(call.expect_version(record.version));
    auto const before = record;
    TRY(apply(parts, in, record));
    bool const elsewhere = record.imap.host != before.imap.host || record.imap.port != before.imap.port ||
                           record.imap.login != before.imap.login || record.folder != before.folder;
    if (elsewhere) TRY(forget_progress(tx, record));
    TRY(update_mailbox(tx, record));
    TRY(people::record(tx, {.by = call.caller.person, .now = call.now, .ids = parts.ids}, "mailbox.changed",
                       people::subject("mailbox", record.id), audited(before), audited(record)));
    TRY(audit_passwords(call, tx, before, record));
    return shown(parts, call, TRY(load_mailbox(tx, record.id)));
}

Result<api::Nothing> remove(Parts const& parts, api::Call const& call, storage::Transaction& tx) {
    auto const record = TRY(load_mailbox(tx, TRY(call.id<MailboxTag>())));
    TRY(remove_mailbox(tx, record.id, call.now));
    TRY(people::record(tx, {.by = call.caller.person, .now = call.now, .ids = parts.ids}, "mailbox.removed",
                       people::subject("mailbox", record.id), audited(record), nullptr));
    return api::Nothing();
}

ServerCheck checked(Parts const& parts, Locale locale, Result<> const& result, std::string const& good) {
    if (result) return {true, parts.texts.say(locale, good)};
    auto const& error = result.error();
    return {false, parts.texts.say(locale, error.kind == Kind::internal ? "internal" : error.code, error.params)};
}

Result<> try_imap(Parts const& parts, Record const& box) {
    outbound::Imap imap(TRY(imap_host(parts, box)), parts.stopping);
    TRY(imap.connect());
    TRY(imap.list({box.folder, box.uidvalidity}, box.last_uid, 1));
    return {};
}

// A mail from the mailbox to itself: whatever a server may object to, it objects to here. The intake knows it for one
// of our own and makes no case of it.
Result<> try_smtp(Parts const& parts, Record const& box, Locale locale, Instant now) {
    outbound::Outgoing mail;
    mail.from = mail.to.emplace_back("", box.address);
    mail.subject = parts.texts.say(locale, "mailbox.test-subject");
    mail.text = parts.texts.say(locale, "mailbox.test-text") + "\n";
    mail.message_id = "test." + crypto::hex(crypto::random_bytes(12)) + "@" + domain_of(box.address);
    mail.auto_submitted = outbound::AutoSubmitted::generated;
    mail.date = now;
    auto const bytes = "X-Loop: " + box.address + "\r\n" + TRY(outbound::write_mail(mail));
    auto const sent =
        TRY(outbound::send_mail(TRY(smtp_host(parts, box)), {box.address, {box.address}}, bytes, parts.stopping));
    if (sent.refused.empty()) return {};
    return fail(Error(Kind::invalid, "mail.smtp.refused").with("reply", sent.refused.front().reply));
}

Result<MailboxCheck> check(Parts const& parts, api::Call const& call) {
    auto const id = TRY(call.id<MailboxTag>());
    auto const box = TRY(parts.database.read([&](storage::Transaction& tx) { return load_mailbox(tx, id); }));
    return MailboxCheck{checked(parts, call.locale, try_imap(parts, box), "mailbox.test-imap"),
                        checked(parts, call.locale, try_smtp(parts, box, call.locale, call.now), "mailbox.test-smtp")};
}

// A mail on a case of a closed kind is its people's business: not even who wrote and about what.
Result<api::Page<TakenMail>> taken(cases::Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const box = TRY(load_mailbox(tx, TRY(call.id<MailboxTag>())));
    auto const limit = TRY(call.limit());
    storage::Select select(
        "SELECT m.id, m.sender, m.subject, m.at, m.outcome, m.reason, m.case_id, m.problems, m.created_at, m.raw FROM "
        "mail m "
        "LEFT JOIN cases c ON c.id = m.case_id");
    select.where("m.mailbox = ? AND m.direction = 'in'", box.id);
    TRY(cases::keep_repairable(select, tx, desk.parts().library, call.caller));
    if (auto const before = TRY(people::cursor_of(call)); before != 0) select.where("m.id < ?", before);
    if (auto const outcome = call.query.text("outcome"); !outcome.empty()) select.where("m.outcome = ?", outcome);
    select.end("ORDER BY m.id DESC LIMIT ?", limit + 1);
    std::vector<TakenMail> items;
    for (auto const& r : TRY(tx.query(select))) {
        auto problems = TRY(json::decode<std::vector<std::string>>(r.json(7)));
        items.push_back({r.id<MailTag>(0), r.text(1), r.text(2), r.instant(3), r.word<Outcome>(4), r.optional_text(5),
                         r.optional_id<cases::CaseTag>(6), std::move(problems), r.instant(8), r.null(6) && !r.null(9)});
    }
    return people::page_of(std::move(items), limit, [](TakenMail const& mail) { return mail.id.str(); });
}

// The bytes of a mail that is on no case. What is on one is read there, by whoever may see it.
Result<api::Reply> original(Parts const& parts, api::Call const& call, storage::Transaction& tx) {
    auto const box = TRY(load_mailbox(tx, TRY(call.id<MailboxTag>())));
    auto const mail = TRY(load_mail(tx, TRY(call.id<MailTag>("mail"))));
    bool const here = mail.mailbox == box.id && mail.direction == Direction::in && !mail.case_id && mail.raw;
    if (!here) return fail(Kind::not_found, "not-found");
    api::Reply reply;
    reply.file = TRY(parts.blobs.path(*mail.raw));
    reply.headers = {{"content-type", "application/octet-stream"},
                     {"content-disposition", "attachment; filename=\"" + mail.id.str() + ".eml\""},
                     {"cache-control", "no-store"}};
    return reply;
}

Result<TriedAgain> again(api::Call const& call, storage::Transaction& tx) {
    auto const box = TRY(load_mailbox(tx, TRY(call.id<MailboxTag>())));
    TriedAgain const out{TRY(try_again(tx, box.id))};
    TRY(write_audit(tx, call.now, call.caller.person, "mailbox.tried-again", people::subject("mailbox", box.id),
                    {{"mails", out.mails}}));
    return out;
}

Result<Mail> mail_of_case(Parts const& parts, cases::Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const id = TRY(call.id<cases::CaseTag>());
    TRY(cases::expect_visible(tx, desk.parts().library, call.caller, id));
    auto const mail = TRY(load_mail(tx, TRY(call.id<MailTag>("mail"))));
    if (mail.case_id != id) return fail(Kind::not_found, "not-found");
    Mail out{.id = mail.id,
             .from = mail.sender,
             .to = mail.recipients,
             .subject = mail.subject,
             .at = mail.at,
             .text = mail.text,
             .html = mail.html,
             .outcome = mail.outcome};
    for (auto const& code : mail.problems) out.problems.push_back(problem_text(parts.texts, call.locale, code));
    for (auto const& r :
         TRY(tx.query("SELECT a.id, a.name, a.size, a.type, a.sha256, p.id, p.name, a.at FROM attachment a "
                      "LEFT JOIN person p ON p.id = a.by_person WHERE a.entry = ? AND a.case_id = ? ORDER BY a.id",
                      mail.entry, id))) {
        out.attachments.push_back(
            {r.id<cases::AttachmentTag>(0), r.text(1), r.integer(2), r.text(3), r.text(4),
             r.null(5) ? std::nullopt : std::optional(api::Ref{r.id<PersonTag>(5).str(), r.text(6)}), r.instant(7)});
    }
    return out;
}

}  // namespace

api::Routes routes(Parts const& parts, cases::Desk& desk) {
    using Tx = storage::Transaction;
    api::Routes out;
    out.push_back(api::get("/mailboxes", {.right = "mailboxes.manage", .help = "The mailboxes customers write to"},
                           [&](api::Call const& call, Tx& tx) -> Result<api::Page<Mailbox>> {
                               api::Page<Mailbox> page;
                               for (auto const& record : TRY(all_mailboxes(tx)))
                                   page.items.push_back(shown(parts, call, record));
                               return page;
                           }));
    out.push_back(api::post<MailboxInput>(
        "/mailboxes", {.right = "mailboxes.manage", .help = "Connect a mailbox", .status = 201},
        [&](api::Call const& call, MailboxInput const& in, Tx& tx) { return create(parts, call, in, tx); }));
    out.push_back(api::patch<MailboxInput>(
        "/mailboxes/{id}",
        {.right = "mailboxes.manage", .help = "Change a mailbox; a password belongs to its server and account"},
        [&](api::Call const& call, MailboxInput const& in, Tx& tx) { return change(parts, call, in, tx); }));
    out.push_back(api::remove(
        "/mailboxes/{id}", {.right = "mailboxes.manage", .help = "Disconnect a mailbox; its mails stay on their cases"},
        [&](api::Call const& call, api::Nothing const&, Tx& tx) { return remove(parts, call, tx); }));
    out.push_back(
        api::work<api::Nothing>("POST", "/mailboxes/{id}/test",
                                {.right = "mailboxes.manage",
                                 .help = "Sign in to both servers, look into the folder, send a mail to itself",
                                 .slow = true},
                                [&](api::Call& call, api::Nothing&&) { return check(parts, call); }));
    out.push_back(
        api::get("/mailboxes/{id}/mails",
                 {.right = "mailboxes.manage",
                  .help = "What was taken and what became of it, newest first",
                  .query = {{"outcome", "Only mails of which this became: automatic, loop, duplicate, failed …"},
                            {"limit", "1 to 200"},
                            {"cursor", "next of the page before"}}},
                 [&](api::Call const& call, Tx& tx) { return taken(desk, call, tx); }));
    out.push_back(api::get("/mailboxes/{id}/mails/{mail}/original",
                           {.right = "mailboxes.manage", .help = "Download a mail that is on no case, as it came"},
                           [&](api::Call const& call, Tx& tx) { return original(parts, call, tx); }));
    out.push_back(api::post<api::Nothing>(
        "/mailboxes/{id}/again",
        {.right = "mailboxes.manage", .help = "Take up again the mails that were set aside because they failed"},
        [](api::Call const& call, api::Nothing const&, Tx& tx) { return again(call, tx); }));
    out.push_back(api::get("/cases/{id}/mails/{mail}",
                           {.right = "signed-in", .help = "A mail that came or went on a case"},
                           [&](api::Call const& call, Tx& tx) { return mail_of_case(parts, desk, call, tx); }));
    return out;
}

}  // namespace keepword::mailbox
