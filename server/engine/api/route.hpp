#pragma once
#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/call.hpp"
#include "storage/database.hpp"

// A route is declared once, beside its handler: method, path, right, help, fields. Dispatch, the API description, the
// web client's types and the permission matrix all come from that declaration.
namespace keepword::api {

enum class Mode {
    read,   // in a read transaction
    write,  // in a write transaction; Idempotency-Key holds here
    work,   // on the CPU pool, without a transaction: hashes, packs, opens its own short transactions
};

struct QueryField {
    std::string name;
    std::string help;
};

// What a route demands and says of itself. `right`: "public" (nobody need be signed in), "signed-in" (everybody who
// is), or a right of data/roles.json.
struct Rule {
    std::string right;
    std::string help;
    std::vector<QueryField> query = {};
    int status = 200;
    bool keep_answer = true;  // for Idempotency-Key; false where the answer holds a secret
    BodyRule body = {};
    bool needs_csrf = true;  // false only where no session exists yet: sign-in
    bool slow = false;       // work that may take many seconds: it waits behind others such, not before a sign-in
    bool step_up = false;    // sensitive: the session must have proven who uses it within api::proof_lasts
};

struct Route {
    std::string method;
    std::string path;  // "/cases/{id}", below /api/v1
    Mode mode = Mode::read;
    Rule rule;
    std::function<Result<Reply>(Call const&, storage::Transaction&)> act;  // read, write
    std::function<Result<Reply>(Call&)> work;                              // work
    std::function<json::value(json::object& components)> request;          // empty: no body
    std::function<json::value(json::object& components)> reply;            // empty: not JSON
};

using Routes = std::vector<Route>;

namespace detail {

// A struct becomes a reply; its `version` member, where it has one, the ETag.
template <class Out>
Reply to_reply(Out&& out, int status) {
    using T = std::remove_cvref_t<Out>;
    if constexpr (std::is_same_v<T, Reply>) {
        return std::forward<Out>(out);
    } else if constexpr (std::is_same_v<T, Nothing>) {
        return Reply{.status = 204};
    } else {
        Reply reply{.status = status, .body = json::text_of(out)};
        if constexpr (requires {
                          { out.version } -> std::convertible_to<std::int64_t>;
                      })
            reply.version = out.version;
        return reply;
    }
}

template <class Out>
std::function<json::value(json::object&)> describes() {
    if constexpr (std::is_same_v<Out, Reply> || std::is_same_v<Out, Nothing>)
        return {};
    else
        return [](json::object& components) { return json::schema<Out>(components); };
}

template <class R>
using ValueOf = typename R::value_type;

}  // namespace detail

// GET: `f(Call const&, Transaction&) -> Result<Out>`.
template <class F>
Route get(std::string path, Rule rule, F f) {
    using Out = detail::ValueOf<std::invoke_result_t<F, Call const&, storage::Transaction&>>;
    Route route{"GET", std::move(path), Mode::read, std::move(rule), {}, {}, {}, detail::describes<Out>()};
    route.act = [f, status = route.rule.status](Call const& call, storage::Transaction& tx) -> Result<Reply> {
        auto out = f(call, tx);
        if (!out) return std::unexpected(std::move(out).error());
        return detail::to_reply(*std::move(out), status);
    };
    return route;
}

// A change with a body In: `f(Call const&, In const&, Transaction&) -> Result<Out>`.
template <class In, class F>
Route change(std::string method, std::string path, Rule rule, F f) {
    using Out = detail::ValueOf<std::invoke_result_t<F, Call const&, In const&, storage::Transaction&>>;
    Route route{std::move(method), std::move(path), Mode::write, std::move(rule), {}, {}, {}, detail::describes<Out>()};
    if constexpr (!std::is_same_v<In, Nothing>) {
        route.request = [](json::object& components) { return json::schema<In>(components); };
    }
    route.act = [f, status = route.rule.status](Call const& call, storage::Transaction& tx) -> Result<Reply> {
        In in{};
        if constexpr (!std::is_same_v<In, Nothing>) {
            auto decoded = json::decode<In>(call.body);
            if (!decoded) return std::unexpected(std::move(decoded).error());
            in = *std::move(decoded);
        }
        auto out = f(call, in, tx);
        if (!out) return std::unexpected(std::move(out).error());
        return detail::to_reply(*std::move(out), status);
    };
    return route;
}

template <class In, class F>
Route post(std::string path, Rule rule, F f) {  // change() by its method, as the two below
    return change<In>("POST", std::move(path), std::move(rule), std::move(f));
}
template <class In, class F>
Route put(std::string path, Rule rule, F f) {
    return change<In>("PUT", std::move(path), std::move(rule), std::move(f));
}
template <class In, class F>
Route patch(std::string path, Rule rule, F f) {
    return change<In>("PATCH", std::move(path), std::move(rule), std::move(f));
}
// DELETE has no body: `f(Call const&, Nothing const&, Transaction&)`.
template <class F>
Route remove(std::string path, Rule rule, F f) {
    return change<Nothing>("DELETE", std::move(path), std::move(rule), std::move(f));
}

// On the CPU pool: `f(Call&, In&&) -> Result<Out>`. In = Nothing: no JSON body (an upload, or none).
template <class In, class F>
Route work(std::string method, std::string path, Rule rule, F f) {
    using Out = detail::ValueOf<std::invoke_result_t<F, Call&, In&&>>;
    Route route{std::move(method), std::move(path), Mode::work, std::move(rule), {}, {}, {}, detail::describes<Out>()};
    if constexpr (!std::is_same_v<In, Nothing>) {
        route.request = [](json::object& components) { return json::schema<In>(components); };
    }
    route.work = [f, status = route.rule.status](Call& call) -> Result<Reply> {
        In in{};
        if constexpr (!std::is_same_v<In, Nothing>) {
            auto decoded = json::decode<In>(call.body);
            if (!decoded) return std::unexpected(std::move(decoded).error());
            in = *std::move(decoded);
        }
        auto out = f(call, std::move(in));
        if (!out) return std::unexpected(std::move(out).error());
        return detail::to_reply(*std::move(out), status);
    };
    return route;
}

}  // namespace keepword::api
