#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "transport/answer.hpp"
#include "transport/body.hpp"
#include "transport/options.hpp"
#include "transport/proxies.hpp"
#include "transport/server.hpp"
#include "transport/stream.hpp"

namespace keepword::transport {

class Session;

// Counts connections, in all and per address; all threads.
class Connections {
  public:
    explicit Connections(Limits const& limits) : limits_(limits) {}

    enum class Welcome { serve, refuse, drop };
    // Where there is no place, a few hundred at a time are told so, beside those that are served; the rest is dropped.
    // One behind which many callers stand is not limited by its address.
    Welcome enter(std::string const& address, bool many_behind = false);
    // Of one that was welcomed to `serve` or, `refused`, to `refuse`.
    void leave(std::string const& address, bool refused);
    Load load() const;
    // True: all are gone; false: the time is over.
    bool wait_empty(Duration at_most);

  private:
    Limits const& limits_;
    mutable std::mutex mutex_;
    std::condition_variable empty_;
    std::size_t served_ = 0;
    std::size_t refused_ = 0;
    std::uint64_t turned_away_ = 0;
    std::unordered_map<std::string, std::size_t> by_address_;  // of those served
};

// What all threads of a server share.
struct Service {
    Service(ServerOptions given, Proxies trusted, api::Handler& answers)
        : options(std::move(given)),
          proxies(std::move(trusted)),
          handler(answers),
          budgets(std::make_shared<Budgets>(options.limits.body_memory, options.limits.spool_bytes)),
          in_handler(std::make_shared<std::atomic<std::size_t>>(0)),
          connections(options.limits) {}

    ServerOptions const options;
    Proxies const proxies;
    api::Handler& handler;
    // Shared with answers that may come after the server is gone.
    std::shared_ptr<Budgets> const budgets;
    std::shared_ptr<std::atomic<std::size_t>> const in_handler;
    Connections connections;
};

// One thread with its connections. Everything here belongs to that thread.
struct Worker {
    explicit Worker(Service& shared) : service(shared), context(1), tick(context) {}

    Service& service;
    asio::io_context context;
    Timer tick;
    Gzip gzip;
    Packed packed;
    std::string date;            // for the Date header, renewed by tick
    std::string request_prefix;  // request ids are this and a number
    std::uint64_t requests = 0;
    std::unordered_set<Session*> sessions;
    std::atomic<bool> draining = false;  // no further requests
    bool ended = false;                  // nothing at all
};

}  // namespace keepword::transport
