#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/api/idempotency.hpp"
#include "engine/api/problem.hpp"
#include "engine/api/route.hpp"
#include "foundation/pool.hpp"

namespace keepword::api {

// Says who makes a request: by cookie or token; nobody (an anonymous caller) where neither is there, an error where
// one is there and wrong. Runs in the read transaction of the request.
using Identify = std::function<Result<Caller>(storage::Transaction&, HttpRequest const&)>;

// A page or script of the web client, by path; empty where there is none.
struct Asset {
    std::string_view bytes;
    std::string_view type;
    std::string_view etag;
    bool immutable = false;  // its name has its hash in it: browsers may keep it for ever
    bool gzip = false;       // the bytes are packed already
};
// `gzip`: the browser takes packed ones.
using Assets = std::function<std::optional<Asset>(std::string_view path, bool gzip)>;

// One thing without which no requests are served, for /readyz: "database", and what is wrong with it.
struct Check {
    std::string name;
    Result<> holds;
};

// A request that was answered, for counting and for the access line. Nothing of it is a word from outside.
struct Handled {
    std::string_view method;   // of the route; GET for pages, and where there is no route
    std::string_view route;    // "/cases/{id}", "/readyz", "page", or "none"
    std::string_view request;  // its id
    std::string_view path_id;  // the {id} of the route as it was given: to be checked before it is written anywhere
    int status = 0;
    std::chrono::steady_clock::duration took{};
};

struct AppParts {
    storage::Database& database;
    Clock const& clock;
    Pool& pool;
    Pool& slow_pool;  // for routes whose rule says so
    Texts const& texts;
    Identify identify;
    Assets assets;
    std::function<std::vector<Check>()> ready;         // for /readyz: all that must hold
    std::function<std::string()> metrics;              // Prometheus text
    std::function<void(Handled const&)> handled = {};  // on any thread, before the answer goes out; must not block
    std::string version;
};

// Takes requests to their routes: finds the route, the caller, checks the right, runs the handler where it belongs,
// turns what comes back into an answer. Deny by default: a route without a right does not start.
class App final : public Handler {
  public:
    App(AppParts parts, Routes routes);

    BodyRule body_rule(std::string_view method, std::string_view path) const override;
    void handle(HttpRequest request, std::function<void(HttpResponse)> respond) override;

    Routes const& routes() const { return routes_; }

  private:
    struct Pending;
    struct Match {
        Route const* route = nullptr;
        std::map<std::string, std::string, std::less<>> path;
    };

    Match find(std::string_view method, std::string_view path) const;
    // "GET, PATCH": what a path takes; empty where there is nothing.
    std::string methods_at(std::string_view path) const;
    void api(HttpRequest request, std::function<void(HttpResponse)> respond);
    Result<> admit(Pending& pending, storage::Transaction& tx) const;
    Result<> read_body(Pending& pending) const;
    void run_write(std::shared_ptr<Pending> pending);
    void run_work(std::shared_ptr<Pending> pending);
    void finish(Pending& pending, Result<Reply> reply) const;
    HttpResponse page(HttpRequest const& request) const;
    HttpResponse readiness(bool as_text) const;
    void note(HttpRequest const& request, HttpResponse const& response,
              std::chrono::steady_clock::time_point began) const;
    HttpResponse metrics() const;
    bool system_page(HttpRequest const& request, std::function<void(HttpResponse)> const& respond) const;

    AppParts parts_;
    Routes routes_;
    std::string description_;
    std::unordered_map<std::string, std::vector<Route const*>> by_shape_;  // "count first" → candidates
};

// The headers every answer carries: what a browser may load, from where, and that nobody frames it.
void add_security_headers(HttpResponse& response, bool secure);

}  // namespace keepword::api
