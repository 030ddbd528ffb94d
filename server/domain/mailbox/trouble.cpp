#include "domain/mailbox/trouble.hpp"

#include <array>

#include "domain/mailbox/threading.hpp"
#include "foundation/text.hpp"

namespace keepword::mailbox {
namespace {

constexpr std::array<Duration, most_tries - 1> pauses{seconds(0), minutes(1), minutes(10), hours(1), hours(6)};

}  // namespace

bool rests_at(Trouble const& trouble, Instant now) {
    return trouble.next_at > now && trouble.next_at - now <= pauses.back();
}

Result<std::map<std::uint32_t, Trouble>> troubles_of(storage::Transaction& tx, MailboxId box,
                                                     std::uint32_t uidvalidity) {
    std::map<std::uint32_t, Trouble> out;
    for (auto const& row : TRY(tx.query("SELECT uid, tries, next_at FROM mail_trouble WHERE mailbox = ? "
                                        "AND uidvalidity = ?",
                                        box, uidvalidity)))
        out[static_cast<std::uint32_t>(row.integer(0))] = {row.integer(1), row.instant(2)};
    return out;
}

Result<bool> note_trouble(Parts const& parts, storage::Transaction& tx, MailboxId box, Place const& place,
                          Prepared const& read, std::string const& code) {
    auto const now = parts.clock.now();
    auto const before = TRY(tx.one("SELECT tries FROM mail_trouble WHERE mailbox = ? AND uidvalidity = ? AND uid = ?",
                                   box, place.uidvalidity, place.uid));
    auto const tries = (before ? before->integer(0) : 0) + 1;
    TRY(forget_trouble(tx, box, place));
    if (tries < most_tries) {
        TRY(tx.execute("INSERT INTO mail_trouble (mailbox, uidvalidity, uid, tries, next_at) VALUES (?,?,?,?,?)", box,
                       place.uidvalidity, place.uid, tries, now + pauses[static_cast<std::size_t>(tries - 1)]));
        return false;
    }
    MailRecord row{.id = parts.ids.next<MailTag>(), .mailbox = box};
    row.uidvalidity = place.uidvalidity;
    row.uid = place.uid;
    if (!read.raw.sha256.empty()) row.raw = read.raw.sha256;
    row.name = text::head(read.mail.from.name, 300);
    row.address = text::head(read.mail.from.address, 300);
    row.sender = row.name.empty() ? row.address : row.name + " <" + row.address + ">";
    row.subject = text::head(read.mail.subject, 1'000);
    row.message_id = text::head(read.mail.message_id, 1'000);
    row.at = row.created_at = now;
    row.ended_at = now;  // it is left where it lies
    row.outcome = Outcome::failed;
    row.reason = code;
    row.problems = read.problems;
    TRY(insert_mail(tx, row));
    TRY(write_audit(tx, now, {}, "mail.set-aside", "mail:" + row.id.str(),
                    {{"mailbox", box.str()},
                     {"outcome", json::word(row.outcome)},
                     {"reason", code},
                     {"from", row.address},
                     {"message_id", row.message_id},
                     {"sha256", read.raw.sha256}}));
    return true;
}

Result<> forget_trouble(storage::Transaction& tx, MailboxId box, Place const& place) {
    TRY(tx.execute("DELETE FROM mail_trouble WHERE mailbox = ? AND uidvalidity = ? AND uid = ?", box, place.uidvalidity,
                   place.uid));
    return {};
}

Result<std::int64_t> try_again(storage::Transaction& tx, MailboxId box) {
    // Of folders as they are numbered now; under other numbers a mail that still lies there was found again by itself.
    auto const failed =
        TRY(tx.one("SELECT count(*), coalesce(min(m.uid), 1) FROM mail m JOIN mailbox b ON b.id = m.mailbox "
                   "AND b.uidvalidity = m.uidvalidity WHERE m.mailbox = ? AND m.outcome = 'failed'",
                   box));
    auto const count = failed->integer(0);
    if (count == 0) return count;
    TRY(
        tx.execute("DELETE FROM mail WHERE mailbox = ? AND outcome = 'failed' "
                   "AND uidvalidity = (SELECT uidvalidity FROM mailbox WHERE id = ?)",
                   box, box));
    // Another version: a pass that is under way must not write back how far it had come.
    TRY(
        tx.execute("UPDATE mailbox SET last_uid = CASE WHEN last_uid < ? THEN last_uid ELSE ? END, "
                   "version = version + 1 WHERE id = ?",
                   failed->integer(1) - 1, failed->integer(1) - 1, box));
    return count;
}

}  // namespace keepword::mailbox
