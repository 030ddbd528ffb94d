#include "engine/api/idempotency.hpp"

namespace keepword::api {
namespace {

crypto::Digest request_hash(std::string_view route, Call const& call) {
    std::string text = std::string(route) + "\n";
    for (auto const& [name, value] : call.path) text.append(name).append("=").append(value).append("\n");
    return crypto::sha256(text + json::serialize(call.body));
}

}  // namespace

Result<std::optional<std::string>> idempotency_key(Headers const& headers) {
    auto const key = header(headers, "idempotency-key");
    if (key.empty()) return std::optional<std::string>();
    for (char c : key) {
        if (c < '!' || c > '~') return invalid("Idempotency-Key", "invalid");
    }
    if (key.size() > 200) return invalid("Idempotency-Key", "too-long");
    return std::optional(std::string(key));
}

Result<Reply> act_once(Call const& call, std::string_view route, storage::Transaction& tx,
                       std::function<Result<Reply>()> const& act) {
    if (!call.key) return act();
    auto const hash = request_hash(route, call);
    auto const kept =
        TRY(tx.one("SELECT request_hash, status, version, body FROM idempotency WHERE person = ? AND key = ?",
                   call.caller.person, *call.key));
    if (kept) {
        if (kept->blob(0) != crypto::view(hash)) return fail(Kind::invalid, "idempotency.other-body");
        Reply reply{.status = static_cast<int>(kept->integer(1)), .body = kept->text(3)};
        if (!kept->null(2)) reply.version = kept->integer(2);
        return reply;
    }
    auto reply = TRY(act());
    TRY(tx.execute(
        "INSERT INTO idempotency (person, key, request_hash, status, version, body, at) VALUES (?,?,?,?,?,?,?)",
        call.caller.person, *call.key, hash, reply.status, reply.version, reply.body, call.now));
    return reply;
}

Result<> forget_old_answers(storage::Transaction& tx, Instant now) {
    TRY(tx.execute("DELETE FROM idempotency WHERE at < ?", now - hours(24)));
    return {};
}

}  // namespace keepword::api
