#include <algorithm>

#include "engine/jobs/jobs.hpp"
#include "foundation/log.hpp"

namespace keepword::jobs {
namespace {

// How long to sleep at most where a clock stands still or goes wrong: looking again costs one short query.
constexpr auto longest_sleep = std::chrono::seconds(30);

// After the n-th failure: 1 minute doubling to 1 hour.
Duration backoff(std::int64_t tries) { return std::min(minutes(60), minutes(1LL << std::min<std::int64_t>(tries, 6))); }

}  // namespace

Runner::~Runner() { stop(); }

void Runner::start() {
    thread_ = std::thread([this] { run(); });
}

void Runner::wake() {
    {
        std::lock_guard const lock(mutex_);
        woken_ = true;
    }
    changed_.notify_one();
}

void Runner::stop() {
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Runner::run() {
    for (;;) {
        {
            std::lock_guard const lock(mutex_);
            if (stopping_) return;
            woken_ = false;
        }
        auto const next = work();
        auto sleep = std::chrono::duration_cast<std::chrono::milliseconds>(longest_sleep);
        if (!next) {
            log::error("a runner failed: {} {}", next.error().code, next.error().detail);
            sleep = std::chrono::seconds(1);
        } else if (*next) {
            auto const until = std::max<std::int64_t>(0, (**next - clock_.now()).ms);
            sleep = std::min(sleep, std::chrono::milliseconds(until));
        }
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, sleep, [this] { return woken_ || stopping_; });
    }
}

AlarmRunner::AlarmRunner(storage::Database& database, Clock const& clock, std::map<std::string, AlarmHandler> handlers)
    : Runner(database, clock), handlers_(std::move(handlers)) {}

Result<std::optional<Instant>> AlarmRunner::work() {
    for (;;) {
        auto const now = clock_.now();
        auto const due = TRY(database_.read([&](storage::Transaction& tx) {
            return tx.query("SELECT id, kind, due FROM alarm ORDER BY due, id LIMIT 100");
        }));
        for (auto const& row : due) {
            if (row.instant(2) > now) return std::optional(row.instant(2));
            TRY(fire(row.text(0), row.text(1)));
        }
        if (due.empty()) return std::optional<Instant>();
    }
}

Result<> AlarmRunner::fire(std::string const& id, std::string const& kind) {
    auto const handler = handlers_.find(kind);
    auto const now = clock_.now();
    auto fired = handler == handlers_.end()
                     ? Result<>(fail(Kind::internal, "alarm.no-handler", kind))
                     : database_.write([&](storage::Transaction& tx) -> Result<> {
                           // Read again inside: it may have been cancelled or moved since it was listed.
                           auto const row = TRY(tx.one("SELECT payload FROM alarm WHERE id = ? AND due <= ?", id, now));
                           if (!row) return {};
                           TRY(tx.execute("DELETE FROM alarm WHERE id = ?", id));
                           return handler->second(tx, row->json(0), now);
                       });
    if (fired) return {};
    // One alarm that cannot be acted on must not hold up the others: it comes again later.
    log::error("alarm {} failed: {} {}", id, fired.error().code, fired.error().detail);
    return database_.write([&](storage::Transaction& tx) -> Result<> {
        auto const row = TRY(tx.one("SELECT tries FROM alarm WHERE id = ?", id));
        auto const tries = row ? row->integer(0) : 0;
        TRY(tx.execute("UPDATE alarm SET tries = tries + 1, due = ? WHERE id = ?", now + backoff(tries), id));
        return {};
    });
}

OutboxRunner::OutboxRunner(storage::Database& database, Clock const& clock, std::map<std::string, Sender> senders)
    : Runner(database, clock), senders_(std::move(senders)) {}

Result<std::optional<Instant>> OutboxRunner::work() {
    for (;;) {
        auto const now = clock_.now();
        auto const rows = TRY(database_.read([&](storage::Transaction& tx) {
            return tx.query("SELECT key, kind, payload, tries, next_at FROM outbox WHERE state = 'waiting' "
                            "ORDER BY next_at, key LIMIT 20");
        }));
        for (auto const& row : rows) {
            if (row.instant(4) > now) return std::optional(row.instant(4));
            TRY(send(row.text(0), row.text(1), row.json(2), row.integer(3)));
        }
        if (rows.empty()) return std::optional<Instant>();
    }
}

Result<> OutboxRunner::send(std::string const& key, std::string const& kind, json::value const& payload,
                            std::int64_t tries) {
    auto const sender = senders_.find(kind);
    auto const sent = sender == senders_.end() ? Result<>(fail(Kind::internal, "outbox.no-sender", kind))
                                               : sender->second(payload);
    auto const now = clock_.now();
    if (!sent) log::warning("outbox {} not sent: {} {}", key, sent.error().code, sent.error().detail);
    return database_.write([&](storage::Transaction& tx) -> Result<> {
        if (sent) {
            TRY(tx.execute("UPDATE outbox SET state = 'done', ended_at = ? WHERE key = ?", now, key));
            return {};
        }
        bool const again = sent.error().kind == Kind::unavailable && tries + 1 < max_tries;
        TRY(tx.execute("UPDATE outbox SET state = ?, tries = tries + 1, next_at = ?, last_error = ?, ended_at = ? WHERE key = ?",
                       again ? "waiting" : "dead", now + backoff(tries), sent.error().code,
                       again ? std::nullopt : std::optional(now), key));
        return {};
    });
}

}  // namespace keepword::jobs
