#pragma once
#include <sys/types.h>

#include <string>

#include "testkit/temp_dir.hpp"

namespace keepword::testkit {

// A PostgreSQL 15 cluster of its own in a temporary folder, reachable through a socket in that folder only, with all
// settings as they are by default. Ends with the object, and with the program should that be killed.
class PostgresServer {
  public:
    PostgresServer();
    PostgresServer(PostgresServer const&) = delete;
    PostgresServer& operator=(PostgresServer const&) = delete;
    ~PostgresServer();

    // The one of this test program, started when it is first asked for: starting takes seconds, a database in it
    // a few hundredths of one.
    static PostgresServer& shared();

    std::string url(std::string const& database) const;
    // A new database with nothing in it, or with what `from` holds; returns its url.
    std::string create_database(std::string const& from = "template1");

  private:
    void start();

    TempDir folder_;
    pid_t process_ = 0;
    int created_ = 0;
};

}  // namespace keepword::testkit
