#include "domain/access/access_store.hpp"

#include <algorithm>


namespace keepword::access {
namespace {

crypto::Digest hash_of(std::string_view token) { return crypto::sha256(token); }

// After the fifth failure 15 seconds, doubling to a quarter of an hour; an address as a whole may fail 50 times first.
Duration wait_after(std::int64_t failures, std::int64_t free) {
    if (failures < free) return {};
    return std::min(minutes(15), seconds(15LL << std::min<std::int64_t>(failures - free, 6)));
}

}  // namespace

Result<std::optional<SessionRecord>> find_session(storage::Transaction& tx, std::string_view token, Instant now) {
    auto const row = TRY(tx.one("SELECT id, person, created_at, seen_at FROM session WHERE token_hash = ? AND seen_at > ? AND created_at > ?",
                                hash_of(token), now - idle_limit, now - session_limit));
    if (!row) return std::optional<SessionRecord>();
    return std::optional(SessionRecord{row->id<SessionTag>(0), row->id<PersonTag>(1), row->instant(2), row->instant(3)});
}

Result<SessionId> insert_session(storage::Transaction& tx, IdSource& ids, PersonId person, Secret const& token,
                                 std::string const& remote, std::string const& agent, Instant now) {
    auto const id = ids.next<SessionTag>();
    TRY(tx.execute("DELETE FROM session WHERE person = ? AND (seen_at <= ? OR created_at <= ?)", person, now - idle_limit, now - session_limit));
    TRY(tx.execute("INSERT INTO session (id, token_hash, person, created_at, seen_at, remote, agent) VALUES (?,?,?,?,?,?,?)", id,
                   hash_of(token.reveal()), person, now, now, remote, std::string(text::head(text::repair_utf8(agent), 200))));
    return id;
}

Result<> delete_session(storage::Transaction& tx, SessionId id) {
    TRY(tx.execute("DELETE FROM session WHERE id = ?", id));
    return {};
}

Result<std::optional<PersonId>> find_token(storage::Transaction& tx, std::string_view token, Instant now) {
    auto const row = TRY(tx.one("SELECT person FROM api_token WHERE token_hash = ? AND (expires_at IS NULL OR expires_at > ?)",
                                hash_of(token), now));
    return row ? std::optional(row->id<PersonTag>(0)) : std::nullopt;
}

Result<std::optional<Duration>> wait_before_try(storage::Transaction& tx, std::string const& login_key,
                                                std::string const& remote, Instant now) {
    Duration longest{};
    for (auto const& row : TRY(tx.query("SELECT login_key, count, last_at FROM sign_in_failure WHERE remote = ? AND login_key IN (?, '')",
                                        remote, login_key))) {
        auto const wait = wait_after(row.integer(1), row.text(0).empty() ? 50 : 5);
        longest = std::max(longest, (row.instant(2) + wait) - now);
    }
    return longest.ms > 0 ? std::optional(longest) : std::nullopt;
}

Result<> count_failure(storage::Transaction& tx, std::string const& login_key, std::string const& remote, Instant now) {
    // What is a day old no longer says anything about who is trying now.
    TRY(tx.execute("DELETE FROM sign_in_failure WHERE last_at < ?", now - hours(24)));
    for (auto const& key : {login_key, std::string()}) {
        TRY(tx.execute("INSERT INTO sign_in_failure (login_key, remote, count, last_at) VALUES (?,?,1,?) "
                       "ON CONFLICT (login_key, remote) DO UPDATE SET count = sign_in_failure.count + 1, last_at = excluded.last_at",
                       key, remote, now));
    }
    return {};
}

Result<> forget_failures(storage::Transaction& tx, std::string const& login_key, std::string const& remote) {
    TRY(tx.execute("DELETE FROM sign_in_failure WHERE login_key = ? AND remote = ?", login_key, remote));
    return {};
}

Result<> set_password(storage::Transaction& tx, PersonId person, std::string const& hash, Instant now) {
    TRY(tx.execute("INSERT INTO sign_in (person, password_hash, changed_at) VALUES (?,?,?) "
                   "ON CONFLICT (person) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at",
                   person, hash, now));
    TRY(tx.execute("DELETE FROM session WHERE person = ?", person));
    return {};
}

Result<> shut_out(storage::Transaction& tx, PersonId person) {
    TRY(tx.execute("DELETE FROM session WHERE person = ?", person));
    TRY(tx.execute("DELETE FROM api_token WHERE person = ?", person));
    return {};
}

Result<NewToken> create_token(storage::Transaction& tx, people::Act const& act, PersonId person, std::string const& name,
                              std::optional<Instant> expires_at) {
    NewToken made{act.ids.next<TokenTag>(), crypto::random_token()};
    TRY(tx.execute("INSERT INTO api_token (id, token_hash, person, name, created_at, expires_at) VALUES (?,?,?,?,?,?)", made.id,
                   hash_of(made.token.reveal()), person, name, act.now, expires_at));
    TRY(people::record(tx, act, "token.created", people::subject("token", made.id), nullptr,
                       json::object{{"person", person.str()}, {"name", name}}));
    return made;
}

Result<std::vector<TokenRow>> list_tokens(storage::Transaction& tx, PersonId person) {
    storage::Select select("SELECT t.id, t.name, p.login, t.created_at, t.expires_at FROM api_token t JOIN person p ON p.id = t.person");
    if (person) select.where("t.person = ?", person);
    select.end("ORDER BY t.id LIMIT 1000");
    std::vector<TokenRow> out;
    for (auto const& row : TRY(tx.query(select))) {
        out.push_back({row.id<TokenTag>(0), row.text(1), row.text(2), row.instant(3), row.optional_instant(4)});
    }
    return out;
}

Result<> revoke_token(storage::Transaction& tx, people::Act const& act, PersonId person, TokenId token) {
    auto const row = TRY(tx.one("SELECT person, name FROM api_token WHERE id = ?", token));
    if (!row || (person && row->id<PersonTag>(0) != person)) return fail(Kind::not_found, "not-found");
    TRY(tx.execute("DELETE FROM api_token WHERE id = ?", token));
    return people::record(tx, act, "token.revoked", people::subject("token", token),
                          json::object{{"person", row->id<PersonTag>(0).str()}, {"name", row->text(1)}}, nullptr);
}

}  // namespace keepword::access
