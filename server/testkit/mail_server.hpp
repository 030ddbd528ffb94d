#pragma once
#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "foundation/result.hpp"

namespace keepword::testkit {

// A private IMAP and SMTP server on free loopback ports, gone with everything in it at the end: tools/mail-server,
// which says how it behaves (names with '+', "full@", unknown recipients).
class MailServer {
  public:
    // Fails with testkit.mail-server and the script's own words where a package is missing. `users` are
    // "address:password"; none: the script's usual three.
    static Result<std::unique_ptr<MailServer>> start(std::vector<std::string> const& users = {});
    MailServer(MailServer const&) = delete;
    MailServer& operator=(MailServer const&) = delete;
    ~MailServer();

    struct User {
        std::string address;
        std::string password;
    };
    unsigned short imap = 0;   // plain and STARTTLS
    unsigned short imaps = 0;  // TLS
    unsigned short smtp = 0;
    unsigned short smtps = 0;
    std::filesystem::path ca;      // the certificate to trust
    std::filesystem::path folder;  // mail/ADDRESS/ are the Maildirs
    std::vector<User> users;       // service@keepword.test, customer@example.test, engineer@keepword.test

    // The password of one of the users; empty for nobody.
    std::string password(std::string const& address) const;

  private:
    MailServer() = default;
    Result<> read_line();

    pid_t pid_ = -1;
    int input_ = -1;  // the server ends when this closes, so it never outlives us
    int output_ = -1;
};

}  // namespace keepword::testkit
