#pragma once
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace keepword::storage {

// The prepared statements of one connection by their text; the one unused for longest makes room for a new one.
template <class Statement>
class StatementCache {
  public:
    explicit StatementCache(std::size_t limit) : limit_(limit) {}

    // The statement of this text, now the newest; nullptr where it is not here.
    Statement* find(std::string_view key) {
        auto const found = by_key_.find(key);
        if (found == by_key_.end()) return nullptr;
        newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
        return &found->second->second;
    }

    // Adds a statement; `dropped` is called with the one that had to go, if one had to.
    template <class Dropped>
    Statement* add(std::string key, Statement statement, Dropped&& dropped) {
        if (newest_first_.size() >= limit_) {
            dropped(newest_first_.back().second);
            by_key_.erase(newest_first_.back().first);
            newest_first_.pop_back();
        }
        newest_first_.emplace_front(std::move(key), std::move(statement));
        by_key_.emplace(newest_first_.front().first, newest_first_.begin());
        return &newest_first_.front().second;
    }

    void clear() {
        by_key_.clear();
        newest_first_.clear();
    }

  private:
    using Entries = std::list<std::pair<std::string, Statement>>;

    std::size_t const limit_;
    Entries newest_first_;
    // The keys are views into the list's texts, which do not move.
    std::unordered_map<std::string_view, typename Entries::iterator> by_key_;
};

}  // namespace keepword::storage
