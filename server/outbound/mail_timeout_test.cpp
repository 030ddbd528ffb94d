#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "outbound/imap.hpp"
#include "outbound/smtp.hpp"

namespace keepword::outbound {
namespace {

// Takes connections and says nothing.
class SilentServer {
  public:
    SilentServer() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(bind(socket_, plain, size), 0);
        EXPECT_EQ(listen(socket_, 8), 0);
        EXPECT_EQ(getsockname(socket_, plain, &size), 0);
        port_ = ntohs(address.sin_port);
    }
    ~SilentServer() { close(socket_); }
    unsigned short port() const { return port_; }

  private:
    int socket_;
    unsigned short port_ = 0;
};

constexpr auto somebody = "a@example.test";

MailHost silent(unsigned short port) {
    MailHost host{"127.0.0.1", port, Security::none, somebody, Secret("x")};
    host.connect_timeout = seconds(1);
    host.timeout = seconds(1);
    return host;
}

TEST(MailTimeout, a_server_that_says_nothing_is_given_up) {
    SilentServer server;
    EXPECT_EQ(Imap(silent(server.port())).connect().error().code, "mail.imap.timeout");
    EXPECT_EQ(send_mail(silent(server.port()), {somebody, {somebody}}, "x").error().code, "mail.smtp.timeout");
}

TEST(MailTimeout, being_asked_to_stop_ends_the_wait) {
    SilentServer server;
    auto host = silent(server.port());
    host.connect_timeout = host.timeout = seconds(60);
    std::stop_source stop;
    stop.request_stop();
    auto const begin = std::chrono::steady_clock::now();
    EXPECT_EQ(Imap(std::move(host), stop.get_token()).connect().error().code, "mail.imap.stopped");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

}  // namespace
}  // namespace keepword::outbound
