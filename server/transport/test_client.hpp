#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "foundation/crypto.hpp"
#include "foundation/text.hpp"
#include "testkit/temp_dir.hpp"
#include "transport/server.hpp"

// What the transport tests are made of: a client that sends any bytes, and a handler told what to answer.
namespace keepword::transport {

constexpr int patience_ms = 10'000;  // after this a test has failed; nothing is expected to take so long

// An answer as it came.
struct Reply {
    int status = 0;
    std::string head;  // lower case names
    std::map<std::string, std::string> headers;
    std::string body;    // without chunk frames
    bool whole = false;  // it came to its end
};

// A connection that speaks bytes. Blocking, with patience.
class Client {
  public:
    explicit Client(unsigned short port, int receive_buffer = 0)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (receive_buffer > 0) {
            ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    virtual ~Client() { close(); }
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    bool connected() const { return connected_; }
    int number() const { return socket_; }

    // False: the server has closed.
    virtual bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            auto const count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

    // Something has come, or the end has, within this time.
    bool readable(int ms = patience_ms) const {
        pollfd waiting{socket_, POLLIN, 0};
        return ::poll(&waiting, 1, ms) > 0;
    }

    // Reads to the end of the connection; false when it does not come.
    bool at_end() {
        while (more()) {
        }
        return ended_;
    }

    // Everything until this text has come.
    bool read_until(std::string_view text) {
        while (buffer_.find(text) == std::string::npos) {
            if (!more()) return false;
        }
        return true;
    }
    std::string take() { return std::exchange(buffer_, {}); }

    // The next answer. `head_only`: to a HEAD.
    Reply reply(bool head_only = false) {
        Reply reply;
        if (!read_until("\r\n\r\n")) return reply;
        parse_head(reply);
        if (head_only || reply.status == 204 || reply.status == 304 || reply.status == 100) {
            reply.whole = true;
        } else if (reply.headers.contains("transfer-encoding")) {
            reply.whole = read_chunks(reply.body);
        } else if (reply.headers.contains("content-length")) {
            reply.whole = read_exactly(std::stoull(reply.headers["content-length"]), reply.body);
        } else {
            reply.whole = at_end();
            reply.body = take();
        }
        return reply;
    }

    // Closes with a reset: what is on its way is lost.
    void reset() {
        linger const at_once{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close();
    }
    void close() {
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    }

  protected:
    virtual long receive(char* into, std::size_t size) { return readable() ? ::recv(socket_, into, size, 0) : -1; }

  private:
    bool more() {
        char bytes[16384];
        auto const count = receive(bytes, sizeof bytes);
        if (count > 0) buffer_.append(bytes, static_cast<std::size_t>(count));
        ended_ = count == 0;
        return count > 0;
    }

    void parse_head(Reply& reply) {
        auto const end = buffer_.find("\r\n\r\n");
        reply.head = buffer_.substr(0, end + 2);
        buffer_.erase(0, end + 4);
        reply.status = std::stoi(reply.head.substr(9, 3));
        for (auto line : text::split(reply.head, '\n')) {
            auto const colon = line.find(": ");
            if (colon == std::string_view::npos) continue;
            reply.headers[text::ascii_lower(line.substr(0, colon))] = line.substr(colon + 2, line.size() - colon - 3);
        }
    }

    bool read_exactly(std::size_t count, std::string& body) {
        while (buffer_.size() < count) {
            if (!more()) return body = take(), false;
        }
        body = buffer_.substr(0, count);
        buffer_.erase(0, count);
        return true;
    }

    bool read_chunks(std::string& body) {
        while (true) {
            if (!read_until("\r\n")) return false;
            auto const size = std::stoull(buffer_, nullptr, 16);
            buffer_.erase(0, buffer_.find("\r\n") + 2);
            std::string piece;
            if (!read_exactly(size + 2, piece)) return false;
            body += piece.substr(0, size);
            if (size == 0) return true;
        }
    }

    int socket_;
    bool connected_ = false;
    bool ended_ = false;
    std::string buffer_;
};

using Respond = std::function<void(api::HttpResponse)>;

inline api::HttpResponse text_answer(std::string body, std::string type = "text/plain") {
    api::HttpResponse response;
    response.headers.emplace_back("content-type", std::move(type));
    response.body = std::move(body);
    return response;
}

// Answers by path what it has been told; counts what reaches it.
class TestHandler final : public api::Handler {
  public:
    using Act = std::function<void(api::HttpRequest, Respond)>;

    void on(std::string path, Act act) { acts_[std::move(path)] = std::move(act); }
    void on(std::string path, api::HttpResponse response) {
        on(std::move(path), [response](api::HttpRequest const&, Respond const& respond) { respond(response); });
    }
    void rule(std::string path, api::BodyRule rule) { rules_[std::move(path)] = rule; }
    int calls() const { return calls_; }

    api::BodyRule body_rule(std::string_view, std::string_view path) const override {
        auto const found = rules_.find(std::string(path));
        return found == rules_.end() ? api::BodyRule{} : found->second;
    }
    void handle(api::HttpRequest request, Respond respond) override {
        ++calls_;
        auto const found = acts_.find(request.path);
        if (found != acts_.end()) return found->second(std::move(request), std::move(respond));
        auto echo = text_answer(request.method + " " + request.path + " " + request.body);
        respond(std::move(echo));
    }

  private:
    std::map<std::string, Act> acts_;
    std::map<std::string, api::BodyRule> rules_;
    std::atomic<int> calls_{0};
};

// Keeps what requests are to be answered with until the test answers.
class Held {
  public:
    void operator()(Respond respond) {
        std::lock_guard const lock(mutex_);
        waiting_.push_back(std::move(respond));
        come_.notify_all();
    }
    // Waits until so many requests are held.
    bool wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        return come_.wait_for(lock, std::chrono::milliseconds(patience_ms), [&] { return waiting_.size() >= count; });
    }
    void answer_all(std::string const& body) {
        std::vector<Respond> now;
        {
            std::lock_guard const lock(mutex_);
            now.swap(waiting_);
        }
        for (auto const& respond : now) respond(text_answer(body));
    }

  private:
    std::mutex mutex_;
    std::condition_variable come_;
    std::vector<Respond> waiting_;
};

class TransportTest : public testing::Test {
  protected:
    TransportTest() {
        EXPECT_TRUE(crypto::start());
        options.spool = folder / "spool";
    }
    void start() {
        auto started = Server::start(options, handler);
        ASSERT_TRUE(started) << started.error().code << ": " << started.error().detail;
        server = *std::move(started);
    }
    Client& connect(int receive_buffer = 0) {
        clients_.push_back(std::make_unique<Client>(server->port(), receive_buffer));
        EXPECT_TRUE(clients_.back()->connected());
        return *clients_.back();
    }
    // One request on a connection of its own.
    Reply ask(std::string const& request, bool head_only = false) {
        Client client(server->port());
        EXPECT_TRUE(client.connected());
        EXPECT_TRUE(client.send(request));
        return client.reply(head_only);
    }
    // A GET with more header lines, each ended by CR LF.
    Reply get(std::string const& path, std::string const& lines = "") {
        return ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n");
    }
    std::size_t spooled() const {
        auto const entries = std::filesystem::directory_iterator(options.spool);
        return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
    }
    // Tries until it is so: for what the server does on its own account a moment later.
    static bool soon(std::function<bool()> const& so) {
        auto const end = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
        while (!so()) {
            if (std::chrono::steady_clock::now() > end) return false;
            ::poll(nullptr, 0, 2);
        }
        return true;
    }

    testkit::TempDir folder;
    TestHandler handler;
    ServerOptions options;
    std::unique_ptr<Server> server;

  private:
    std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace keepword::transport
