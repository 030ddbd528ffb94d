#include "transport/server.hpp"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <thread>
#include <vector>

#include "foundation/crypto.hpp"
#include "foundation/log.hpp"
#include "transport/session.hpp"

namespace keepword::transport {
namespace {

using Guard = asio::executor_work_guard<Executor>;

// "Sun, 06 Nov 1994 08:49:37 GMT"; not by strftime, which would speak the language of the locale.
std::string http_date(Instant now) {
    static constexpr std::string_view weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const day = day_at(now, seconds(0));
    auto const second = now.ms / 1000 % 86400;
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", weekdays[day.weekday() - 1], day.day,
                       months[day.month - 1], day.year, second / 3600, second / 60 % 60, second % 60);
}

Result<> check(ServerOptions const& options) {
    auto const& limits = options.limits;
    auto const shortest = std::min({limits.head_time, limits.body_time, limits.write_time, limits.idle_time,
                                    limits.linger_time, limits.heartbeat});
    auto const wrong = [](std::string what) { return fail(Kind::invalid, "transport.options", std::move(what)); };
    if (options.threads < 1 || options.threads > 64) return wrong("threads: 1 to 64");
    if (shortest.ms < 1 || limits.stop_time.ms < 0) return wrong("every time must be at least a millisecond");
    if (limits.slowest_rate < 1) return wrong("slowest_rate: at least 1");
    if (limits.connections < 1 || limits.in_handler < 1) return wrong("connections, in_handler: at least 1");
    if (limits.request_line < 16 || limits.head_bytes < limits.request_line) return wrong("head_bytes, request_line");
    if (limits.head_bytes > 1 << 20) return wrong("head_bytes: at most 1 MiB");
    if (options.tls_cert.empty() != options.tls_key.empty()) return wrong("tls_cert and tls_key go together");
    if (options.spool.empty()) return wrong("spool is missing");
    return {};
}

// Every connection and every file on its way is a descriptor; Debian allows 1,024 unless asked for more.
void allow_descriptors(std::size_t connections) {
    rlimit limit{};
    auto const wanted = static_cast<rlim_t>(connections * 2 + 512);
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    bool const raised = ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
    if (!raised || limit.rlim_cur < wanted) {
        log::warning("only {} file descriptors are allowed; {} connections want {}", limit.rlim_cur, connections,
                     wanted);
    }
}

std::string text_of(asio::ip::address const& address) {
    bool const mapped = address.is_v6() && address.to_v6().is_v4_mapped();
    return mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string() : address.to_string();
}

}  // namespace

struct Server::Inside {
    Inside(ServerOptions options, Proxies proxies, api::Handler& handler)
        : service(std::move(options), std::move(proxies), handler) {
        for (unsigned i = 0; i < service.options.threads; ++i) {
            workers.push_back(std::make_unique<Worker>(service));
            guards.emplace_back(workers.back()->context.get_executor());
        }
        acceptor.emplace(workers.front()->context);
        pause.emplace(workers.front()->context);
    }

    Result<> listen();
    void run();
    void stop();
    Task<> accept();
    Task<> beat(Worker& worker);
    void welcome(Socket socket, Worker& worker);
    Duration beat_period() const;
    TlsContext tls_now() {
        std::lock_guard const lock(tls_mutex);
        return tls;
    }

    Service service;
    std::vector<std::unique_ptr<Worker>> workers;
    std::vector<Guard> guards;
    std::vector<std::thread> threads;
    // Of the first worker's thread. One acceptor that hands connections out evenly, rather than SO_REUSEPORT: as fast
    // with kept-alive connections, and a second program on the same port is noticed.
    std::optional<Acceptor> acceptor;
    std::optional<Timer> pause;
    unsigned short port = 0;
    std::mutex tls_mutex;
    TlsContext tls;
    std::atomic<bool> stopped{false};
};

