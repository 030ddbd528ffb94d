#include "storage/work.hpp"

#include <algorithm>
#include <cmath>
#include <exception>

#include "foundation/log.hpp"
#include "foundation/text.hpp"

namespace keepword::storage {

void WorkQueue::push(Job job) {
    char const* refused = nullptr;
    {
        std::lock_guard const lock(mutex_);
        if (closed_) {
            refused = "storage.stopped";
        } else if (jobs_.size() >= limit_) {
            refused = "storage.overloaded";
        } else {
            jobs_.push_back(std::move(job));
            // Before it can be done: who waits for it may then close the database.
            return filled_.notify_one();
        }
    }
    tell(job.done, fail(Kind::unavailable, refused));
}

std::vector<Job> WorkQueue::take(std::size_t most) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return closed_ || !jobs_.empty(); });
    std::vector<Job> taken;
    std::size_t const count = std::min(most, jobs_.size());
    taken.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        taken.push_back(std::move(jobs_.front()));
        jobs_.pop_front();
    }
    return taken;
}

std::size_t WorkQueue::size() const {
    std::lock_guard const lock(mutex_);
    return jobs_.size();
}

void WorkQueue::close() {
    {
        std::lock_guard const lock(mutex_);
        closed_ = true;
    }
    filled_.notify_all();
}

std::optional<Error> GuardedTransaction::refusal(std::span<Value const> values) const {
    if (failure_) return Error(Kind::internal, "storage.spoiled", "a statement failed before: " + failure_->code);
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto const* number = std::get_if<double>(&values[i]);
        if (number != nullptr && !std::isfinite(*number)) {
            return Error(Kind::invalid, "storage.number", "parameter " + std::to_string(i + 1) + " is not finite");
        }
        auto const* text = std::get_if<std::string>(&values[i]);
        if (text == nullptr) continue;
        if (text->find('\0') != std::string::npos || !text::valid_utf8(*text)) {
            return Error(Kind::invalid, "storage.text", "parameter " + std::to_string(i + 1) + " is no UTF-8 text");
        }
    }
    return std::nullopt;
}

template <class T>
Result<T> GuardedTransaction::remember(Result<T> result) {
    if (!result && !failure_) failure_ = result.error();
    return result;
}

Result<> GuardedTransaction::script(std::string_view sql) {
    if (auto refused = refusal({})) return fail(*std::move(refused));
    return remember(do_script(sql));
}

Result<Rows> GuardedTransaction::run_query(std::string_view sql, std::span<Value const> values) {
    if (auto refused = refusal(values)) return remember(Result<Rows>(fail(*std::move(refused))));
    return remember(do_query(sql, values));
}

Result<std::int64_t> GuardedTransaction::run_execute(std::string_view sql, std::span<Value const> values) {
    if (auto refused = refusal(values)) return remember(Result<std::int64_t>(fail(*std::move(refused))));
    return remember(do_execute(sql, values));
}

Result<> run_work(Database::Work const& work, GuardedTransaction& tx) {
    Result<> result;
    try {
        result = work(tx);
    } catch (std::exception const& e) {
        log::error("A database work threw: {}", e.what());
        result = fail(Kind::internal, "storage.exception", e.what());
    } catch (...) {
        log::error("A database work threw something that is no exception");
        result = fail(Kind::internal, "storage.exception");
    }
    if (result && tx.failure()) result = fail(*tx.failure());
    return result;
}

void tell(Database::Done const& done, Result<> result) noexcept {
    try {
        done(std::move(result));
    } catch (std::exception const& e) {
        log::error("What waited for a database work threw: {}", e.what());
    } catch (...) {
        log::error("What waited for a database work threw something that is no exception");
    }
}

void Listeners::add(std::function<void()> listener) {
    std::lock_guard const lock(mutex_);
    auto longer = std::make_shared<std::vector<std::function<void()>>>(*all_);
    longer->push_back(std::move(listener));
    all_ = std::move(longer);
}

void Listeners::call() const noexcept {
    auto const all = [this] {
        std::lock_guard const lock(mutex_);
        return all_;
    }();
    for (auto const& listener : *all) {
        tell([&](Result<> const&) { listener(); }, {});
    }
}

}  // namespace keepword::storage
