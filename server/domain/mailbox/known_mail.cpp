#include "domain/mailbox/known_mail.hpp"

#include <algorithm>

#include "domain/mailbox/threading.hpp"
#include "foundation/text.hpp"

namespace keepword::mailbox {
namespace {

constexpr std::size_t max_ids = 60;           // of one bounce that are looked up
constexpr std::size_t max_addresses = 20;     // in the text of one bounce
constexpr Duration longest_return = days(7);  // servers give up after five days

// Whatever in a text looks like an address, in small letters.
std::vector<std::string> addresses_in(std::string_view text) {
    constexpr std::string_view inside =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+-/=?^_`{|}~";
    std::vector<std::string> out;
    for (std::size_t at = 0; (at = text.find('@', at)) != std::string_view::npos && out.size() < max_addresses; ++at) {
        auto const before = text.substr(0, at).find_last_not_of(inside);
        auto const begin = before == std::string_view::npos ? 0 : before + 1;
        auto const end = std::min(text.find_first_not_of(inside, at + 1), text.size());
        auto word = folded_address(text.substr(begin, end - begin));
        while (word.ends_with('.')) word.pop_back();
        if (std::find(out.begin(), out.end(), word) == out.end()) out.push_back(std::move(word));
    }
    return out;
}

Result<std::optional<BouncedMail>> last_to(storage::Transaction& tx, std::string const& address, Instant now) {
    auto const row =
        TRY(tx.one("SELECT id, case_id, address FROM mail WHERE peer = ? AND direction = 'out' AND created_at > ? "
                   "ORDER BY id DESC LIMIT 1",
                   address, now - longest_return));
    if (!row) return std::optional<BouncedMail>();
    return std::optional(BouncedMail{row->id<MailTag>(0), row->id<cases::CaseTag>(1), row->text(2), true});
}

}  // namespace

std::string fingerprint_of(Prepared const& prepared) {
    auto const& mail = prepared.mail;
    crypto::Sha256 hash;
    auto const add = [&](std::string_view value) {
        hash.add(std::to_string(value.size()) + ":");
        hash.add(value);
    };
    add(mail.message_id);
    add(folded_address(mail.from.address));
    add(mail.date ? mail.date->str() : "");
    add(mail.subject);
    add(mail.text);
    add(mail.quoted);
    for (auto const& file : prepared.files) add(file.blob.sha256);
    return crypto::hex(hash.finish());
}

Result<std::string> loop_sign(storage::Transaction& tx, Prepared const& prepared) {
    auto const& mail = prepared.mail;
    if (!mail.message_id.empty() &&
        TRY(tx.one("SELECT 1 FROM mail WHERE message_id = ? AND direction = 'out'", mail.message_id))) {
        return "message-id";
    }
    for (auto const& box : TRY(all_mailboxes(tx))) {
        auto const own = folded_address(box.address);
        if (own == folded_address(mail.from.address)) return "from";
        for (auto const& loop : prepared.loops) {
            if (folded_address(loop) == own) return "x-loop";
        }
    }
    return "";
}

Result<std::optional<EarlierMail>> earlier_copy(storage::Transaction& tx, MailRecord const& row,
                                                Prepared const& prepared, Instant now) {
    bool const marked = !prepared.mail.message_id.empty() || prepared.mail.date;
    auto const since = marked ? Instant{} : now - days(1);
    auto const found =
        TRY(tx.one("SELECT id, case_id FROM mail WHERE fingerprint = ? AND direction = 'in' AND created_at >= ? "
                   "AND outcome NOT IN ('failed', 'loop', 'earlier') ORDER BY id LIMIT 1",
                   row.fingerprint, since));
    if (found) return std::optional(EarlierMail{found->id<MailTag>(0), found->id<cases::CaseTag>(1)});
    auto const same =
        TRY(tx.one("SELECT id, case_id FROM mail WHERE raw = ? AND direction = 'in' "
                   "AND outcome NOT IN ('failed', 'loop', 'earlier') ORDER BY id LIMIT 1",
                   prepared.raw.sha256));
    if (same) return std::optional(EarlierMail{same->id<MailTag>(0), same->id<cases::CaseTag>(1)});
    return std::optional<EarlierMail>();
}

Result<Flood> is_flood(storage::Transaction& tx, MailRecord const& row, std::string const& peer, cases::CaseId on,
                       Instant now) {
    auto const counted =
        TRY(tx.one("SELECT count(*), coalesce(sum(CASE WHEN case_id = ? THEN 1 ELSE 0 END), 0), max(case_id), "
                   "coalesce(sum(CASE WHEN outcome = 'loop' THEN 1 ELSE 0 END), 0) FROM mail "
                   "WHERE peer = ? AND at > ? AND at <= ? AND created_at > ? AND direction = 'in' "
                   "AND (outcome IN ('opened', 'threaded', 'continued', 'related', 'noted') "
                   "OR reason IN ('sender-limit', 'case-limit'))",
                   on, peer, row.at - hours(1), row.at, now - hours(1)));
    auto const loops = counted->integer(3);
    Flood out;
    if (counted->integer(0) - loops >= max_of_sender)
        out.limit = "sender-limit";
    else if (on && counted->integer(1) >= max_on_case)
        out.limit = "case-limit";
    else
        return out;
    out.newest = on ? on : counted->null(2) ? cases::CaseId{} : counted->id<cases::CaseTag>(2);
    out.first = loops == 0;
    return out;
}

Result<std::optional<BouncedMail>> bounced_mail(storage::Transaction& tx, outbound::Mail const& mail, Instant now) {
    std::vector<std::string> ids{mail.bounce.message_id, mail.in_reply_to};
    ids.insert(ids.end(), mail.references.rbegin(), mail.references.rend());
    ids.resize(std::min(ids.size(), max_ids));
    for (auto const& id : ids) {
        if (id.empty()) continue;
        auto const row =
            TRY(tx.one("SELECT id, case_id, address FROM mail WHERE message_id = ? AND direction = 'out'", id));
        if (row) return std::optional(BouncedMail{row->id<MailTag>(0), row->id<cases::CaseTag>(1), row->text(2)});
    }
    // It names another mail: that was somebody else's.
    if (!mail.bounce.message_id.empty()) return std::optional<BouncedMail>();
    auto named = addresses_in(mail.text);
    if (!mail.bounce.recipient.empty()) named.insert(named.begin(), folded_address(mail.bounce.recipient));
    for (auto const& address : named) {
        if (auto found = TRY(last_to(tx, address, now))) return found;
    }
    return std::optional<BouncedMail>();
}

}  // namespace keepword::mailbox
