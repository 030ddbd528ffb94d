#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "domain/case/case.hpp"
#include "foundation/crypto.hpp"

// How an answer finds its case: by marks in what we have sent (Message-ID, reply address, subject), each proved by a
// MAC over the case and the address it was given to. Whoever learns of a mark by accident cannot use it, because a mail
// from another address does not fit it. Pure rules, no database.
namespace keepword::mailbox {

// HMAC-SHA-256 under the centre's key for threads.
using Mac = std::function<crypto::Digest(std::string_view)>;

// What a mark says; nothing is proved yet. Message-IDs and addresses name the case by id, subjects by number.
struct Mark {
    cases::CaseId id{};
    std::string number;
    std::string proof;
    bool operator==(Mark const&) const = default;
};

// An address as addresses are compared: without blanks, in small letters.
std::string folded_address(std::string_view address);
// What follows the '@', in small letters; "localhost" where nothing usable does.
std::string domain_of(std::string_view address);

// The proof that a case's mark was given to this address: 20 hexadecimal digits.
std::string proof_for(Mac const& mac, cases::CaseId id, std::string_view address);

// "case.CASE.ENTRY.PROOF@domain", and back.
std::string message_id_for(cases::CaseId id, cases::EntryId entry, std::string const& proof, std::string const& domain);
std::optional<Mark> mark_in_message_id(std::string_view message_id);

// "name+cCASE.PROOF@domain" of a mailbox "name@domain"; empty where that would be longer than a mail address may be.
std::string reply_address_for(std::string_view mailbox, cases::CaseId id, std::string const& proof);
// Of an address that belongs to the mailbox; any other one carries no mark.
std::optional<Mark> mark_in_address(std::string_view address, std::string_view mailbox);

// "[KF20261122-0001 · PROOF]"; without a proof only the number, for people.
std::string subject_tag(std::string const& number, std::string const& proof);
std::optional<Mark> mark_in_subject(std::string_view subject);

// A subject without Re:, 回复：, 转发: and their like, and without our own tags.
std::string bare_subject(std::string_view subject);
// What a case made of this mail is called: the bare subject, or else the text's first line; at most 200 characters.
std::string title_for(std::string_view subject, std::string_view text);

}  // namespace keepword::mailbox
