#pragma once
#include <memory>

#include "engine/api/http.hpp"
#include "foundation/result.hpp"
#include "transport/options.hpp"

namespace keepword::transport {

// How full it is now, and how many connections it has turned away since it began.
struct Load {
    std::size_t connections = 0;
    std::size_t in_handler = 0;  // requests handed over and not answered
    std::uint64_t turned_away = 0;
};

// HTTP/1.1 over TCP or TLS. Knows sockets, not routes: it reads requests within the limits, hands them to the Handler
// and sends the answers, compressed, in ranges or as event streams.
class Server {
  public:
    // Listens and serves from now on. The handler must outlive the server. Errors: transport.options (a value makes no
    // sense), transport.port-taken, transport.address, transport.tls, transport.spool.
    static Result<std::unique_ptr<Server>> start(ServerOptions options, api::Handler& handler);

    ~Server();  // stops
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    // The port it listens on.
    unsigned short port() const;

    Load load() const;

    // Reads certificate and key again; connections from now on use them. On failure (transport.tls) the old ones stay.
    Result<> reload_tls();

    // Takes no new connections, closes idle ones and event streams, lets requests in flight finish within
    // Limits::stop_time, cuts the rest. Returns when all is over; a second call does nothing. Not to be called from
    // inside the handler, which it waits for.
    void stop();

  private:
    struct Inside;
    explicit Server(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace keepword::transport
