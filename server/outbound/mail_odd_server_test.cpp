#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <thread>

#include "outbound/imap.hpp"
#include "outbound/smtp.hpp"
#include "testkit/odd_mail_server.hpp"

namespace keepword::outbound {
namespace {

// A listening socket on a free loopback port. By itself it takes connections and says nothing.
class SilentServer {
  public:
    SilentServer() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(socket_ < 0 ? -1 : bind(socket_, plain, size), 0);
        EXPECT_EQ(listen(socket_, 8), 0);
        EXPECT_EQ(getsockname(socket_, plain, &size), 0);
        port_ = ntohs(address.sin_port);
    }
    ~SilentServer() { close(socket_); }
    unsigned short port() const { return port_; }
    int accepted() const { return accept(socket_, nullptr, nullptr); }
    // Takes no more connections: accepted() answers -1.
    void stop() const { shutdown(socket_, SHUT_RDWR); }

  private:
    int socket_;
    unsigned short port_ = 0;
};

// A server that knows nothing but what the test tells it: for what Dovecot does better than others. Takes one
// connection after the other, greets, and answers every line with what `answer` gives for it.
class LineServer {
  public:
    LineServer(std::string greeting, std::function<std::string(std::string const&)> answer)
        : greeting_(std::move(greeting)), answer_(std::move(answer)) {}

    ~LineServer() { listening_.stop(); }

    unsigned short port() const { return listening_.port(); }
    // No more connections; once the client is gone, what it said is all there.
    void finish() {
        listening_.stop();
        thread_.join();
    }

  private:
    void serve() {
        for (int client; (client = listening_.accepted()) >= 0;) talk(client);
    }
    void talk(int client) {
        say(client, greeting_);
        std::string unread;
        char buffer[1024];
        for (ssize_t n; (n = recv(client, buffer, sizeof buffer, 0)) > 0;) {
            unread.append(buffer, static_cast<std::size_t>(n));
            for (std::size_t end; (end = unread.find("\r\n")) != std::string::npos; unread.erase(0, end + 2))
                say(client, answer_(unread.substr(0, end)));
        }
        close(client);
    }
    // The client may have gone in the middle of it.
    static void say(int client, std::string const& text) {
        (void)::send(client, text.data(), text.size(), MSG_NOSIGNAL);
    }

    std::string greeting_;
    std::function<std::string(std::string const&)> answer_;
    SilentServer listening_;
    std::jthread thread_{[this] { serve(); }};
};

// Of IMAP: says OK to every command, after the lines that `answer` gives for it, or the NO that it gives.
class ScriptedServer {
  public:
    explicit ScriptedServer(std::function<std::string(std::string const&)> answer) : answer_(std::move(answer)) {}

    unsigned short port() const { return server_.port(); }
    // Every command so far, without its tag; once the client is gone.
    std::vector<std::string> const& commands() {
        server_.finish();
        return commands_;
    }

  private:
    std::string reply_to(std::string const& line) {
        auto const blank = line.find(' ');
        auto const command = line.substr(blank + 1);
        commands_.push_back(command);
        auto const reply = answer_(command);
        return reply.starts_with("NO") ? line.substr(0, blank) + " " + reply
                                       : reply + line.substr(0, blank) + " OK\r\n";
    }

