#pragma once
#include <boost/describe.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "foundation/id.hpp"
#include "foundation/result.hpp"
#include "foundation/text.hpp"
#include "foundation/time.hpp"

// What json.hpp stands on: names, limits, words of enumerators, writing, and the complaints of decoding.
namespace keepword::json {

namespace bj = boost::json;
using bj::array;
using bj::object;
using bj::serialize;
using bj::string;
using bj::value;

constexpr std::size_t max_text = 20'000;  // code points of a text with no limit of its own
constexpr std::size_t max_items = 1'000;  // entries of a list
constexpr std::size_t max_depth = 32;

// What the program itself has written may be deeper than what it takes from outside, because it puts that inside.
constexpr std::size_t max_stored_depth = 1'000;

// Parses untrusted text: depth and size limited, UTF-8 checked.
Result<value> parse(std::string_view text, std::size_t depth = max_depth);

// A text of at most Max code points.
template <std::size_t Max>
struct Text {
    std::string value;
    operator std::string const&() const { return value; }
    bool operator==(Text const&) const = default;
};

// A field of a change: left out (given is false), null (clear it: no value) or the new value.
template <class T>
struct Given {
    bool given = false;
    std::optional<T> value;
};

template <class T>
constexpr bool is_described_struct = boost::describe::has_describe_members<T>::value && !std::is_enum_v<T>;
template <class T>
constexpr bool is_described_enum = boost::describe::has_describe_enumerators<T>::value;

// ---- enums -------------------------------------------------------------------------------------------------------

// The word of an enumerator as it stands in JSON and in the database: `general_manager` is "general-manager".
template <class E>
std::string word(E e) {
    std::string out = boost::describe::enum_to_string(e, "");
    // A keyword with a trailing underscore (`return_`) is the word without it.
    if (out.ends_with('_')) out.pop_back();
    for (char& c : out) {
        if (c == '_') c = '-';
    }
    return out;
}

// Whether a text is the word of the enumerator of this name.
inline bool is_word(std::string_view name, std::string_view text) {
    if (name.ends_with('_')) name.remove_suffix(1);
    return std::equal(name.begin(), name.end(), text.begin(), text.end(),
                      [](char a, char b) { return (a == '_' ? '-' : a) == b; });
}

template <class E>
std::optional<E> from_word(std::string_view text) {
    std::optional<E> found;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (!found && is_word(d.name, text)) found = d.value;
    });
    return found;
}

// The key of a struct's member: one named like a keyword carries a trailing underscore (`class_` is "class").
inline std::string_view key(std::string_view member) {
    if (member.ends_with('_')) member.remove_suffix(1);
    return member;
}

// ---- writing -----------------------------------------------------------------------------------------------------

// A text with its quotes, and a number; NaN and the infinities, which JSON does not have, are null.
void append_text(std::string& out, std::string_view text);
void append_number(std::string& out, double number);

// ---- decoding ----------------------------------------------------------------------------------------------------

// Collects every wrong field, so that a person corrects all at once.
struct Problems {
    std::vector<FieldError> fields;
    void add(std::string const& path, std::string code) { fields.push_back({path, std::move(code)}); }
};

}  // namespace keepword::json
