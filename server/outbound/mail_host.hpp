#pragma once
#include <filesystem>
#include <string>

#include "foundation/secret.hpp"
#include "foundation/time.hpp"

namespace keepword::outbound {

// How a connection is kept private. `none` is for a server on the same machine.
enum class Security { tls, starttls, none };

// A mail server and the account on it, for IMAP or SMTP.
struct MailHost {
    std::string host;
    unsigned short port = 0;
    Security security = Security::tls;
    std::string user;  // empty: without signing in, which SMTP inside a house may allow
    Secret password;
    std::filesystem::path ca_file = {};      // of an authority of the house's own; empty: the system's
    Duration connect_timeout = seconds(20);  // until signed in
    Duration timeout = seconds(120);         // for which nothing at all moves
};

}  // namespace keepword::outbound
