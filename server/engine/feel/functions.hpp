#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/feel/value.hpp"

// The built-in functions: private to this folder.
namespace keepword::feel {

using Arguments = std::span<Value const>;

// What a function takes in a place. A list of one item is taken for the item, and an item for a list of it, as the
// standard says of arguments (10.3.2.9.4); anything else that does not fit makes the call null.
enum class Argument : std::uint8_t { any, truth, text, text_or_null, number, list, context };

struct Builtin {
    std::string_view name;
    std::array<Argument, 3> kinds;
    std::uint8_t least;  // arguments
    std::uint8_t most;   // `several`: as many as one likes, all of the last one's kind
    // The arguments are as many and of such kinds as is said above.
    Value (*call)(Arguments, Budget&);
};
constexpr std::uint8_t several = 255;

// Null where the subset has no such function.
Builtin const* find_builtin(std::string_view name);

// Null where an argument does not fit; the arguments are changed into what fits.
Value call(Builtin const& function, std::span<Value> arguments, Budget& budget);

// What the table names, by file.
namespace builtin {

// The index of a position, which counts from 1 or, if negative, from the end. Null where there is none such: that is
// outside of the domain of every function with a position, as the standard says (10.3.4.3 and 10.3.4.4).
std::optional<std::int64_t> index_at(Value const& position, std::int64_t size);
// The index where the part begins that a start position and, if there is a third argument, a length say, and how long
// it is. Null where it does not lie within `size` as a whole.
std::optional<std::pair<std::int64_t, std::int64_t>> part_of(std::int64_t size, Arguments);

// functions_text.cpp
Value contains(Arguments, Budget&);
Value starts_with(Arguments, Budget&);
Value ends_with(Arguments, Budget&);
Value string_length(Arguments, Budget&);
Value substring(Arguments, Budget&);
Value substring_before(Arguments, Budget&);
Value substring_after(Arguments, Budget&);
Value upper_case(Arguments, Budget&);
Value lower_case(Arguments, Budget&);
Value string_join(Arguments, Budget&);
Value string(Arguments, Budget&);
Value number(Arguments, Budget&);

// functions_numbers.cpp
Value not_(Arguments, Budget&);
Value abs(Arguments, Budget&);
Value modulo(Arguments, Budget&);
Value floor(Arguments, Budget&);
Value ceiling(Arguments, Budget&);
Value decimal(Arguments, Budget&);
Value round_up(Arguments, Budget&);
Value round_down(Arguments, Budget&);
Value round_half_up(Arguments, Budget&);
Value round_half_down(Arguments, Budget&);
Value sum(Arguments, Budget&);
Value mean(Arguments, Budget&);
Value min(Arguments, Budget&);
Value max(Arguments, Budget&);
Value all(Arguments, Budget&);
Value any(Arguments, Budget&);

// functions_lists.cpp
Value count(Arguments, Budget&);
Value list_contains(Arguments, Budget&);
Value index_of(Arguments, Budget&);
Value append(Arguments, Budget&);
Value concatenate(Arguments, Budget&);
Value union_(Arguments, Budget&);
Value distinct_values(Arguments, Budget&);
Value flatten(Arguments, Budget&);
Value reverse(Arguments, Budget&);
Value sublist(Arguments, Budget&);
Value insert_before(Arguments, Budget&);
Value remove(Arguments, Budget&);
Value get_value(Arguments, Budget&);
Value get_entries(Arguments, Budget&);
Value context_put(Arguments, Budget&);
Value context_merge(Arguments, Budget&);

}  // namespace builtin
}  // namespace keepword::feel
