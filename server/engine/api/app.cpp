#include "engine/api/app.hpp"

#include <algorithm>
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

// From this machine itself, and not through a proxy on it that lets others in.
bool is_local(HttpRequest const& request) {
    bool const here = request.remote == "127.0.0.1" || request.remote == "::1";
    return here && header(request.headers, "x-forwarded-for").empty() && header(request.headers, "forwarded").empty();
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
        response.file_is_spent = reply.file_is_spent;
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
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
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
    if (is_below(request.path, base) && request.path != "/api/v1/openapi.json")
        return api(std::move(request), std::move(finished));
    auto const began = std::chrono::steady_clock::now();
    // Only what the line of the page needs: the request itself may be moved on.
    HttpRequest about;
    about.path = request.path;
    about.method = changes(request.method) ? "OTHER" : "GET";
    about.id = request.id;
    auto noted = [this, about = std::move(about), began, finished = std::move(finished)](HttpResponse response) {
        note(about, response, began);
        finished(std::move(response));
    };
    // Outside of the API everything is there to be read, and what is not there cannot be changed either.
    if (changes(request.method) && (request.path == "/api/v1/openapi.json" || !is_below(request.path, "/api")))
        return noted(problem(Error(Kind::not_allowed, "route.method").with("allow", "GET, HEAD"), parts_.texts,
                             wanted_language(request.headers), request.id));
    if (!system_page(request, noted)) noted(page(request));
}

void App::note(HttpRequest const& request, HttpResponse const& response,
               std::chrono::steady_clock::time_point began) const {
    if (!parts_.handled) return;
    constexpr std::string_view named[] = {"/api/v1/openapi.json", "/healthz", "/readyz", "/metrics"};
    auto const* const known = std::ranges::find(named, request.path);
    parts_.handled({.method = request.method,
                    .route = known != std::end(named) ? *known
                             : response.status == 404 ? "none"
                                                      : "page",
                    .request = request.id,
                    .path_id = {},
                    .status = response.status,
                    .took = std::chrono::steady_clock::now() - began});
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
    auto& pool = pending->route->rule.slow ? parts_.slow_pool : parts_.pool;
    bool const taken = pool.submit([this, pending] {
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
    if (parts_.handled) {
        auto const id = pending.call.path.find("id");
        parts_.handled({.method = pending.route != nullptr ? std::string_view(pending.route->method) : "GET",
                        .route = pending.route != nullptr ? std::string_view(pending.route->path) : "none",
                        .request = pending.call.request,
                        .path_id = id != pending.call.path.end() ? std::string_view(id->second) : "",
                        .status = response.status,
                        .took = std::chrono::steady_clock::now() - pending.began});
    }
    pending.respond(std::move(response));
}

bool App::system_page(HttpRequest const& request, std::function<void(HttpResponse)> const& respond) const {
    if (request.path == "/api/v1/openapi.json") {
        respond({.headers = {{"content-type", "application/json"}}, .constant = description_});
    } else if (request.path == "/healthz") {
        respond({.headers = {{"content-type", "text/plain"}}, .body = "ok\n"});
    } else if (request.path == "/readyz" || request.path == "/metrics") {
        if (request.path == "/metrics" && !is_local(request)) {
            respond(problem(Error(Kind::not_found, "route.none"), parts_.texts, Locale::en, request.id));
            return true;
        }
        bool const as_text = header(request.headers, "accept").find("text/plain") != std::string_view::npos;
        // On the pool: they wait for the database, and a connection's thread must not.
        bool const taken = parts_.pool.submit([this, respond, path = request.path, as_text] {
            respond(path == "/readyz" ? readiness(as_text) : metrics());
        });
        if (!taken) respond(problem(Error(Kind::unavailable, "busy"), parts_.texts, Locale::en, request.id));
    } else {
        return false;
    }
    return true;
}

// What is wrong by its code and its text; details may name what is not for everybody, and are in the log.
HttpResponse App::readiness(bool as_text) const {
    bool ready = true;
    json::array checks;
    std::string lines;
    for (auto const& [name, holds] : parts_.ready()) {
        json::object check{{"name", name}, {"holds", holds.has_value()}};
        if (!holds) {
            ready = false;
            auto const said = parts_.texts.say(Locale::en, holds.error().code, holds.error().params);
            check["code"] = holds.error().code;
            check["detail"] = said;
            lines.append(name).append(": ").append(holds.error().code).append(": ").append(said).append("\n");
        }
        checks.push_back(std::move(check));
    }
    HttpResponse response{.status = ready ? 200 : 503, .headers = {{"cache-control", "no-store"}}};
    if (!ready) response.headers.emplace_back("retry-after", "5");
    response.headers.emplace_back("content-type", as_text ? "text/plain" : "application/json");
    response.body = as_text ? (ready ? "ready\n" : "not ready\n" + lines)
                            : json::serialize(json::object{{"ready", ready}, {"checks", std::move(checks)}});
    return response;
}

HttpResponse App::metrics() const {
    return {.headers = {{"content-type", "text/plain; version=0.0.4"}}, .body = parts_.metrics()};
}

HttpResponse App::page(HttpRequest const& request) const {
    // Programs that ask below /api are told that there is nothing; the page would only confuse them.
    if (is_below(request.path, "/api"))
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
