#include "domain/access/access_store.hpp"

#include "domain/access/tries.hpp"

namespace keepword::access {
namespace {

constexpr std::int64_t most_sessions = 50;
constexpr std::int64_t most_tokens = 100;

SessionRecord session_of(storage::Row const& row) {
    return {row.id<SessionTag>(0), row.id<PersonTag>(1), row.instant(2), row.instant(3),
            row.text(4),           row.text(5),          row.instant(6)};
}

TokenRow token_of(storage::Row const& row) {
    return {row.id<TokenTag>(0),    row.text(1), row.text(2), row.instant(3), row.optional_instant(4),
            row.optional_instant(5)};
}

std::optional<SignInRecord> sign_in_at(std::optional<storage::Row> const& row) {
    if (!row) return std::nullopt;
    return SignInRecord{row->id<PersonTag>(0), row->text(1), row->text(2)};
}

}  // namespace

// Seen in a future that never came: the clock has been put back, and the session must not live until it comes.
bool is_alive(Instant created_at, Instant seen_at, Instant now) {
    return now - created_at < session_limit && now - seen_at < idle_limit && seen_at - now < idle_limit;
}

Result<std::optional<SignInRecord>> find_sign_in(storage::Transaction& tx, std::string_view login) {
    auto const row =
        TRY(tx.one("SELECT p.id, p.login, w.hash FROM person p JOIN password w ON w.person = p.id WHERE "
                   "p.login_key = ? AND p.active = 1",
                   people::login_key(login)));
    return sign_in_at(row);
}

Result<std::optional<SignInRecord>> sign_in_of(storage::Transaction& tx, PersonId person) {
    auto const row =
        TRY(tx.one("SELECT p.id, p.login, w.hash FROM person p JOIN password w ON w.person = p.id WHERE "
                   "p.id = ? AND p.active = 1 AND p.login IS NOT NULL",
                   person));
    return sign_in_at(row);
}

Result<> store_password(storage::Transaction& tx, PersonId person, std::string const& hash, Instant now) {
    TRY(
        tx.execute("INSERT INTO password (person, hash, changed_at) VALUES (?,?,?) ON CONFLICT (person) DO UPDATE SET "
                   "hash = excluded.hash, changed_at = excluded.changed_at",
                   person, hash, now));
    return {};
}

Result<> set_password(storage::Transaction& tx, PersonId person, std::string const& hash, Instant now) {
    TRY(store_password(tx, person, hash, now));
    return delete_sessions_but(tx, person, 0, now);
}

Result<> insert_session(storage::Transaction& tx, SessionRecord const& s, crypto::Digest const& token_hash) {
    TRY(tx.execute(
        "INSERT INTO browser_session (id, person, token_hash, created_at, seen_at, remote, agent, proven_at) "
        "VALUES (?,?,?,?,?,?,?,?)",
        s.id, s.person, token_hash, s.created_at, s.seen_at, s.remote, s.agent, s.proven_at));
    TRY(
        tx.execute("DELETE FROM browser_session WHERE person = ? AND id NOT IN (SELECT id FROM browser_session WHERE "
                   "person = ? ORDER BY seen_at DESC, id DESC LIMIT ?)",
                   s.person, s.person, most_sessions));
    return {};
}

Result<std::optional<SessionRecord>> find_session(storage::Transaction& tx, crypto::Digest const& token_hash) {
    auto const row =
        TRY(tx.one("SELECT id, person, created_at, seen_at, remote, agent, proven_at FROM browser_session WHERE "
                   "token_hash = ?",
                   token_hash));
    return row ? std::optional(session_of(*row)) : std::nullopt;
}

Result<std::vector<SessionRecord>> sessions_of(storage::Transaction& tx, PersonId person, Instant now) {
    std::vector<SessionRecord> out;
    for (auto const& row :
         TRY(tx.query("SELECT id, person, created_at, seen_at, remote, agent, proven_at FROM browser_session "
                      "WHERE person = ? ORDER BY seen_at DESC, id DESC",
                      person))) {
        auto session = session_of(row);
        if (is_alive(session.created_at, session.seen_at, now)) out.push_back(std::move(session));
    }
    return out;
}

Result<> see_session(storage::Transaction& tx, SessionId id, Instant now) {
    TRY(tx.execute("UPDATE browser_session SET seen_at = ? WHERE id = ? AND seen_at < ?", now, id, now));
    return {};
}

// What a session that ended has open ends with it.
Result<bool> delete_session(storage::Transaction& tx, SessionId id, PersonId person, Instant now) {
    if (TRY(tx.execute("DELETE FROM browser_session WHERE id = ? AND person = ?", id, person)) == 0) return false;
    TRY(people::rights_changed(tx, person, now));
    return true;
}

Result<> delete_sessions_but(storage::Transaction& tx, PersonId person, std::int64_t kept, Instant now) {
    if (TRY(tx.execute("DELETE FROM browser_session WHERE person = ? AND id <> ?", person, kept)) == 0) return {};
    return people::rights_changed(tx, person, now);
}

Result<> insert_token(storage::Transaction& tx, TokenRow const& token, PersonId person, crypto::Digest const& hash) {
    auto const count = TRY(tx.one("SELECT count(*) FROM api_token WHERE person = ?", person));
    if (count->integer(0) >= most_tokens) return fail(Kind::conflict, "token.too-many");
    TRY(tx.execute("INSERT INTO api_token (id, person, name, token_hash, created_at, expires_at) VALUES (?,?,?,?,?,?)",
                   token.id, person, token.name, hash, token.created_at, token.expires_at));
    return {};
}

Result<std::optional<TokenRecord>> find_token(storage::Transaction& tx, crypto::Digest const& hash) {
    auto const row = TRY(tx.one("SELECT id, person, expires_at, seen_at FROM api_token WHERE token_hash = ?", hash));
    if (!row) return std::optional<TokenRecord>();
    return TokenRecord{row->id<TokenTag>(0), row->id<PersonTag>(1), row->optional_instant(2), row->optional_instant(3)};
}

Result<> see_token(storage::Transaction& tx, TokenId id, Instant now) {
    TRY(tx.execute("UPDATE api_token SET seen_at = ? WHERE id = ?", now, id));
    return {};
}

Result<std::vector<TokenRow>> list_tokens(storage::Transaction& tx, PersonId person) {
    storage::Select select(
        "SELECT t.id, t.name, p.login, t.created_at, t.expires_at, t.seen_at FROM api_token t JOIN person p ON p.id = "
        "t.person");
    if (person) select.where("t.person = ?", person);
    select.end("ORDER BY t.id");
    std::vector<TokenRow> out;
    for (auto const& row : TRY(tx.query(select))) out.push_back(token_of(row));
    return out;
}

Result<> revoke_token(storage::Transaction& tx, people::Act const& act, PersonId person, TokenId token) {
    auto const row = TRY(tx.one("SELECT person, name FROM api_token WHERE id = ?", token));
    if (!row || (person && row->id<PersonTag>(0) != person)) return fail(Kind::not_found, "not-found");
    TRY(tx.execute("DELETE FROM api_token WHERE id = ?", token));
    TRY(people::rights_changed(tx, row->id<PersonTag>(0), act.now));
    return people::record(tx, act, "token.revoked", people::subject("person", row->id<PersonTag>(0)),
                          json::object{{"token", token.str()}, {"name", row->text(1)}}, nullptr);
}

Result<> shut_out(storage::Transaction& tx, PersonId person) {
    TRY(tx.execute("DELETE FROM browser_session WHERE person = ?", person));
    TRY(tx.execute("DELETE FROM api_token WHERE person = ?", person));
    return {};
}

Result<> forget_ended(storage::Transaction& tx, Instant now) {
    TRY(tx.execute("DELETE FROM browser_session WHERE seen_at < ? OR created_at < ? OR seen_at > ?", now - idle_limit,
                   now - session_limit, now + idle_limit));
    TRY(tx.execute("DELETE FROM api_token WHERE expires_at < ?", now - days(30)));
    TRY(tx.execute("DELETE FROM password_reset WHERE expires_at < ?", now - days(1)));
    return forget_old_tries(tx, now);
}

}  // namespace keepword::access
