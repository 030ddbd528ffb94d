#include "domain/access/access.hpp"

#include "domain/access/access_store.hpp"
#include "domain/access/codes.hpp"
#include "domain/access/password.hpp"

namespace keepword::access {

FirstRun::FirstRun(bool needed) {
    if (needed) code_ = random_code(3);
}

std::string FirstRun::code() const {
    std::lock_guard const lock(mutex_);
    return code_;
}

bool FirstRun::matches(std::string_view entered) const {
    std::lock_guard const lock(mutex_);
    return !code_.empty() && crypto::equal(plain_code(entered), plain_code(code_));
}

void FirstRun::done() {
    std::lock_guard const lock(mutex_);
    code_.clear();
}

Result<std::string> hash_password(std::string_view login, Secret const& password) {
    if (auto const weak = weakness(login, password)) return invalid("password", *weak);
    return crypto::hash_password(password);
}

people::SignIns sign_ins() {
    return {.hash = hash_password, .set_password = set_password, .shut_out = shut_out};
}

Result<PersonId> create_owner(storage::Transaction& tx, people::Act const& act, people::RoleBook const& roles,
                              people::RegionBook const& regions, std::string const& login, std::string const& name,
                              std::string const& password_hash) {
    if (TRY(people::anybody_signs_in(tx))) return fail(Kind::conflict, "first-run.done");
    auto const person = TRY(people::create_person(tx, act, {.name = {name}, .login = json::Text<64>{login}}));
    TRY(people::give_role(tx, act, roles, regions, person, {.role = {std::string(people::owner_role)}}));
    TRY(set_password(tx, person, password_hash, act.now));
    return person;
}

Result<NewToken> create_token(storage::Transaction& tx, people::Act const& act, PersonId person,
                              std::string const& name, std::optional<Instant> expires_at) {
    people::Checks checks;
    TokenRow const row{.id = act.ids.next<TokenTag>(),
                       .name = checks.required("name", name),
                       .created_at = act.now,
                       .expires_at = expires_at};
    if (text::length(row.name) > 100) checks.wrong("name", "too-long");
    if (expires_at && *expires_at <= act.now) checks.wrong("expires_at", "past");
    TRY(checks.done());
    if (!TRY(sign_in_of(tx, person))) return fail(Kind::conflict, "people.no-login");
    auto const secret = crypto::random_token();
    // The prefix is for people and for scanners that look for lost keys.
    Secret token("kw_" + std::string(secret.reveal()));
    TRY(insert_token(tx, row, person, crypto::sha256(token.reveal())));
    TRY(people::record(
        tx, act, "token.issued", people::subject("person", person), nullptr,
        json::object{{"token", row.id.str()}, {"name", row.name}, {"expires_at", json::encode(row.expires_at)}}));
    return NewToken{row.id, std::move(token)};
}

}  // namespace keepword::access
