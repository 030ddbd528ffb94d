#include "domain/mailbox/reply.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "domain/mailbox/threading.hpp"
#include "engine/audit/audit.hpp"
#include "outbound/mime.hpp"
#include "outbound/smtp.hpp"

namespace keepword::mailbox {
namespace {

constexpr std::int64_t max_references = 20;  // mails of a thread that a letter names
constexpr std::int64_t max_receipts_per_day = 5;

struct Thread {
    std::string in_reply_to;              // the customer's last mail; empty where there is none
    std::vector<std::string> references;  // oldest first
};

// What was written to and fro with this address on this case.
Result<Thread> thread_of(storage::Transaction& tx, cases::CaseId id, std::string const& address) {
    Thread out;
    for (auto const& row : TRY(tx.query("SELECT message_id, direction FROM mail WHERE case_id = ? AND peer = ? "
                                        "AND message_id <> '' ORDER BY id DESC LIMIT ?",
                                        id, folded_address(address), max_references))) {
        if (out.in_reply_to.empty() && row.word<Direction>(1) == Direction::in) out.in_reply_to = row.text(0);
        out.references.push_back(row.text(0));
    }
    std::reverse(out.references.begin(), out.references.end());
    return out;
}

// The mailbox a case came by, else the first active one.
Result<Record> mailbox_for(storage::Transaction& tx, cases::CaseId id) {
    auto const row =
        TRY(tx.one("SELECT b.id FROM mailbox b LEFT JOIN mail m ON m.mailbox = b.id AND m.case_id = ? "
                   "AND m.direction = 'in' WHERE b.removed_at IS NULL AND b.active = 1 "
                   "ORDER BY CASE WHEN m.id IS NULL THEN 1 ELSE 0 END, m.id, b.id LIMIT 1",
                   id));
    if (!row) return fail(Kind::conflict, "channel.none");
    return load_mailbox(tx, row->id<MailboxTag>(0));
}

std::string shown(std::string const& name, std::string const& address) {
    return name.empty() ? address : name + " <" + address + ">";
}

struct Loaded {
    MailRecord mail;
    Record mailbox;
};

Result<Loaded> load(storage::Transaction& tx, MailId id) {
    auto mail = TRY(load_mail(tx, id));
    auto mailbox = load_mailbox(tx, mail.mailbox);
    // The one it was to go by is gone: any other will do, the mark in the letter names the case.
    if (!mailbox || !mailbox->active) mailbox = mailbox_for(tx, mail.case_id);
    // One may be switched on again, for instance after a backup was restored.
    if (!mailbox && mailbox.error().code == "channel.none") mailbox.error().kind = Kind::unavailable;
    auto box = TRY(std::move(mailbox));
    return Loaded{std::move(mail), std::move(box)};
}

Result<std::string> bytes_of(Parts const& parts, Loaded const& loaded) {
    auto const& [mail, box] = loaded;
    auto const centre = TRY(parts.database.read([&](storage::Transaction& tx) { return parts.centre(tx); }));
    outbound::Outgoing out;
    out.from = {centre, box.address};
    out.to = {{mail.name, mail.address}};
    if (box.plus_address) {
        auto address = reply_address_for(box.address, mail.case_id, proof_for(parts.mac, mail.case_id, mail.address));
        if (!address.empty()) out.reply_to = {{centre, std::move(address)}};
    }
    out.subject = mail.subject;
    out.text = mail.text;
    out.message_id = mail.message_id;
    out.in_reply_to = mail.in_reply_to;
    out.references = mail.references;
    out.auto_submitted = mail.receipt ? outbound::AutoSubmitted::replied : outbound::AutoSubmitted::no;
    out.date = mail.at;
    // Our own mark on every mail: what comes back with it has gone round in a circle.
    return "X-Loop: " + box.address + "\r\n" + TRY(outbound::write_mail(out));
}

Result<std::string> deliver(Parts const& parts, Record const& mailbox, std::string const& to, std::string const& bytes,
                            std::stop_token stop) {
    auto const host = TRY(smtp_host(parts, mailbox));
    auto const sent = TRY(outbound::send_mail(host, {mailbox.address, {to}}, bytes, std::move(stop)));
    for (auto const& refused : sent.refused) {
        if (refused.code >= 500) return fail(Error(Kind::invalid, "mail.smtp.refused").with("reply", refused.reply));
        return fail(Error(Kind::unavailable, "mail.smtp.later").with("reply", refused.reply));
    }
    return sent.reply;
}

Result<> note_sent(Parts const& parts, MailRecord const& mail, std::string const& raw, std::string const& reply) {
    auto const now = parts.clock.now();
    return parts.database.write([&](storage::Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE mail SET outcome = ?, raw = ?, ended_at = ? WHERE id = ?", Outcome::sent, raw, now,
                       mail.id));
        return audit::append(tx, {.chain = audit::case_chain(mail.case_id.value),
                                  .at = now,
                                  .actor = "system",
                                  .action = "case.mail-sent",
                                  .subject = mail.case_id.str(),
                                  .data = json::object{{"mail", mail.id.str()}, {"sha256", raw}, {"reply", reply}}});
    });
}

