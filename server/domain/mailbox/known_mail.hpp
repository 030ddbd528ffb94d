#pragma once
#include "domain/mailbox/taking.hpp"

// Mails that are no news: our own that came back, the same one by another way, one of too many. And which of our
// letters a bounce is about. Reads only.
namespace keepword::mailbox {

// One sender's mails within an hour, by their own dates and by when they were taken; and of these, on one case. More is
// a machine in a circle, whatever it says of itself.
constexpr std::int64_t max_of_sender = 100;
constexpr std::int64_t max_on_case = 30;

// A hash over everything that makes this mail this one.
std::string fingerprint_of(Prepared const& prepared);

// How a mail shows that it is our own: "message-id", "x-loop", "from"; empty for all others.
Result<std::string> loop_sign(storage::Transaction& tx, Prepared const& prepared);

struct EarlierMail {
    MailId id{};
    cases::CaseId case_id{};
};
// The mail that this one is another copy of. What has neither id nor date is one only where the bytes are the same, or
// for a day.
Result<std::optional<EarlierMail>> earlier_copy(storage::Transaction& tx, MailRecord const& row,
                                                Prepared const& prepared, Instant now);

struct Flood {
    std::string limit;       // "sender-limit" or "case-limit"; empty: none
    cases::CaseId newest{};  // the sender's newest case
    bool first = false;      // nobody has been told yet
};
// Whether this sender's mail, about to go to this case (or to a new one), is one too many.
Result<Flood> is_flood(storage::Transaction& tx, MailRecord const& row, std::string const& peer, cases::CaseId on,
                       Instant now);

struct BouncedMail {
    MailId id{};
    cases::CaseId case_id{};
    std::string address;
    bool by_address = false;  // the bounce does not say which mail it is about; this was the last one to its address
};
// The letter of ours that a bounce is about. Only the recipient's side has seen its Message-ID; where the bounce does
// not repeat it, the address it names leads to the letter that went there within the last days.
Result<std::optional<BouncedMail>> bounced_mail(storage::Transaction& tx, outbound::Mail const& mail, Instant now);

}  // namespace keepword::mailbox
