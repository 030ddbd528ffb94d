#include "engine/jobs/runner.hpp"

#include <algorithm>
#include <exception>

#include "foundation/log.hpp"

namespace keepword::jobs {
namespace {

using storage::Select;
using storage::Transaction;

constexpr int batch = 32;  // alarms in one transaction
constexpr Duration tidy_every = hours(1);

// The first due time of a table's rows of these kinds.
Result<std::optional<Instant>> earliest(storage::Database& database, storage::Sql head,
                                        std::vector<std::string> const& kinds) {
    Select select(head);
    select.where("due IS NOT NULL").where_in("kind", kinds).end("ORDER BY due LIMIT 1");
    return database.read([&](Transaction& tx) -> Result<std::optional<Instant>> {
        auto const rows = TRY(tx.query(select));
        return rows.empty() ? std::nullopt : rows.front().optional_instant(0);
    });
}

bool is_due(std::optional<Instant> due, Instant now) {
    return due && *due <= now;
}

}  // namespace

struct Runner::Loops {
    std::mutex mutex;
    std::vector<std::shared_ptr<Loop>> all;  // the first one fires alarms, the others do jobs

    std::vector<std::shared_ptr<Loop>> get() {
        std::lock_guard const lock(mutex);
        return all;
    }
};

Runner::Runner(storage::Database& database, Clock const& clock, RunnerOptions options)
    : database_(database),
      clock_(clock),
      options_(options),
      loops_(std::make_shared<Loops>()),
      tidied_at_(clock.now().ms) {
    database_.on_commit([loops = loops_] {
        for (auto const& loop : loops->get()) loop->wake_soon();
    });
}

Runner::~Runner() {
    stop();
}

void Runner::on(std::string kind, Send send) {
    job_kinds_.push_back(kind);
    senders_.insert_or_assign(std::move(kind), std::move(send));
}

void Runner::on_alarm(std::string kind, Handle handle) {
    alarm_kinds_.push_back(kind);
    handlers_.insert_or_assign(std::move(kind), std::move(handle));
}

void Runner::start() {
    if (database_.dialect() == storage::Dialect::sqlite) {
        auto const taken = database_.write([&](Transaction& tx) {
            return tx.execute("UPDATE job SET state = 'waiting', due = ? WHERE state = 'leased'", clock_.now());
        });
        if (!taken) log::warning("Leased jobs could not be taken back: {}", taken.error().detail);
    }
    auto const brought = database_.write([&](Transaction& tx) { return bring_back(tx, clock_.now()); });
    if (!brought) log::warning("What waits could not be looked through: {}", brought.error().detail);
    std::lock_guard const lock(loops_->mutex);
    loops_->all.push_back(std::make_shared<Loop>(clock_));
    loops_->all.back()->start([this](Loop const& loop) { return fire_alarms(loop); });
    for (unsigned i = 0; i < options_.senders; ++i) {
        loops_->all.push_back(std::make_shared<Loop>(clock_));
        loops_->all.back()->start([this](Loop const& loop) { return send_jobs(loop); });
    }
}

void Runner::stop() {
    std::vector<std::shared_ptr<Loop>> ending;
    {
        // Not stopped under the lock: a loop's last commit still looks for the others.
        std::lock_guard const lock(loops_->mutex);
        ending.swap(loops_->all);
    }
    for (auto const& loop : ending) loop->stop();
}

void Runner::wake() {
    for (auto const& loop : loops_->get()) loop->wake();
}

bool Runner::settle(std::chrono::milliseconds limit) {
    auto const until = std::chrono::steady_clock::now() + limit;
    auto const loops = loops_->get();
    while (std::chrono::steady_clock::now() < until) {
        for (auto const& loop : loops) {
            if (!loop->wait_for_turn(until)) return false;
        }
        auto const job = next_job();
        auto const alarm = next_alarm();
        bool const nothing_due = job && alarm && !is_due(*job, clock_.now()) && !is_due(*alarm, clock_.now());
        // A job being done is leased and so not due: its loop is busy.
        if (nothing_due && std::ranges::all_of(loops, [](auto const& loop) { return loop->idle(); })) return true;
    }
    return false;
}

Result<std::optional<Instant>> Runner::next_job() const {
    return earliest(database_, "SELECT due FROM job", job_kinds_);
}

Result<std::optional<Instant>> Runner::next_alarm() const {
    return earliest(database_, "SELECT due FROM alarm", alarm_kinds_);
}

// ---- alarms ------------------------------------------------------------------------------------------------------

Loop::Next Runner::fire_alarms(Loop const& loop) {
    for (int most = batch;;) {
        auto const next = next_alarm();
        if (!next) return {{}, true};
        if (!is_due(*next, clock_.now()) || loop.stopping()) return {*next, false};
        std::string failed;
        auto const fired = fire(most, failed);
        if (fired) continue;
        // The database's trouble is not the alarm's fault.
        if (failed.empty() || fired.error().kind == Kind::unavailable) return {*next, true};
        // All of a batch were rolled back: they go one by one, so that the one that failed fails alone.
        if (most == 1 && !put_off(failed, fired.error())) return {*next, true};
        most = most == 1 ? batch : 1;
    }
}

// Fires at most so many alarms, in order of their times, all in one transaction. On failure `failed` is the alarm's id.
Result<> Runner::fire(int most, std::string& failed) {
    return database_.write([&](Transaction& tx) -> Result<> {
        Instant const now = clock_.now();
        failed.clear();  // a work may be run again
        for (int fired = 0; fired < most; ++fired) {
            // One by one: a handler may cancel the next one or set one that comes before it.
            Select select("SELECT id, kind, payload, due, tries FROM alarm");
            select.where("due <= ?", now).where_in("kind", alarm_kinds_).end("ORDER BY due, id LIMIT 1");
            auto const rows = TRY(tx.query(select));
            if (rows.empty()) break;
            auto const& row = rows.front();
            Alarm const alarm{row.text(0), row.text(1), row.json(2), row.instant(3), row.integer(4)};
            failed = alarm.id;
            TRY(tx.execute("DELETE FROM alarm WHERE id = ?", alarm.id));
            TRY(handlers_.at(alarm.kind)(tx, alarm, now));
        }
        return {};
    });
}

bool Runner::put_off(std::string const& id, Error const& error) {
    log::error("The alarm {} failed: {} {}", id, error.code, error.detail);
    auto const put = database_.write([&](Transaction& tx) -> Result<> {
        auto const row = TRY(tx.one("SELECT tries FROM alarm WHERE id = ?", id));
        if (!row) return {};
        std::int64_t const tries = row->integer(0) + 1;
        std::optional<Instant> const due =
            tries < max_tries ? std::optional(clock_.now() + backoff(tries)) : std::nullopt;
        TRY(tx.execute("UPDATE alarm SET due = ?, tries = ?, error = ? WHERE id = ?", due, tries, error.code, id));
        return {};
    });
    if (!put) log::error("The alarm {} could not be put off: {}", id, put.error().detail);
    return put.has_value();
}

// ---- jobs --------------------------------------------------------------------------------------------------------

Loop::Next Runner::send_jobs(Loop const& loop) {
    for (;;) {
        auto const next = next_job();
        if (!next) return {{}, true};
        if (!is_due(*next, clock_.now()) || loop.stopping()) {
            tidy_now_and_then();
            return {*next, false};
        }
        auto const job = lease();
        if (!job || (*job && !report(**job, send(**job)))) return {*next, true};
    }
}

// Takes the job that has been due for longest; nothing where another sender was quicker.
Result<std::optional<Job>> Runner::lease() {
    return database_.write([&](Transaction& tx) -> Result<std::optional<Job>> {
        Instant const now = clock_.now();
        Select select("SELECT kind, key, payload, tries FROM job");
        select.where("due <= ?", now).where_in("kind", job_kinds_).end("ORDER BY due, kind, key LIMIT 1");
        auto const rows = TRY(tx.query(select));
        if (rows.empty()) return std::optional<Job>();
        Job job{rows[0].text(0), rows[0].text(1), rows[0].json(2), rows[0].integer(3) + 1};
        TRY(tx.execute("UPDATE job SET state = 'leased', due = ?, tries = ?, changed = ? WHERE kind = ? AND key = ?",
                       now + options_.lease, job.tries, now, job.kind, job.key));
        return std::optional(std::move(job));
    });
}

Result<> Runner::send(Job const& job) const {
    try {
        return senders_.at(job.kind)(job);
    } catch (std::exception const& e) {
        return fail(Kind::internal, "jobs.exception", e.what());
    }
}

bool Runner::report(Job const& job, Result<> const& sent) {
    bool const may_pass = !sent && (sent.error().kind == Kind::unavailable || sent.error().kind == Kind::internal);
    bool const hopeless = !sent && (!may_pass || job.tries >= max_tries);
    if (!sent) {
        // What a mail server said in detail may name whom the mail is for; what is our own fault names nobody.
        auto const why = sent.error().kind == Kind::internal ? ": " + sent.error().detail : std::string();
        log::warning("Job {} {} failed at try {}: {}{}", job.kind, job.key, job.tries, sent.error().code, why);
    }
    auto const kept = database_.write([&](Transaction& tx) -> Result<> {
        Instant const now = clock_.now();
        // `tries` names the lease: where it has run out and another sender has the job, this one's word is late.
        if (sent || hopeless) {
            std::optional<std::string> const error = sent ? std::nullopt : std::optional(sent.error().code);
            TRY(
                tx.execute("UPDATE job SET state = ?, due = NULL, error = ?, changed = ? "
                           "WHERE kind = ? AND key = ? AND state = 'leased' AND tries = ?",
                           sent ? "done" : "dead", error, now, job.kind, job.key, job.tries));
            return {};
        }
        TRY(
            tx.execute("UPDATE job SET state = 'waiting', due = ?, error = ?, changed = ? "
                       "WHERE kind = ? AND key = ? AND state = 'leased' AND tries = ?",
                       now + backoff(job.tries), sent.error().code, now, job.kind, job.key, job.tries));
        return {};
    });
    if (!kept) log::error("What became of job {} {} could not be kept: {}", job.kind, job.key, kept.error().detail);
    return kept.has_value();
}

// No job and no try put off waits longer than this, so what is due later was planned by a clock that has been put back.
Result<> Runner::bring_back(Transaction& tx, Instant now) const {
    Instant const latest = now + std::max(longest_backoff, options_.lease);
    TRY(tx.execute("UPDATE job SET due = ? WHERE due > ?", latest, latest));
    TRY(tx.execute("UPDATE alarm SET due = ? WHERE due > ? AND tries > 0", latest, latest));
    for (auto const& kind : options_.rounds)
        TRY(tx.execute("UPDATE alarm SET due = ? WHERE due > ? AND kind = ?", latest, latest, kind));
    return {};
}

void Runner::tidy_now_and_then() {
    Instant const now = clock_.now();
    std::int64_t before = tidied_at_;
    bool const put_back = now.ms < before;
    // Only one of the senders does it.
    if ((!put_back && now.ms - before < tidy_every.ms) || !tidied_at_.compare_exchange_strong(before, now.ms)) return;
    if (put_back) log::warning("the clock has been put back by {} s", (before - now.ms) / 1000);
    auto const done = database_.write([&](Transaction& tx) -> Result<> {
        TRY(bring_back(tx, now));
        return prune(tx, now - options_.keep);
    });
    if (!done) log::warning("Old jobs could not be forgotten: {}", done.error().detail);
}

}  // namespace keepword::jobs
