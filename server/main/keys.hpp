#pragma once
#include <filesystem>

#include "foundation/crypto.hpp"

// The keys of a centre: files in its data folder that only its user can read. They are made when the folder is new and
// never leave it; the database holds none of them.
namespace keepword {

struct Keys {
    crypto::KeyPair signing;  // seals exports and audit checkpoints
    Secret mail_thread;       // ties a reply to its case, so that nobody writes into a foreign one
    Secret mail_box;          // under which mailbox passwords lie in the database
    Secret sign_in;           // under which second factors lie there, and from which reset codes are made
};

// Reads the keys below `folder`, making what is missing. Errors: keys.unreadable, keys.unwritable.
Result<Keys> open_keys(std::filesystem::path const& folder);

}  // namespace keepword
