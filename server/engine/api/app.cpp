#include "engine/api/app.hpp"

#include <charconv>
#include <stdexcept>

#include "engine/api/openapi.hpp"
#include "foundation/log.hpp"

namespace keepword::api {
namespace {

constexpr std::string_view base = "/api/v1";

std::vector<std::string_view> segments(std::string_view path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    return text::split(path, '/');
}

std::string shape(std::vector<std::string_view> const& parts) {
    return std::to_string(parts.size()) + " " + std::string(parts.front());
}

// Whether the pattern is this path, and the values for its places.
bool fits(std::vector<std::string_view> const& pattern, std::vector<std::string_view> const& parts,
          std::map<std::string, std::string, std::less<>>& values) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (pattern[i].starts_with('{'))
            values[std::string(pattern[i].substr(1, pattern[i].size() - 2))] = std::string(parts[i]);
        else if (pattern[i] != parts[i])
            return false;
    }
    return true;
}

bool is_below(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool changes(std::string_view method) {
    return method != "GET" && method != "HEAD";
}

Locale wanted_language(Headers const& headers) {
    // The first language named decides; ours is Chinese unless English is asked for first.
    auto const accepted = text::ascii_lower(header(headers, "accept-language"));
    return accepted.starts_with("en") ? Locale::en : Locale::zh;
}

// `"17"` or W/"17" of If-Match as a version.
std::optional<std::int64_t> version_in(std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') return std::nullopt;
    std::int64_t version = 0;
    auto const* const end = tag.data() + tag.size() - 1;
    auto const [stopped, error] = std::from_chars(tag.data() + 1, end, version);
    return error == std::errc() && stopped == end ? std::optional(version) : std::nullopt;
}

HttpResponse to_response(Reply reply) {
    HttpResponse response{.status = reply.status, .headers = std::move(reply.headers)};
    if (reply.version) response.headers.emplace_back("etag", "\"" + std::to_string(*reply.version) + "\"");
    if (header(response.headers, "cache-control").empty()) response.headers.emplace_back("cache-control", "no-store");
    if (reply.events) {
        response.headers.emplace_back("content-type", "text/event-stream");
        response.events = std::move(reply.events);
    } else if (reply.file) {
        response.file = std::move(reply.file);
    } else if (reply.bytes) {
        response.body = *std::move(reply.bytes);
    } else if (reply.status != 204) {
        response.headers.emplace_back("content-type", "application/json");
        response.body = std::move(reply.body);
    }
    return response;
}

}  // namespace

// One request on its way through: lives from handle() to respond().
struct App::Pending {
    HttpRequest request;
    std::function<void(HttpResponse)> respond;
    Route const* route = nullptr;
    Call call;
    Result<Reply> reply = fail(Kind::internal, "internal", "no handler ran");
};

