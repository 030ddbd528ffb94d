#pragma once
#include <atomic>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace keepword::testkit {

// An IMAP server on a free loopback port that behaves as it is told, to any number of clients. Its INBOX holds two
// mails, uid 1 and 2, from first@example.test and second@example.test.
class OddMailServer {
  public:
    enum class Way {
        working,
        silent,    // takes connections and never says anything
        dripping,  // greets, and then answers whatever is asked a byte at a time, without end
        dropping,  // breaks off in the middle of mail 1, each time; mail 2 it gives
    };
    explicit OddMailServer(Way way);
    OddMailServer(OddMailServer const&) = delete;
    OddMailServer& operator=(OddMailServer const&) = delete;
    ~OddMailServer();

    unsigned short port() const { return port_; }
    // How many connections there have been.
    int connections() const { return connections_; }

  private:
    void serve(std::stop_token const& stop);
    void talk(std::stop_token const& stop, int client) const;
    // Whether the client is still to be answered.
    bool answer(std::stop_token const& stop, int client, std::string const& tag, std::string const& command) const;

    Way way_;
    int socket_;
    unsigned short port_ = 0;
    std::atomic<int> connections_ = 0;
    std::vector<std::jthread> clients_;  // of the serving thread alone
    std::jthread thread_;
};

}  // namespace keepword::testkit
