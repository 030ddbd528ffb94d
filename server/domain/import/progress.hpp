#pragma once
#include <map>
#include <mutex>

#include "domain/import/import.hpp"

namespace keepword::imports {

// How far the imports of this process are. Inside of the slice only.
class Progress {
  public:
    void set(std::int64_t upload, std::int64_t done, std::int64_t rows) {
        std::lock_guard const lock(mutex_);
        running_[upload] = {done, rows};
    }
    void end(std::int64_t upload) {
        std::lock_guard const lock(mutex_);
        running_.erase(upload);
    }
    // Rows done and rows in all; nothing where none is under way.
    std::optional<std::pair<std::int64_t, std::int64_t>> of(std::int64_t upload) const {
        std::lock_guard const lock(mutex_);
        auto const found = running_.find(upload);
        return found == running_.end() ? std::nullopt : std::optional(found->second);
    }

  private:
    mutable std::mutex mutex_;
    std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> running_;
};

}  // namespace keepword::imports