void add_security_headers(HttpResponse& response, bool secure) {
    auto& h = response.headers;
    h.emplace_back(
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-src 'self' blob:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    h.emplace_back("x-content-type-options", "nosniff");
    h.emplace_back("referrer-policy", "no-referrer");
    h.emplace_back("cross-origin-opener-policy", "same-origin");
    h.emplace_back("cross-origin-resource-policy", "same-origin");
    h.emplace_back("permissions-policy", "camera=(self), microphone=(), geolocation=(self)");
    if (secure) h.emplace_back("strict-transport-security", "max-age=31536000");
}

App::App(AppParts parts, Routes routes) : parts_(std::move(parts)), routes_(std::move(routes)) {
    for (auto const& route : routes_) {
        if (route.rule.right.empty()) throw std::logic_error("a route without a right: " + route.path);
        by_shape_[shape(segments(route.path))].push_back(&route);
    }
    description_ = json::serialize(openapi(routes_, parts_.version));
}

App::Match App::find(std::string_view method, std::string_view path) const {
    auto const parts = segments(path);
    Match match;
    auto const candidates = by_shape_.find(shape(parts));
    if (candidates == by_shape_.end()) return match;
    for (Route const* route : candidates->second) {
        std::map<std::string, std::string, std::less<>> values;
        if (route->method != method || !fits(segments(route->path), parts, values)) continue;
        // A route spelled out ("/cases/counts") goes before one with a place for an id ("/cases/{id}").
        if (match.route == nullptr || values.empty()) match = {route, std::move(values)};
    }
    return match;
}

std::string App::methods_at(std::string_view path) const {
    auto const parts = segments(path);
    std::string methods;
    auto const candidates = by_shape_.find(shape(parts));
    if (candidates == by_shape_.end()) return methods;
    for (Route const* route : candidates->second) {
        std::map<std::string, std::string, std::less<>> values;
        if (fits(segments(route->path), parts, values)) methods += (methods.empty() ? "" : ", ") + route->method;
    }
    return methods;
}

BodyRule App::body_rule(std::string_view method, std::string_view path) const {
    if (!is_below(path, base)) return {};
    auto const match = find(method, path.substr(base.size()));
    return match.route != nullptr ? match.route->rule.body : BodyRule{};
}

void App::handle(HttpRequest request, std::function<void(HttpResponse)> respond) {
    bool const secure = request.secure;
    auto finished = [respond = std::move(respond), secure](HttpResponse response) {
        add_security_headers(response, secure);
        respond(std::move(response));
    };
    if (system_page(request, finished)) return;
    if (is_below(request.path, base)) {
        api(std::move(request), std::move(finished));
    } else {
        finished(page(request));
    }
}

void App::api(HttpRequest request, std::function<void(HttpResponse)> respond) {
    auto pending = std::make_shared<Pending>();
    pending->request = std::move(request);
    pending->respond = std::move(respond);
    auto& call = pending->call;
    call.now = parts_.clock.now();
    call.locale = wanted_language(pending->request.headers);
    call.request = pending->request.id;
    // HEAD is GET without the body, which transport leaves out.
    auto const method = pending->request.method == "HEAD" ? "GET" : pending->request.method;
    auto const path = std::string_view(pending->request.path).substr(base.size());
    auto match = find(method, path);
    if (match.route == nullptr) {
        auto const methods = methods_at(path);
        if (methods.empty()) return finish(*pending, fail(Kind::not_found, "route.none"));
        return finish(*pending, fail(Error(Kind::not_allowed, "route.method").with("allow", methods)));
    }
    pending->route = match.route;
    call.path = std::move(match.path);
    call.query = Query(pending->request.query);
    call.remote = pending->request.remote;
    call.secure = pending->request.secure;
    if (auto read = read_body(*pending); !read) return finish(*pending, std::unexpected(read.error()));

    // Who it is and whether they may is read first, so that what is refused never waits for the writer.
    auto const mode = pending->route->mode;
    parts_.database.submit_read(
        [this, pending, mode](storage::Transaction& tx) -> Result<> {
            if (auto admitted = admit(*pending, tx); !admitted) return admitted;
            if (mode == Mode::read) pending->reply = pending->route->act(pending->call, tx);
            return {};
        },
        [this, pending, mode](Result<> done) {
            if (!done) return finish(*pending, std::unexpected(std::move(done).error()));
            if (mode == Mode::read) return finish(*pending, std::move(pending->reply));
            mode == Mode::write ? run_write(pending) : run_work(pending);
        });
}

Result<> App::read_body(Pending& pending) const {
    auto& call = pending.call;
    call.headers = pending.request.headers;
    call.if_match = version_in(header(call.headers, "if-match"));
    call.upload = std::move(pending.request.upload);
    if (!pending.route->request) return {};
    auto const type = text::ascii_lower(header(call.headers, "content-type"));
    // Only a form that says it is JSON is read as JSON: what a foreign page can post in a browser cannot say so.
    if (!type.starts_with("application/json")) return fail(Kind::malformed, "body.not-json");
    auto parsed = json::parse(pending.request.body);
    if (!parsed) return std::unexpected(std::move(parsed).error());
    call.body = *std::move(parsed);
    wipe(pending.request.body);
    return {};
}

Result<> App::admit(Pending& pending, storage::Transaction& tx) const {
    auto& call = pending.call;
    auto const& rule = pending.route->rule;
    auto caller = parts_.identify(tx, pending.request);
    // A public route answers to a stale cookie as to nobody: otherwise nobody could sign in again.
    if (!caller && rule.right != "public") return std::unexpected(std::move(caller).error());
    if (caller) call.caller = *std::move(caller);
    if (!call.caller.anonymous() && header(call.headers, "accept-language").empty()) call.locale = call.caller.locale;
    if (rule.right != "public") {
        if (call.caller.anonymous()) return fail(Kind::unauthorised, "session.none");
        if (rule.right != "signed-in" && !call.caller.may(rule.right)) return fail(Kind::forbidden, "right.missing");
    }
    if (changes(pending.route->method) && rule.needs_csrf && call.caller.session != 0 &&
        !crypto::equal(header(call.headers, "x-csrf-token"), call.caller.csrf)) {
        return fail(Kind::forbidden, "csrf.missing");
    }
    if (rule.step_up && !call.caller.proven(call.now)) return fail(Kind::forbidden, "session.step-up");
    auto key = idempotency_key(call.headers);
    if (!key) return std::unexpected(std::move(key).error());
    if (pending.route->method == "POST" && rule.keep_answer) call.key = *std::move(key);
    return {};
}

void App::run_write(std::shared_ptr<Pending> pending) {
    parts_.database.submit_write(
        [pending](storage::Transaction& tx) -> Result<> {
            Route const& route = *pending->route;
            Call const& call = pending->call;
            pending->reply = act_once(call, route.method + " " + route.path, tx, [&] { return route.act(call, tx); });
            if (!pending->reply) return std::unexpected(pending->reply.error());
            return {};
        },
        [this, pending](Result<> done) {
            // The transaction's own failure (a full disk, say) outranks what the handler said.
            finish(*pending, done ? std::move(pending->reply) : std::unexpected(std::move(done).error()));
        });
}

void App::run_work(std::shared_ptr<Pending> pending) {
    bool const taken = parts_.pool.submit([this, pending] {
        Result<Reply> reply = fail(Kind::internal, "internal");
        try {
            reply = pending->route->work(pending->call);
        } catch (std::exception const& e) {
            reply = fail(Kind::internal, "internal", e.what());
        }
        finish(*pending, std::move(reply));
    });
    if (!taken) finish(*pending, fail(Kind::unavailable, "busy"));
}

void App::finish(Pending& pending, Result<Reply> reply) const {
    auto response = reply ? to_response(*std::move(reply))
                          : problem(reply.error(), parts_.texts, pending.call.locale, pending.call.request);
    pending.respond(std::move(response));
}

bool App::system_page(HttpRequest const& request, std::function<void(HttpResponse)> const& respond) const {
    if (request.path == "/api/v1/openapi.json") {
        respond({.headers = {{"content-type", "application/json"}}, .constant = description_});
    } else if (request.path == "/healthz") {
        respond({.headers = {{"content-type", "text/plain"}}, .body = "ok\n"});
    } else if (request.path == "/readyz" || request.path == "/metrics") {
        // On the pool: they wait for the database, and a connection's thread must not.
        bool const taken = parts_.pool.submit([this, respond, path = request.path, id = request.id] {
            respond(path == "/readyz" ? readiness(id) : metrics());
        });
        if (!taken) respond(problem(Error(Kind::unavailable, "busy"), parts_.texts, Locale::en, request.id));
    } else {
        return false;
    }
    return true;
}

HttpResponse App::readiness(std::string const& request) const {
    auto const ready = parts_.ready();
    return ready ? HttpResponse{.headers = {{"content-type", "text/plain"}}, .body = "ready\n"}
                 : problem(ready.error(), parts_.texts, Locale::en, request);
}

HttpResponse App::metrics() const {
    return {.headers = {{"content-type", "text/plain; version=0.0.4"}}, .body = parts_.metrics()};
}

HttpResponse App::page(HttpRequest const& request) const {
    // Programs that ask below /api are told that there is nothing; the page would only confuse them.
    if (changes(request.method) || is_below(request.path, "/api"))
        return problem(Error(Kind::not_found, "route.none"), parts_.texts, wanted_language(request.headers),
                       request.id);
    bool const gzip = header(request.headers, "accept-encoding").find("gzip") != std::string_view::npos;
    auto asset = parts_.assets(request.path, gzip);
    // Paths of the client's own router are all the one page; a missing script or picture is not.
    bool const is_file = request.path.find('.') != std::string::npos;
    if (!asset && !is_file) asset = parts_.assets("/index.html", gzip);
    if (!asset)
        return problem(Error(Kind::not_found, "route.none"), parts_.texts, wanted_language(request.headers),
                       request.id);
    HttpResponse response{
        .headers = {{"content-type", std::string(asset->type)},
                    {"etag", std::string(asset->etag)},
                    {"vary", "accept-encoding"},
                    {"cache-control", asset->immutable ? "public, max-age=31536000, immutable" : "no-cache"}},
        .constant = asset->bytes};
    if (asset->gzip) response.headers.emplace_back("content-encoding", "gzip");
    return response;
}

}  // namespace keepword::api