Result<> Server::Inside::listen() {
    auto const& options = service.options;
    error_code error;
    auto const address = asio::ip::make_address(options.address, error);
    if (error) return fail(Kind::invalid, "transport.address", options.address + ": " + error.message());
    asio::ip::tcp::endpoint const endpoint(address, options.port);
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(Acceptor::reuse_address(true), error);
    if (!error && address.is_v6()) acceptor->set_option(asio::ip::v6_only(false), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(Acceptor::max_listen_connections, error);
    if (error == asio::error::address_in_use) {
        return fail(Error(Kind::unavailable, "transport.port-taken").with("port", std::to_string(options.port)));
    }
    if (error) return fail(Kind::unavailable, "transport.address", error.message());
    port = acceptor->local_endpoint(error).port();
    return {};
}

void Server::Inside::run() {
    auto const run_prefix = crypto::hex(crypto::random_bytes(4));
    for (std::size_t i = 0; i < workers.size(); ++i) {
        Worker& worker = *workers[i];
        worker.request_prefix = fmt::format("{}-{}-", run_prefix, i);
        worker.date = http_date(SystemClock().now());
        asio::co_spawn(worker.context, beat(worker), asio::detached);
    }
    asio::co_spawn(workers.front()->context, accept(), asio::detached);
    for (auto const& worker : workers) {
        threads.emplace_back([&context = worker->context] { context.run(); });
    }
}

Duration Server::Inside::beat_period() const {
    auto const& limits = service.options.limits;
    auto const shortest =
        std::min({limits.head_time, limits.body_time, limits.write_time, limits.idle_time, limits.linger_time});
    return milliseconds(std::clamp<std::int64_t>(shortest.ms / 4, 5, 250));
}

// One timer per thread looks at all its connections' deadlines: a timer per operation would cost more than the rest of
// a small request.
Task<> Server::Inside::beat(Worker& worker) {
    auto const period = steady(beat_period());
    while (true) {
        worker.tick.expires_after(period);
        auto const woken = co_await worker.tick.async_wait(Await());
        if (std::get<0>(woken) || worker.ended) co_return;
        worker.date = http_date(SystemClock().now());
        auto const now = SteadyClock::now();
        for (Session* session : worker.sessions) session->check_deadline(now);
    }
}

Task<> Server::Inside::accept() {
    for (std::size_t turn = 0;; ++turn) {
        Worker& worker = *workers[turn % workers.size()];
        auto accepted = co_await acceptor->async_accept(worker.context, Await());
        if (stopped) co_return;
        if (!std::get<0>(accepted)) {
            try {
                welcome(std::move(std::get<1>(accepted)), worker);
            } catch (std::exception const& lack) {  // of memory: this connection is lost, not the listening
                log::error("cannot take a connection: {}", lack.what());
            }
            continue;
        }
        // Out of descriptors or memory: trying again at once would only burn the processor.
        log::warning("cannot accept a connection: {}", std::get<0>(accepted).message());
        pause->expires_after(std::chrono::milliseconds(100));
        auto const woken = co_await pause->async_wait(Await());
        if (std::get<0>(woken)) co_return;
    }
}

void Server::Inside::welcome(Socket socket, Worker& worker) {
    error_code error;
    auto const peer = socket.remote_endpoint(error);
    if (error) return;  // Gone already.
    auto address = text_of(peer.address());
    auto const welcome = service.connections.enter(address, service.proxies.trusts(address));
    if (welcome == Connections::Welcome::drop) return;
    bool const refused = welcome == Connections::Welcome::refuse;
    auto const session = std::make_shared<Session>(worker, std::move(socket), tls_now(), std::move(address), refused);
    asio::co_spawn(worker.context, Session::run(session), asio::detached);
}

void Server::Inside::stop() {
    if (stopped.exchange(true)) return;
    // All of them know before anything is closed: who sees one connection end is answered "close" on every other.
    for (auto const& worker : workers) worker->draining = true;
    asio::post(workers.front()->context, [this] {
        error_code ignored;
        acceptor->close(ignored);
        pause->cancel();
    });
    for (auto const& worker : workers) {
        asio::post(worker->context, [&worker = *worker] {
            for (Session* session : worker.sessions) session->drain();
        });
    }
    if (!service.connections.wait_empty(service.options.limits.stop_time)) {
        log::warning("stopping: cutting requests that did not finish in time");
    }
    for (std::size_t i = 0; i < workers.size(); ++i) {
        asio::post(workers[i]->context, [&worker = *workers[i], &guard = guards[i]] {
            for (Session* session : worker.sessions) session->cut();
            worker.ended = true;
            worker.tick.cancel();
            guard.reset();
        });
    }
    for (auto& thread : threads) thread.join();
}

Server::Server(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Server::~Server() {
    inside_->stop();
}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, api::Handler& handler) {
    TRY(check(options));
    TlsContext tls;
    if (!options.tls_cert.empty()) tls = TRY(load_tls(options.tls_cert, options.tls_key));
    if (!prepare_spool(options.spool)) {
        return fail(Kind::unavailable, "transport.spool", options.spool.string());
    }
    allow_descriptors(options.limits.connections);
    auto proxies = TRY(Proxies::parse(options.trusted_proxies));
    auto inside = std::make_unique<Inside>(std::move(options), std::move(proxies), handler);
    inside->tls = std::move(tls);
    TRY(inside->listen());
    inside->run();
    return std::unique_ptr<Server>(new Server(std::move(inside)));
}

unsigned short Server::port() const {
    return inside_->port;
}

Load Server::load() const {
    auto out = inside_->service.connections.load();
    out.in_handler = *inside_->service.in_handler;
    return out;
}

Result<> Server::reload_tls() {
    auto const& options = inside_->service.options;
    if (options.tls_cert.empty()) return fail(Kind::invalid, "transport.tls", "the server speaks no TLS");
    auto fresh = TRY(load_tls(options.tls_cert, options.tls_key));
    std::lock_guard const lock(inside_->tls_mutex);
    inside_->tls = std::move(fresh);
    return {};
}

void Server::stop() {
    inside_->stop();
}

}  // namespace keepword::transport
