#pragma once
#include <string>
#include <string_view>

#include "storage/database.hpp"

// How often somebody may try. Counted by login and place together, so that nobody locks another out by hammering their
// login from elsewhere; and by place alone, so that one place cannot go through all logins.
namespace keepword::access {

// How long after the last of `failures` tries the next one must wait: none for the first `free` ones, then five
// seconds, doubling up to a quarter of an hour.
Duration wait_after(std::int64_t failures, std::int64_t free);

// What counts as one place: an address, of IPv6 the network of 64 bits that one customer is given.
std::string place_of(std::string_view remote);

// A try at something: signing in with a login, a first run's code.
struct Try {
    std::string what;  // the folded login, or a word with a blank in it, which no login has
    std::string remote;
};

// Counts a try before it is known whether it fails, so that many at once count as many. session.too-many
// (Kind::too_many) with the seconds to wait, and then it is not counted.
Result<> begin_try(storage::Transaction& tx, Try const& attempt, Instant now);
// It was right after all: the login's failures from this place are forgotten.
Result<> forgive_try(storage::Transaction& tx, Try const& attempt);
Result<> forget_old_tries(storage::Transaction& tx, Instant now);

}  // namespace keepword::access
