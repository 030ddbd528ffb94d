#include "domain/mailbox/mailbox_store.hpp"

#include "domain/mailbox/threading.hpp"
#include "engine/audit/audit.hpp"

namespace keepword::mailbox {
namespace {

Record record_from(storage::Row const& r) {
    auto const number = [&](std::size_t i) { return static_cast<std::uint32_t>(r.integer(i)); };
    return {.id = r.id<MailboxTag>(0),
            .name = r.text(1),
            .address = r.text(2),
            .imap = {{r.text(3)}, r.integer(4), r.word<Security>(5), {r.text(6)}},
            .imap_password = r.text(7),
            .smtp = {{r.text(8)}, r.integer(9), r.word<Security>(10), {r.text(11)}},
            .smtp_password = r.text(12),
            .folder = r.text(13),
            .after_taking = r.word<AfterTaking>(14),
            .processed = r.text(15),
            .receipts = r.flag(16),
            .subject_tag = r.flag(17),
            .plus_address = r.flag(18),
            .active = r.flag(19),
            .uidvalidity = number(20),
            .last_uid = number(21),
            .history_uid = number(22),
            .last_checked_at = r.optional_instant(23),
            .last_error = r.optional_text(24),
            .created_at = r.instant(25),
            .version = r.integer(26)};
}

storage::Select select_mailboxes() {
    storage::Select select(
        "SELECT id, name, address, imap_host, imap_port, imap_security, imap_login, imap_password, "
        "smtp_host, smtp_port, smtp_security, smtp_login, smtp_password, folder, after_taking, "
        "processed, receipts, subject_tag, plus_address, active, uidvalidity, last_uid, history_uid, "
        "last_checked_at, last_error, created_at, version FROM mailbox");
    select.where("removed_at IS NULL");
    return select;
}

Result<> expect_free_address(storage::Transaction& tx, Record const& record) {
    auto const taken = TRY(tx.one("SELECT 1 FROM mailbox WHERE lower(address) = ? AND removed_at IS NULL AND id <> ?",
                                  folded_address(record.address), record.id));
    if (taken) return fail(Kind::conflict, "mailbox.address-taken");
    return {};
}

// What a password is sealed with: where it may be sent.
std::string place_of(MailServer const& server) {
    return server.host.value + "|" + std::to_string(server.port) + "|" + json::word(server.security) + "|" +
           server.login.value + "\n";
}

Result<outbound::MailHost> host_of(Parts const& parts, MailServer const& server, std::string const& sealed) {
    outbound::MailHost host{.host = server.host.value,
                            .port = static_cast<unsigned short>(server.port),
                            .security = server.security == Security::none  ? outbound::Security::none
                                        : server.security == Security::tls ? outbound::Security::tls
                                                                           : outbound::Security::starttls,
                            .user = server.login.value,
                            .password = {},
                            .ca_file = parts.ca_file};
    if (sealed.empty()) return host;
    auto const opened = TRY(parts.open(TRY(crypto::from_hex(sealed))));
    auto const place = place_of(server);
    if (!opened.reveal().starts_with(place)) return fail(Kind::internal, "mailbox.password-of-another-server");
    host.password = Secret(std::string(opened.reveal().substr(place.size())));
    return host;
}

}  // namespace

Result<Record> load_mailbox(storage::Transaction& tx, MailboxId id) {
    auto select = select_mailboxes();
    auto const rows = TRY(tx.query(select.where("id = ?", id)));
    if (rows.empty()) return fail(Kind::not_found, "not-found");
    return record_from(rows.front());
}

Result<std::vector<Record>> all_mailboxes(storage::Transaction& tx) {
    auto select = select_mailboxes();
    std::vector<Record> out;
    for (auto const& row : TRY(tx.query(select.end("ORDER BY id")))) out.push_back(record_from(row));
    return out;
}

Result<> insert_mailbox(storage::Transaction& tx, Record const& r) {
    TRY(expect_free_address(tx, r));
    TRY(tx.execute(
        "INSERT INTO mailbox (id, name, address, imap_host, imap_port, imap_security, imap_login, imap_password, "
        "smtp_host, smtp_port, smtp_security, smtp_login, smtp_password, folder, after_taking, processed, "
        "receipts, subject_tag, plus_address, active, uidvalidity, last_uid, history_uid, created_at, version) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,0,0,?,1)",
        r.id, r.name, r.address, r.imap.host, r.imap.port, r.imap.security, r.imap.login, r.imap_password, r.smtp.host,
        r.smtp.port, r.smtp.security, r.smtp.login, r.smtp_password, r.folder, r.after_taking, r.processed, r.receipts,
        r.subject_tag, r.plus_address, r.active, r.created_at));
    return {};
}

Result<> update_mailbox(storage::Transaction& tx, Record& r) {
    TRY(expect_free_address(tx, r));
    ++r.version;
    TRY(tx.execute(
        "UPDATE mailbox SET name=?, address=?, imap_host=?, imap_port=?, imap_security=?, imap_login=?, "
        "imap_password=?, smtp_host=?, smtp_port=?, smtp_security=?, smtp_login=?, smtp_password=?, folder=?, "
        "after_taking=?, processed=?, receipts=?, subject_tag=?, plus_address=?, active=?, uidvalidity=?, "
        "last_uid=?, history_uid=?, last_error=NULL, version=? WHERE id=?",
        r.name, r.address, r.imap.host, r.imap.port, r.imap.security, r.imap.login, r.imap_password, r.smtp.host,
        r.smtp.port, r.smtp.security, r.smtp.login, r.smtp_password, r.folder, r.after_taking, r.processed, r.receipts,
        r.subject_tag, r.plus_address, r.active, r.uidvalidity, r.last_uid, r.history_uid, r.version, r.id));
    return {};
}

Result<> remove_mailbox(storage::Transaction& tx, MailboxId id, Instant now) {
    TRY(
        tx.execute("UPDATE mailbox SET removed_at = ?, active = 0, imap_password = '', smtp_password = '', "
                   "version = version + 1 WHERE id = ?",
                   now, id));
    return {};
}

Result<bool> can_send(storage::Transaction& tx) {
    return TRY(tx.one("SELECT 1 FROM mailbox WHERE active = 1 AND removed_at IS NULL LIMIT 1")).has_value();
}

Result<std::int64_t> switch_all_off(storage::Transaction& tx, Instant now) {
    auto const boxes = TRY(tx.query("SELECT id FROM mailbox WHERE active = 1 AND removed_at IS NULL ORDER BY id"));
    for (auto const& row : boxes) {
        auto const id = row.id<MailboxTag>(0);
        TRY(tx.execute("UPDATE mailbox SET active = 0, version = version + 1 WHERE id = ?", id));
        TRY(write_audit(tx, now, {}, "mailbox.switched-off", "mailbox:" + id.str(), {}));
    }
    return std::ssize(boxes);
}

Result<> save_progress(storage::Transaction& tx, Record const& record, std::uint32_t uidvalidity,
                       std::uint32_t last_uid) {
    TRY(tx.execute(
        "UPDATE mailbox SET history_uid = CASE WHEN uidvalidity = ? THEN history_uid ELSE 0 END, uidvalidity = ?, "
        "last_uid = ? WHERE id = ? AND version = ?",
        uidvalidity, uidvalidity, last_uid, record.id, record.version));
    return {};
}

Result<> begin_progress(storage::Transaction& tx, Record const& record) {
    TRY(tx.execute("UPDATE mailbox SET uidvalidity = ?, last_uid = 0, history_uid = ? WHERE id = ? AND version = ?",
                   record.uidvalidity, record.history_uid, record.id, record.version));
    return {};
}

Result<> save_check(storage::Transaction& tx, MailboxId id, Instant now, std::optional<std::string> const& error) {
    TRY(tx.execute("UPDATE mailbox SET last_checked_at = ?, last_error = ? WHERE id = ?", now, error, id));
    return {};
}

Result<> forget_progress(storage::Transaction& tx, Record& record) {
    record.uidvalidity = record.last_uid = record.history_uid = 0;
    TRY(tx.execute("UPDATE mail SET uidvalidity = NULL, uid = NULL WHERE mailbox = ? AND uid IS NOT NULL", record.id));
    TRY(tx.execute("DELETE FROM mail_trouble WHERE mailbox = ?", record.id));
    return {};
}

Result<> insert_mail(storage::Transaction& tx, MailRecord const& m) {
    TRY(tx.execute(
        "INSERT INTO mail (id, mailbox, direction, uidvalidity, uid, message_id, in_reply_to, refs, case_id, entry, "
        "raw, peer, name, address, sender, recipients, subject, at, text, html, problems, outcome, reason, "
        "receipt, created_at, ended_at, fingerprint) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        m.id, m.mailbox, m.direction, m.uidvalidity, m.uid, m.message_id, m.in_reply_to, json::encode(m.references),
        m.case_id, m.entry, m.raw, folded_address(m.address), m.name, m.address, m.sender, m.recipients, m.subject,
        m.at, m.text, m.html, json::encode(m.problems), m.outcome, m.reason, m.receipt, m.created_at, m.ended_at,
        m.fingerprint));
    return {};
}

Result<MailRecord> load_mail(storage::Transaction& tx, MailId id) {
    auto const row =
        TRY(tx.one("SELECT id, mailbox, direction, uidvalidity, uid, message_id, in_reply_to, refs, case_id, "
                   "entry, raw, name, address, sender, recipients, subject, at, text, html, problems, outcome, "
                   "reason, receipt, created_at, ended_at FROM mail WHERE id = ?",
                   id));
    if (!row) return fail(Kind::not_found, "not-found");
    auto const& r = *row;
    auto const number = [&](std::size_t i) { return r.null(i) ? std::nullopt : std::optional(r.integer(i)); };
    auto references = TRY(json::decode<std::vector<std::string>>(r.json(7)));
    auto problems = TRY(json::decode<std::vector<std::string>>(r.json(19)));
    return MailRecord{.id = id,
                      .mailbox = r.id<MailboxTag>(1),
                      .direction = r.word<Direction>(2),
                      .uidvalidity = number(3),
                      .uid = number(4),
                      .message_id = r.text(5),
                      .in_reply_to = r.text(6),
                      .references = std::move(references),
                      .case_id = r.id<cases::CaseTag>(8),
                      .entry = r.id<cases::EntryTag>(9),
                      .raw = r.optional_text(10),
                      .name = r.text(11),
                      .address = r.text(12),
                      .sender = r.text(13),
                      .recipients = r.text(14),
                      .subject = r.text(15),
                      .at = r.instant(16),
                      .text = r.text(17),
                      .html = r.optional_text(18),
                      .problems = std::move(problems),
                      .outcome = r.word<Outcome>(20),
                      .reason = r.optional_text(21),
                      .receipt = r.flag(22),
                      .created_at = r.instant(23),
                      .ended_at = r.optional_instant(24)};
}

Result<outbound::MailHost> imap_host(Parts const& parts, Record const& record) {
    return host_of(parts, record.imap, record.imap_password);
}

Result<outbound::MailHost> smtp_host(Parts const& parts, Record const& record) {
    return host_of(parts, record.smtp, record.smtp_password);
}

std::string sealed_password(Parts const& parts, MailServer const& server, std::string_view password) {
    if (password.empty()) return {};
    auto plain = place_of(server) + std::string(password);
    auto sealed = crypto::hex(parts.seal(plain));
    wipe(plain);
    return sealed;
}

std::string problem_text(api::Texts const& texts, Locale locale, std::string const& code) {
    constexpr std::string_view not_taken = "not-taken.";
    if (!code.starts_with(not_taken)) return texts.say(locale, "mail.problem." + code);
    return texts.say(locale, "mail.problem.not-taken", {{"code", code.substr(not_taken.size())}});
}

Result<> write_audit(storage::Transaction& tx, Instant now, PersonId by, std::string action, std::string subject,
                     json::object data) {
    return audit::append(tx, {.chain = audit::system_chain,
                              .at = now,
                              .actor = by ? by.str() : "system",
                              .action = std::move(action),
                              .subject = std::move(subject),
                              .data = std::move(data)});
}

}  // namespace keepword::mailbox
