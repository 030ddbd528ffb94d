#include "domain/access/tries.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace keepword::access {
namespace {

constexpr std::int64_t free_for_login = 5;
constexpr std::int64_t free_for_place = 100;  // an office has one address for all, who sign in at half past eight
constexpr Duration login_memory = hours(24);
constexpr Duration place_memory = hours(1);
constexpr Duration longest_wait = minutes(15);

std::string key_of_login(Try const& attempt) {
    return crypto::hex(crypto::sha256("login\n" + attempt.what + "\n" + place_of(attempt.remote)));
}
std::string key_of_place(Try const& attempt) {
    return crypto::hex(crypto::sha256("place\n" + place_of(attempt.remote)));
}

// Counts one more under a key, unless it must wait: then the seconds, at least one.
Result<std::int64_t> count(storage::Transaction& tx, std::string const& key, std::int64_t free, Duration memory,
                           Instant now) {
    auto const row = TRY(tx.one("SELECT failures, last_at FROM sign_in_try WHERE key = ?", key));
    std::int64_t failures = 0;
    // What lies ahead of now was counted by a clock that has been put back, and says nothing of now.
    if (row && now - row->instant(1) < memory && row->instant(1) - now < longest_wait) {
        failures = row->integer(0);
        auto const until = row->instant(1) + wait_after(failures, free);
        if (now < until) return ((until - now).ms + 999) / 1000;
    }
    TRY(
        tx.execute("INSERT INTO sign_in_try (key, failures, last_at) VALUES (?,?,?) ON CONFLICT (key) DO UPDATE SET "
                   "failures = excluded.failures, last_at = excluded.last_at",
                   key, failures + 1, now));
    return 0;
}

}  // namespace

Duration wait_after(std::int64_t failures, std::int64_t free) {
    if (failures < free) return {};
    auto const doublings = std::min<std::int64_t>(failures - free, 20);
    return std::min(seconds(5) * (std::int64_t{1} << doublings), longest_wait);
}

std::string place_of(std::string_view remote) {
    in6_addr address{};
    std::string text(remote);
    if (inet_pton(AF_INET6, text.c_str(), &address) != 1) return text;
    constexpr unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    char out[INET6_ADDRSTRLEN] = {};
    if (std::memcmp(address.s6_addr, mapped, sizeof mapped) == 0) {
        inet_ntop(AF_INET, address.s6_addr + 12, out, sizeof out);
        return out;
    }
    std::memset(address.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, &address, out, sizeof out);
    return std::string(out) + "/64";
}

Result<> begin_try(storage::Transaction& tx, Try const& attempt, Instant now) {
    auto wait = TRY(count(tx, key_of_login(attempt), free_for_login, login_memory, now));
    if (wait == 0) wait = TRY(count(tx, key_of_place(attempt), free_for_place, place_memory, now));
    if (wait == 0) return {};
    return fail(Error(Kind::too_many, "session.too-many").with("seconds", std::to_string(wait)));
}

Result<> forgive_try(storage::Transaction& tx, Try const& attempt) {
    TRY(tx.execute("DELETE FROM sign_in_try WHERE key = ?", key_of_login(attempt)));
    TRY(tx.execute("UPDATE sign_in_try SET failures = failures - 1 WHERE key = ? AND failures > 0",
                   key_of_place(attempt)));
    return {};
}

Result<> forget_old_tries(storage::Transaction& tx, Instant now) {
    TRY(tx.execute("DELETE FROM sign_in_try WHERE last_at < ?", now - login_memory));
    return {};
}

}  // namespace keepword::access
