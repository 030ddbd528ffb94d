#pragma once
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "embedded/embedded.hpp"
#include "foundation/id.hpp"
#include "foundation/time.hpp"
#include "testkit/test_database.hpp"

namespace keepword::testkit {

// The value, or a test that fails saying why there is none.
template <class T>
T must(Result<T> result) {
    if (!result) {
        std::string what = result.error().code + " " + result.error().detail;
        for (auto const& field : result.error().fields) what += " " + field.field + ": " + field.code;
        throw std::runtime_error(what);
    }
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// The code of the error, or "" for success.
template <class T>
std::string code_of(Result<T> const& result) {
    return result ? "" : result.error().code;
}

// What a test or measurement of a slice works on: a database of its own with the whole schema, at nine o'clock of a
// Monday in China.
class DomainKit {
  protected:
    explicit DomainKit(storage::Dialect dialect) : database_(dialect) {}

    // Runs a work and returns what it does; throws where that is an error.
    template <class F>
    auto write(F work) {
        return must(database_->write(std::move(work)));
    }
    template <class F>
    auto read(F work) {
        return must(database_->read(std::move(work)));
    }

    // The program's own files below a folder, as a centre is seeded with them.
    static std::vector<std::string_view> files_below(std::string_view folder) {
        std::vector<std::string_view> out;
        for (auto const& file : embedded::below(folder)) out.push_back(file.bytes);
        return out;
    }

    TestDatabase database_;
    ManualClock clock_{*Instant::parse("2026-03-02T01:00:00Z")};
    IdSource ids_{clock_, 1};
};

}  // namespace keepword::testkit