// Nobody will try again: whoever works on the case must know that the customer has not been told.
Result<> note_refused(Parts const& parts, cases::Desk& desk, MailRecord const& mail, Error const& error) {
    auto const now = parts.clock.now();
    auto const why = parts.texts.say(Locale::zh, error.code, error.params);
    return parts.database.write([&](storage::Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE mail SET outcome = ?, reason = ?, ended_at = ? WHERE id = ?", Outcome::refused,
                       error.code, now, mail.id));
        TRY(desk.note({tx, now, {}}, mail.case_id, "incident",
                      fmt::format("给 {} 的邮件未能送达：{}", mail.address, why),
                      {{"code", error.code}, {"mail", mail.id.str()}}));
        return {};
    });
}

}  // namespace

std::string write_letter(Letter const& letter, Instant now) {
    auto const text = text::trim(letter.text);
    auto const day = day_at(now, hours(8));
    std::string out;
    // Whoever wrote a greeting meant it to stand first.
    if (!text.starts_with("尊敬的")) {
        out = letter.name.empty() ? "尊敬的用户：\n\n" : fmt::format("尊敬的{}：\n\n", letter.name);
        if (!text.starts_with("您好") && !text.starts_with("你好")) out += "您好！\n\n";
    }
    out += fmt::format("{}\n\n工单编号：{}\n工单标题：{}\n如需补充情况，请直接回复本邮件。\n\n", text, letter.number,
                       letter.title);
    return out + fmt::format("{}\n{}年{}月{}日\n", letter.centre, day.year, day.month, day.day);
}

bool is_address(std::string_view address) {
    auto const at = address.rfind('@');
    return address.size() <= 254 && at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
           std::all_of(address.begin(), address.end(), [](char c) {
               return c > ' ' && c < 0x7F && std::string_view("<>(),;:\\\"[]").find(c) == std::string_view::npos;
           });
}

Result<> post_letter(Parts const& parts, cases::Desk& desk, cases::Act const& act, Record const& mailbox,
                     cases::CustomerMessage const& message, bool receipt) {
    std::string const to(text::trim(message.to_address));
    if (!is_address(to)) return invalid("case.contact_email", "email");
    auto const thread = TRY(thread_of(act.tx, message.id, to));
    auto const proof = proof_for(parts.mac, message.id, to);
    auto const centre = TRY(parts.centre(act.tx));
    MailRecord mail{.id = parts.ids.next<MailTag>(), .mailbox = mailbox.id, .direction = Direction::out};
    json::object data{{"mail", mail.id.str()}, {"to", to}};
    if (receipt) data["receipt"] = true;
    mail.entry = TRY(desk.note(act, message.id, "mail-out", message.text, std::move(data)));
    mail.case_id = message.id;
    mail.message_id = message_id_for(message.id, mail.entry, proof, domain_of(mailbox.address));
    mail.in_reply_to = thread.in_reply_to;
    mail.references = thread.references;
    mail.name = message.to_name;
    mail.address = to;
    mail.sender = shown(centre, mailbox.address);
    mail.recipients = shown(message.to_name, to);
    mail.subject = fmt::format(
        "{} {}", thread.in_reply_to.empty() ? fmt::format("关于“{}”的答复", message.title) : "回复：" + message.title,
        subject_tag(message.number, mailbox.subject_tag ? proof : ""));
    mail.at = act.now;
    mail.text = write_letter({message.to_name, message.text, message.number, message.title, centre}, act.now);
    mail.outcome = Outcome::waiting;
    mail.receipt = receipt;
    mail.created_at = act.now;
    TRY(insert_mail(act.tx, mail));
    TRY(jobs::enqueue(act.tx, mail_job, mail.message_id, json::object{{"mail", mail.id.str()}}, act.now));
    return {};
}