    std::function<std::string(std::string const&)> answer_;
    std::vector<std::string> commands_;
    LineServer server_{"* OK ready\r\n", [this](std::string const& line) { return reply_to(line); }};
};

// What a server of few talents says: no UIDNEXT, nothing beyond IMAP4rev1.
std::string plain_answer(std::string const& command) {
    if (command == "CAPABILITY") return "* CAPABILITY IMAP4rev1\r\n";
    if (command.starts_with("LIST")) return "* LIST (\\Noselect) \".\" \"\"\r\n";
    if (command.starts_with("SELECT") || command.starts_with("EXAMINE"))
        return "* 2 EXISTS\r\n* OK [UIDVALIDITY 9]\r\n";
    if (command == "UID FETCH * (UID)") return "* 2 FETCH (UID 7)\r\n";
    if (command.starts_with("UID FETCH 1:7 ")) {
        return "* 1 FETCH (UID 4 RFC822.SIZE 10 FLAGS ())\r\n* 2 FETCH (UID 7 RFC822.SIZE 20 FLAGS (\\Seen))\r\n";
    }
    return "";
}

constexpr auto customer = "a@example.test";

MailHost silent(unsigned short port) {
    MailHost host{"127.0.0.1", port, Security::none, customer, Secret("x")};
    host.connect_timeout = seconds(1);
    host.timeout = seconds(1);
    return host;
}

TEST(MailTimeout, a_server_that_says_nothing_is_given_up) {
    SilentServer server;
    EXPECT_EQ(Imap(silent(server.port())).connect().error().code, "mail.imap.timeout");
    EXPECT_EQ(send_mail(silent(server.port()), {customer, {customer}}, "x").error().code, "mail.smtp.timeout");
}

TEST(MailTimeout, a_server_that_answers_a_byte_at_a_time_is_given_up) {
    testkit::OddMailServer server(testkit::OddMailServer::Way::dripping);
    EXPECT_EQ(Imap(silent(server.port())).connect().error().code, "mail.imap.timeout");
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

TEST(MailOddServer, one_that_does_not_say_the_next_uid_is_asked_for_the_last_mail) {
    ScriptedServer server(plain_answer);
    {
        Imap inbox(silent(server.port()));
        auto const listed = inbox.list({"INBOX", 9}, 0);
        ASSERT_TRUE(listed) << listed.error().code << listed.error().detail;
        EXPECT_FALSE(listed->renumbered);
        ASSERT_EQ(listed->mails.size(), 2U);
        EXPECT_EQ(listed->mails[1].uid, 7U);
        EXPECT_EQ(listed->mails[1].size, 20U);
        EXPECT_TRUE(listed->mails[1].seen);
    }
    EXPECT_THAT(server.commands(), testing::Not(testing::Contains(testing::StartsWith("ID "))));
}

// libcurl by itself gives up at some hundred lines of one answer, and servers answer for as many mails as are asked
// for.
TEST(MailOddServer, one_with_hundreds_of_mails_is_listed_and_behind_a_gap_too) {
    constexpr std::uint32_t first_new = 5'000;
    constexpr std::uint32_t mails = 1'000;
    ScriptedServer server([&](std::string const& command) -> std::string {
        if (command.starts_with("SELECT") || command.starts_with("EXAMINE"))
            return "* 1000 EXISTS\r\n* OK [UIDVALIDITY 9]\r\n* OK [UIDNEXT 6000]\r\n";
        unsigned from = 0;
        unsigned to = 0;
        if (std::sscanf(command.c_str(), "UID FETCH %u:%u ", &from, &to) != 2) return plain_answer(command);
        std::string out;
        for (auto uid = std::max(from, first_new); uid <= to && uid < first_new + mails; ++uid) {
            out += "* 1 FETCH (UID " + std::to_string(uid) +
                   " RFC822.SIZE 123456 FLAGS (\\Recent \\Seen $Forwarded NonJunk $label1))\r\n";
        }
        return out;
    });
    Imap inbox(silent(server.port()));
    std::uint32_t last = 1;
    std::size_t found = 0;
    for (bool more = true; more;) {
        auto const listed = inbox.list({"INBOX", 9}, last, 300);
        ASSERT_TRUE(listed) << listed.error().code << listed.error().detail;
        found += listed->mails.size();
        last = listed->mails.back().uid;
        more = listed->more;
    }
    EXPECT_EQ(found, mails);
    EXPECT_EQ(last, first_new + mails - 1);
}

TEST(MailOddServer, one_that_cannot_move_copies_and_marks) {
    ScriptedServer server(plain_answer);
    {
        Imap inbox(silent(server.port()));
        auto const moved = inbox.move({"INBOX", 9}, std::vector<std::uint32_t>{4, 7}, "Keepword/Processed");
        ASSERT_TRUE(moved) << moved.error().code << moved.error().detail;
    }
    auto const& commands = server.commands();
    EXPECT_THAT(commands, testing::Contains("UID COPY 4,7 \"Keepword.Processed\""));
    EXPECT_THAT(commands, testing::Contains("UID STORE 4,7 +FLAGS.SILENT (\\Deleted)"));
    EXPECT_THAT(commands, testing::Not(testing::Contains(testing::HasSubstr("EXPUNGE"))));
}

TEST(MailOddServer, one_that_cannot_keep_a_connection_private_is_not_told_the_password) {
    ScriptedServer imap(plain_answer);
    auto host = silent(imap.port());
    host.security = Security::starttls;
    EXPECT_EQ(Imap(std::move(host)).connect().error().code, "mail.imap.no-starttls");
    for (auto const& command : imap.commands()) EXPECT_FALSE(command.starts_with("LOGIN")) << command;
    LineServer smtp("220 here\r\n", [](std::string const&) { return std::string("250 nothing else\r\n"); });
    host = silent(smtp.port());
    host.security = Security::starttls;
    EXPECT_EQ(send_mail(host, {customer, {customer}}, "x").error().code, "mail.smtp.no-starttls");
}

TEST(MailOddServer, one_that_does_not_take_mails_of_this_sender_is_quoted) {
    LineServer smtp("220 here\r\n", [](std::string const& line) {
        return std::string(line.starts_with("MAIL") ? "553 5.7.1 Sender address rejected: not owned by user\r\n"
                                                    : "250 very well\r\n");
    });
    auto host = silent(smtp.port());
    host.user.clear();
    auto const sent = send_mail(host, {customer, {customer}}, "x");
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, "mail.smtp.refused");
    ASSERT_FALSE(sent.error().params.empty());
    EXPECT_EQ(sent.error().params[0].second, "553 5.7.1 Sender address rejected: not owned by user");
}

TEST(MailOddServer, one_that_wants_to_know_the_program_is_told) {
    bool told = false;
    ScriptedServer server([&](std::string const& command) -> std::string {
        if (command == "CAPABILITY") return "* CAPABILITY IMAP4rev1 ID\r\n";
        told = told || command.starts_with("ID (\"name\" \"keepword\"");
        if (command.starts_with("SELECT") && !told) return "NO Unsafe Login\r\n";
        return plain_answer(command);
    });
    Imap inbox(silent(server.port()));
    EXPECT_TRUE(inbox.list({"INBOX", 9}, 7));
}

}  // namespace
}  // namespace keepword::outbound
