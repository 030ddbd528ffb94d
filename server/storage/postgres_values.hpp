#pragma once
#include <libpq-fe.h>

#include <span>
#include <string>
#include <vector>

#include "storage/value.hpp"

namespace keepword::storage {

// Parameters as libpq wants them. All travel as text, in which every number has an exact form, except bytes.
class Parameters {
  public:
    explicit Parameters(std::span<Value const> values);
    int count() const { return static_cast<int>(types_.size()); }
    // Types are always said: left to itself, the server would take the 1 in `1 + ?` for a sign that `?` is 32 bits
    // wide. NULL alone has none, so that it fits wherever it stands.
    Oid const* types() const { return types_.data(); }
    char const* const* values() const { return pointers_.data(); }
    int const* lengths() const { return lengths_.data(); }
    int const* formats() const { return formats_.data(); }

    // A letter for each type: statements are prepared per text and types.
    static std::string signature(std::span<Value const> values);

  private:
    std::vector<std::string> numbers_;  // the texts made here; the others are the caller's
    std::vector<Oid> types_;
    std::vector<char const*> pointers_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
};

// The row of an answer that came as text.
Row row_of(PGresult const* answer, int row);

}  // namespace keepword::storage