Result<> post_receipt(Parts const& parts, cases::Desk& desk, cases::Act const& act, Record const& mailbox,
                      cases::CaseId id, std::string const& address) {
    auto const sent = TRY(
        act.tx.one("SELECT count(*) FROM mail WHERE peer = ? AND direction = 'out' AND receipt = 1 AND created_at > ?",
                   folded_address(address), act.now - days(1)));
    if (sent->integer(0) >= max_receipts_per_day) return {};
    auto const row = TRY(act.tx.one("SELECT number, title, contact_name FROM cases WHERE id = ?", id));
    return post_letter(parts, desk, act, mailbox,
                       {.id = id,
                        .number = row->text(0),
                        .title = row->text(1),
                        .to_address = address,
                        .to_name = row->text(2),
                        .text = "您的来信已收到，我们已登记为工单，将尽快安排处理，并把处理情况告知您。",
                        .entry = {}},
                       true);
}

Result<> tell_customer(Parts const& parts, cases::Desk& desk, storage::Transaction& tx,
                       cases::CustomerMessage const& message, Instant now) {
    auto const mailbox = TRY(mailbox_for(tx, message.id));
    // Who wrote it is who made the entry it belongs to.
    auto const row = TRY(tx.one("SELECT actor FROM timeline WHERE id = ?", message.entry));
    return post_letter(parts, desk, {tx, now, row ? row->id<PersonTag>(0) : PersonId{}}, mailbox, message, false);
}

Result<> send(Parts const& parts, cases::Desk& desk, jobs::Job const& job, std::stop_token stop) {
    auto const* given = job.payload.is_object() ? job.payload.get_object().if_contains("mail") : nullptr;
    auto const id = given != nullptr && given->is_string() ? MailId::parse(given->get_string()) : std::nullopt;
    if (!id) return fail(Kind::invalid, "mail.job");
    auto const mail = TRY(parts.database.read([&](storage::Transaction& tx) { return load_mail(tx, *id); }));
    if (mail.outcome == Outcome::sent) return {};
    std::string raw;
    auto const sent = [&]() -> Result<std::string> {
        auto const loaded = TRY(parts.database.read([&](storage::Transaction& tx) { return load(tx, *id); }));
        auto const bytes = TRY(bytes_of(parts, loaded));
        raw = TRY(parts.blobs.put(bytes)).sha256;
        return deliver(parts, loaded.mailbox, loaded.mail.address, bytes, std::move(stop));
    }();
    if (sent) return note_sent(parts, mail, raw, *sent);
    bool const again =
        (sent.error().kind == Kind::unavailable || sent.error().kind == Kind::internal) && job.tries < jobs::max_tries;
    if (!again) TRY(note_refused(parts, desk, mail, sent.error()));
    return fail(sent.error());
}

Result<> send_note(Parts const& parts, Note const& note, std::string const& key, std::stop_token stop) {
    if (!is_address(note.address)) return fail(Kind::invalid, "mail.address");
    std::string centre;
    auto const box = TRY(parts.database.read([&](storage::Transaction& tx) -> Result<Record> {
        centre = TRY(parts.centre(tx));
        return mailbox_for(tx, {});
    }));
    outbound::Outgoing out;
    out.from = {centre, box.address};
    out.to = {{note.name, note.address}};
    out.subject = note.subject;
    out.text = note.text + "\n\n" + centre + "\n";
    out.message_id = key + "@" + domain_of(box.address);
    out.auto_submitted = outbound::AutoSubmitted::generated;
    out.date = parts.clock.now();
    auto const bytes = "X-Loop: " + box.address + "\r\n" + TRY(outbound::write_mail(out));
    TRY(deliver(parts, box, note.address, bytes, std::move(stop)));
    return {};
}

}  // namespace keepword::mailbox
