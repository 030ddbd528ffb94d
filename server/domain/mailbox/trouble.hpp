#pragma once
#include <map>

#include "domain/mailbox/taking.hpp"

// Mails that cannot be taken: tried again after growing pauses, and set aside where people see them when that has not
// helped. None of them holds up those behind it.
namespace keepword::mailbox {

// At once, and after so long; some seven hours all together, in which most of what is wrong with a centre is mended.
constexpr std::int64_t most_tries = 6;

struct Trouble {
    std::int64_t tries = 0;
    Instant next_at;
};
// Whether it is left alone now. A try farther off than any pause is one of a clock that was ahead and has been put
// back.
bool rests_at(Trouble const& trouble, Instant now);

// What is being tried again of a folder, by uid.
Result<std::map<std::uint32_t, Trouble>> troubles_of(storage::Transaction& tx, MailboxId box,
                                                     std::uint32_t uidvalidity);

// Notes a try that failed. At the last one the mail becomes a row that says why, with what was read of it and its bytes
// as far as they are there; true then. It stays in its folder.
Result<bool> note_trouble(Parts const& parts, storage::Transaction& tx, MailboxId box, Place const& place,
                          Prepared const& read, std::string const& code);

Result<> forget_trouble(storage::Transaction& tx, MailboxId box, Place const& place);

// Takes up again what was set aside: its rows go, and the next pass finds the mails as if they were new. How many.
Result<std::int64_t> try_again(storage::Transaction& tx, MailboxId box);

}  // namespace keepword::mailbox
