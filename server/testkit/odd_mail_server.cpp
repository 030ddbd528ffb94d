#include "testkit/odd_mail_server.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

namespace keepword::testkit {
namespace {

constexpr int look_up_ms = 50;  // how often a thread that waits looks whether it is to end

// Whether there is something to read before the end is asked for.
bool readable(std::stop_token const& stop, int descriptor) {
    while (!stop.stop_requested()) {
        pollfd one{descriptor, POLLIN, 0};
        if (poll(&one, 1, look_up_ms) > 0) return true;
    }
    return false;
}

bool say(int client, std::string const& text) {
    return send(client, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

std::string mail(int uid) {
    std::string const name = uid == 1 ? "first" : "second";
    return "From: " + name + "@example.test\r\nSubject: " + name + "\r\nMessage-ID: <" + name +
           "@example.test>\r\n\r\nThe " + name + " one.\r\n";
}

}  // namespace

OddMailServer::OddMailServer(Way way) : way_(way), socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket_, plain, size) != 0 || listen(socket_, 16) != 0 || getsockname(socket_, plain, &size) != 0)
        throw std::runtime_error("no port for the mail server");
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](std::stop_token const& stop) { serve(stop); });
}

OddMailServer::~OddMailServer() {
    thread_.request_stop();
    thread_.join();
    close(socket_);
}

void OddMailServer::serve(std::stop_token const& stop) {
    while (readable(stop, socket_)) {
        int const client = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        ++connections_;
        clients_.emplace_back([this, client](std::stop_token const& end) {
            talk(end, client);
            close(client);
        });
    }
    for (auto& client : clients_) client.request_stop();
    clients_.clear();
}

void OddMailServer::talk(std::stop_token const& stop, int client) const {
    if (way_ != Way::silent && !say(client, "* OK ready\r\n")) return;
    std::string unread;
    char buffer[1024];
    while (readable(stop, client)) {
        auto const n = recv(client, buffer, sizeof buffer, 0);
        if (n <= 0) return;
        if (way_ == Way::silent) continue;
        unread.append(buffer, static_cast<std::size_t>(n));
        for (std::size_t end; (end = unread.find("\r\n")) != std::string::npos; unread.erase(0, end + 2)) {
            auto const blank = unread.find(' ');
            if (!answer(stop, client, unread.substr(0, blank), unread.substr(blank + 1, end - blank - 1))) return;
        }
    }
}

bool OddMailServer::answer(std::stop_token const& stop, int client, std::string const& tag,
                           std::string const& command) const {
    if (way_ == Way::dripping) {
        while (!stop.stop_requested() && say(client, "*")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return false;
    }
    std::string out;
    if (command == "CAPABILITY") {
        out = "* CAPABILITY IMAP4rev1 MOVE\r\n";
    } else if (command.starts_with("LIST")) {
        out = "* LIST (\\Noselect) \"/\" \"\"\r\n";
    } else if (command.starts_with("SELECT") || command.starts_with("EXAMINE")) {
        out = "* 2 EXISTS\r\n* OK [UIDVALIDITY 9]\r\n* OK [UIDNEXT 3]\r\n";
    } else if (command.starts_with("UID FETCH") && command.find("RFC822.SIZE") != std::string::npos) {
        for (int uid : {1, 2}) {
            out += "* " + std::to_string(uid) + " FETCH (UID " + std::to_string(uid) + " RFC822.SIZE " +
                   std::to_string(mail(uid).size()) + " FLAGS ())\r\n";
        }
    } else if (command.starts_with("UID FETCH")) {
        int const uid = command.starts_with("UID FETCH 1 ") ? 1 : 2;
        auto const text = mail(uid);
        out = "* " + std::to_string(uid) + " FETCH (UID " + std::to_string(uid) + " BODY[] {" +
              std::to_string(text.size()) + "}\r\n";
        if (way_ == Way::dropping && uid == 1) {
            say(client, out + text.substr(0, text.size() / 2));
            return false;
        }
        out += text + ")\r\n";
    }
    return say(client, out + tag + " OK\r\n");
}

}  // namespace keepword::testkit
