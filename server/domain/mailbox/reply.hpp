#pragma once
#include "domain/mailbox/mailbox_store.hpp"

// Letters to customers: how they read, and how they get into the outbox.
namespace keepword::mailbox {

struct Letter {
    std::string name;  // of whom it is for; may be empty
    std::string text;
    std::string number;  // of the case
    std::string title;
    std::string centre;
};
// As an office writes: greeting, text, the case's number, the centre's name and the day in China.
std::string write_letter(Letter const& letter, Instant now);

// May anything be sent to this address at all?
bool is_address(std::string_view address);

// Keeps a letter and puts it into the outbox, in the act's transaction. A receipt says of itself that a machine wrote
// it.
Result<> post_letter(Parts const& parts, cases::Desk& desk, cases::Act const& act, Record const& mailbox,
                     cases::CustomerMessage const& message, bool receipt);

// Tells whoever wrote the mail that became this case its number; a few times a day to one address and no more, so that
// two machines that answer each other fall silent.
Result<> post_receipt(Parts const& parts, cases::Desk& desk, cases::Act const& act, Record const& mailbox,
                      cases::CaseId id, std::string const& address);

}  // namespace keepword::mailbox
