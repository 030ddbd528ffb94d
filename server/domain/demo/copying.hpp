#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/time.hpp"
#include "storage/value.hpp"

// Rows of one case made into rows of another, earlier one. Inside of the slice only.
namespace keepword::demo {

// What makes a copy different from what it was copied from.
struct Copy {
    Duration earlier;
    unsigned process = 0;                        // the ids' middle bits: copies of one time do not meet
    std::map<std::string, std::string> numbers;  // of cases: old and new
};

// An id is its time, a process and a counter; a copy's is of its own time.
std::int64_t copied_id(std::int64_t id, Copy const& copy);

// What belongs to the cases that are copied, and so gets other names in the copy.
struct Own {
    std::set<std::int64_t> ids;
    std::set<std::string> numbers;
};

// A text cut once at everything that is different in each copy: own ids, own numbers, instants in both their forms.
class Pattern {
  public:
    Pattern(std::string_view text, Own const& own);
    std::string filled(Copy const& copy) const;

  private:
    enum class Kind { literal, id, number, instant, milliseconds };
    struct Piece {
        Kind kind = Kind::literal;
        std::string text;
        std::int64_t value = 0;
    };
    void add(Kind kind, std::string_view text, std::int64_t value = 0);
    std::vector<Piece> pieces_;
};

// A row of any table, to be copied again and again.
class RowPattern {
  public:
    RowPattern(storage::Row const& row, Own const& own);
    std::vector<storage::Value> filled(Copy const& copy) const;

  private:
    enum class Kind { as_it_is, id, instant, text };
    struct Field {
        Kind kind = Kind::as_it_is;
        storage::Value value;
        std::size_t pattern = 0;
    };
    std::vector<Field> fields_;
    std::vector<Pattern> patterns_;
};

}  // namespace keepword::demo
