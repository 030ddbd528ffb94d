#include "domain/access/access_store.hpp"
#include "domain/access/cookie.hpp"

namespace keepword::access {
namespace {

using storage::Transaction;

constexpr Duration refresh = minutes(5);  // how exact "last seen" is

// A reader found it stale; the writer notes it when it comes to it, and nobody waits for that.
template <class F>
void note(storage::Database& database, F work) {
    database.submit_write([work](Transaction& tx) -> Result<> { return work(tx); }, [](Result<> const&) {});
}

// Who has left meanwhile is told the same as who signed out.
Result<api::Caller> caller(Transaction& tx, PersonId person, Instant now, people::RoleBook const& roles) {
    auto found = people::caller_of(tx, person, now, roles);
    if (!found && found.error().kind == Kind::unauthorised) return fail(Kind::unauthorised, "session.ended");
    return found;
}

Result<api::Caller> by_token(Parts const& parts, Transaction& tx, std::string_view token, Instant now) {
    auto const found = TRY(find_token(tx, crypto::sha256(token)));
    if (!found || (found->expires_at && *found->expires_at <= now)) return fail(Kind::unauthorised, "session.ended");
    if (!found->seen_at || now - *found->seen_at >= refresh) {
        note(parts.database, [id = found->id, now](Transaction& write) { return see_token(write, id, now); });
    }
    return caller(tx, found->person, now, parts.roles);
}

Result<api::Caller> by_cookie(Parts const& parts, Transaction& tx, std::string_view token, Instant now) {
    auto const found = TRY(find_session(tx, crypto::sha256(token)));
    if (!found || !is_alive(found->created_at, found->seen_at, now)) return fail(Kind::unauthorised, "session.ended");
    if (now - found->seen_at >= refresh) {
        note(parts.database, [id = found->id, now](Transaction& write) { return see_session(write, id, now); });
    }
    auto who = TRY(caller(tx, found->person, now, parts.roles));
    who.session = found->id.value;
    // Proven in a future that never came (the clock has been put back) is not proven.
    if (found->proven_at <= now) who.proven_at = found->proven_at;
    who.csrf = csrf_of(token);
    return who;
}

}  // namespace

api::Identify identify(Parts const& parts, Clock const& clock) {
    return [parts, &clock](Transaction& tx, api::HttpRequest const& request) -> Result<api::Caller> {
        auto const now = clock.now();
        auto const authorization = api::header(request.headers, "authorization");
        // A token goes before a cookie: whoever sends one says so on purpose.
        if (text::ascii_lower(authorization.substr(0, 6)) == "bearer") {
            return by_token(parts, tx, text::trim(authorization.substr(6)), now);
        }
        auto const token = cookie_in(request.headers, request.secure);
        if (token.empty()) return api::Caller();
        return by_cookie(parts, tx, token, now);
    };
}

}  // namespace keepword::access
