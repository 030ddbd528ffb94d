// What the server costs for a small JSON answer over kept connections; the clients here share its processors.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "foundation/crypto.hpp"
#include "transport/server.hpp"

namespace keepword::transport {
namespace {

class SmallAnswer final : public api::Handler {
  public:
    api::BodyRule body_rule(std::string_view, std::string_view) const override { return {}; }
    void handle(api::HttpRequest, std::function<void(api::HttpResponse)> respond) override {
        api::HttpResponse answer;
        answer.headers.emplace_back("content-type", "application/json");
        answer.headers.emplace_back("cache-control", "no-store");
        answer.body = R"({"items":[{"id":"1234567890","title":"端口不通","state":"open","version":3}],"next":null})";
        respond(std::move(answer));
    }
};

int open_connection(unsigned short port) {
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket < 0 || ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("connect");
    return socket;
}

void ask(int socket) {
    static constexpr std::string_view request = "GET /api/v1/cases HTTP/1.1\r\nHost: localhost\r\n\r\n";
    if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) < 0) throw std::runtime_error("send");
}

void hear(int socket) {
    char bytes[4096];
    if (::recv(socket, bytes, sizeof bytes, 0) <= 0) throw std::runtime_error("recv");
}

// One round: every connection asks, then every answer is read.
void small_json(benchmark::State& state) {
    if (!crypto::start()) throw std::runtime_error("no randomness");
    SmallAnswer handler;
    ServerOptions options;
    options.spool = std::filesystem::temp_directory_path() / ("keepword-bench-" + crypto::hex(crypto::random_bytes(8)));
    auto server = *Server::start(options, handler);
    std::vector<int> connections;
    for (int i = 0; i < state.range(0); ++i) connections.push_back(open_connection(server->port()));
    for ([[maybe_unused]] auto _ : state) {
        for (int const socket : connections) ask(socket);
        for (int const socket : connections) hear(socket);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    for (int const socket : connections) ::close(socket);
    server->stop();
    std::filesystem::remove_all(options.spool);
}
BENCHMARK(small_json)->Arg(1)->Arg(8)->Arg(32)->UseRealTime();

}  // namespace
}  // namespace keepword::transport
