#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "foundation/crypto.hpp"
#include "foundation/id.hpp"
#include "foundation/json.hpp"
#include "foundation/time.hpp"

// What goes into and comes out of a database: five kinds of value and the strong types that stand on them.
namespace keepword::storage {

struct Blob {
    std::string bytes;
    bool operator==(Blob const&) const = default;
};

using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

// How a C++ type is kept: instants and ids as integers, days and enums as their words, JSON as text.
inline Value to_value(std::integral auto v) {
    return static_cast<std::int64_t>(v);
}
inline Value to_value(double v) {
    return v;
}
inline Value to_value(std::string v) {
    return v;
}
inline Value to_value(std::string_view v) {
    return std::string(v);
}
inline Value to_value(char const* v) {
    return std::string(v);
}
inline Value to_value(Blob v) {
    return v;
}
inline Value to_value(Value v) {
    return v;
}
inline Value to_value(std::nullopt_t) {
    return std::monostate{};
}
inline Value to_value(Instant v) {
    return v.ms;
}
inline Value to_value(Day const& v) {
    return v.str();
}
inline Value to_value(crypto::Digest const& v) {
    return Blob{std::string(crypto::view(v))};
}
inline Value to_value(json::value const& v) {
    return json::serialize(v);
}
inline Value to_value(json::object const& v) {
    return json::serialize(v);
}
template <std::size_t Max>
Value to_value(json::Text<Max> const& v) {
    return v.value;
}
// An id of zero is no id: NULL.
template <class Tag>
Value to_value(Id<Tag> v) {
    return v ? Value(v.value) : Value(std::monostate{});
}
template <class E>
    requires json::is_described_enum<E>
Value to_value(E v) {
    return json::word(v);
}
template <class T>
Value to_value(std::optional<T> const& v) {
    return v ? to_value(*v) : Value(std::monostate{});
}

// One row of an answer. Columns by position; a column of another type than asked for reads as that type's empty value,
// because the schema is ours and a wrong type is caught by the first test that touches it.
class Row {
  public:
    explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
    std::size_t size() const { return values_.size(); }
    Value const& at(std::size_t i) const { return values_.at(i); }
    bool null(std::size_t i) const { return std::holds_alternative<std::monostate>(values_.at(i)); }

    std::int64_t integer(std::size_t i) const;
    double real(std::size_t i) const;
    std::string const& text(std::size_t i) const;
    std::string const& blob(std::size_t i) const;
    bool flag(std::size_t i) const { return integer(i) != 0; }
    Instant instant(std::size_t i) const { return {integer(i)}; }
    std::optional<Instant> optional_instant(std::size_t i) const;
    std::optional<std::string> optional_text(std::size_t i) const;
    json::value json(std::size_t i) const;  // null where it is NULL or not JSON
    template <class Tag>
    Id<Tag> id(std::size_t i) const {
        return Id<Tag>{integer(i)};
    }
    template <class Tag>
    std::optional<Id<Tag>> optional_id(std::size_t i) const {
        return null(i) ? std::nullopt : std::optional(Id<Tag>{integer(i)});
    }
    // The enumerator of a word; the first one where the word is unknown.
    template <class E>
    E word(std::size_t i) const {
        return json::from_word<E>(text(i)).value_or(E{});
    }

  private:
    std::vector<Value> values_;
};

using Rows = std::vector<Row>;

}  // namespace keepword::storage
