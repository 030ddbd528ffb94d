#include "domain/access/access.hpp"

#include <algorithm>
#include <array>

#include "domain/access/access_store.hpp"
#include "domain/access/cookie.hpp"

namespace keepword::access {
namespace {

constexpr Duration seen_precision = minutes(5);  // so that reading does not become writing

constexpr std::array<std::string_view, 12> commonest{"1234567890", "12345678910", "0123456789", "qwertyuiop",
                                                     "password123", "password1234", "1qaz2wsx3edc", "q1w2e3r4t5",
                                                     "abcd123456", "a123456789", "1111111111", "administrator"};

// When the browser was last here; told now and then, beside the request.
void touch(Parts const& parts, SessionRecord const& session, Instant now) {
    if (now - session.seen_at < seen_precision) return;
    parts.database.submit_write(
        [id = session.id, now](storage::Transaction& tx) -> Result<> {
            TRY(tx.execute("UPDATE session SET seen_at = ? WHERE id = ? AND seen_at < ?", now, id, now));
            return {};
        },
        [](Result<>) {});
}

}  // namespace

FirstRun::FirstRun(bool needed) {
    if (needed) code_ = crypto::base64url(crypto::random_bytes(12));
}

bool FirstRun::matches(std::string_view code) const {
    std::lock_guard const lock(mutex_);
    return !code_.empty() && crypto::equal(code_, code);
}

void FirstRun::done() {
    std::lock_guard const lock(mutex_);
    code_.clear();
}

api::Identify identify(Parts const& parts, Clock const& clock) {
    return [parts, &clock](storage::Transaction& tx, api::HttpRequest const& request) -> Result<api::Caller> {
        auto const now = clock.now();
        auto const bearer = api::header(request.headers, "authorization");
        if (bearer.starts_with("Bearer ")) {
            auto const person = TRY(find_token(tx, bearer.substr(7), now));
            if (!person) return fail(Kind::unauthorised, "session.none");
            return people::caller_of(tx, *person, now, parts.roles);
        }
        auto const token = cookie_of(request.headers);
        if (token.empty()) return api::Caller{};
        auto const session = TRY(find_session(tx, token, now));
        if (!session) return fail(Kind::unauthorised, "session.none");
        touch(parts, *session, now);
        auto caller = TRY(people::caller_of(tx, session->person, now, parts.roles));
        caller.session = session->id.value;
        caller.csrf = csrf_of(token);
        return caller;
    };
}

Result<std::string> hash_password(std::string_view login, Secret const& password) {
    auto const length = text::length(password.reveal());
    auto const folded = text::fold(password.reveal());
    if (length < 10) return invalid("password", "too-short");
    if (length > 200) return invalid("password", "too-long");
    if (folded == text::fold(login)) return invalid("password", "too-easy");
    if (std::find(commonest.begin(), commonest.end(), folded) != commonest.end()) return invalid("password", "too-easy");
    return crypto::hash_password(password);
}

people::SignIns sign_ins() {
    return {.hash = hash_password, .set_password = set_password, .shut_out = shut_out};
}

Result<PersonId> create_owner(storage::Transaction& tx, people::Act const& act, people::RoleBook const& roles,
                              people::RegionBook const& regions, std::string const& login, std::string const& name,
                              std::string const& password_hash) {
    if (TRY(people::anybody_signs_in(tx))) return fail(Kind::conflict, "access.owner-exists");
    auto const person = TRY(people::create_person(tx, act,
                                                  {.name = {name}, .kind = people::PersonKind::staff, .login = json::Text<64>{login},
                                                   .password = {}, .department = {}, .organisation = {}, .phone = {}, .email = {}, .locale = {}}));
    TRY(people::give_role(tx, act, roles, regions, person,
                          {.role = {"system-owner"}, .scope_kind = people::ScopeKind::all, .scope = {}, .from = {}, .until = {}}));
    TRY(set_password(tx, person, password_hash, act.now));
    return person;
}

}  // namespace keepword::access
