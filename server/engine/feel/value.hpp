#pragma once
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/json.hpp"

// Values on their way through an evaluation, what it may cost, and how values compare: private to this folder.
namespace keepword::feel {

// A truth of FEEL's three-valued logic: std::nullopt is null.
using Truth = std::optional<bool>;

// What one evaluation may still do. Once it is spent everything is null, so that an evaluation ends soon and is null
// as a whole. Work is counted in sixteenths of a step: an operation is a step, a list's item or 16 bytes of text that a
// function looks at are one sixteenth.
class Budget {
  public:
    static constexpr std::int64_t step = 16;

    Budget(std::int64_t steps, std::int64_t bytes) : work_(steps * step), bytes_(bytes) {}

    // Both: whether it may be done.
    bool work(std::int64_t sixteenths) {
        work_ -= sixteenths;
        return work_ >= 0;
    }
    bool hold(std::int64_t bytes) {
        bytes_ -= bytes;
        return bytes_ >= 0;
    }
    bool spent() const { return work_ < 0 || bytes_ < 0; }

  private:
    std::int64_t work_;
    std::int64_t bytes_;
};

// A value that is either borrowed (from the context, the syntax tree or a list that is being gone through) or made on
// the way; borrowing keeps texts from being copied for every comparison. What it borrows from outlives its use.
class Value {
  public:
    Value() = default;
    static Value borrow(json::value const& v) {
        Value out;
        out.borrowed_ = &v;
        return out;
    }
    static Value own(json::value v) {
        Value out;
        out.own_.emplace(std::move(v));
        return out;
    }
    static Value of(Truth truth) { return !truth ? Value() : borrow(*truth ? yes : no); }

    json::value const& get() const { return own_ ? *own_ : *borrowed_; }
    // Its own copy, to be kept; null where that would be too large.
    json::value take(Budget& budget) &&;
    // An item or a member of this value: moved out of it, or borrowed where this is.
    Value part(json::value const& of_it) &&;

  private:
    inline static json::value const null, yes = true, no = false;

    std::optional<json::value> own_;
    json::value const* borrowed_ = &null;
};

constexpr double exact = 9'007'199'254'740'992.0;  // beyond 2^53 not every whole number is a double

// The work of looking at a text.
inline std::int64_t work_of_text(std::string_view text) {
    return static_cast<std::int64_t>(text.size()) / 16;
}

// What a value takes in memory, about.
std::int64_t bytes_of(json::value const& v);
constexpr std::int64_t bytes_of_scalar = 24;

// Levels of lists and contexts in one another; a number or a text has none.
std::size_t levels_of(json::value const& v);

inline Truth truth(json::value const& v) {
    return v.is_bool() ? Truth(v.get_bool()) : std::nullopt;
}
inline Truth both(Truth a, Truth b) {
    if (a == Truth(false) || b == Truth(false)) return false;
    if (!a || !b) return std::nullopt;
    return true;
}
inline Truth either(Truth a, Truth b) {
    if (a == Truth(true) || b == Truth(true)) return true;
    if (!a || !b) return std::nullopt;
    return false;
}

inline std::optional<double> number(json::value const& v) {
    if (v.is_int64()) return static_cast<double>(v.get_int64());
    if (v.is_double()) return v.get_double();
    if (v.is_uint64()) return static_cast<double>(v.get_uint64());
    return std::nullopt;
}
// Whole numbers become integers, so that `1 + 1` is written 2 and compares with what JSON calls an integer. What is not
// finite is null.
inline Value make_number(double n) {
    if (!std::isfinite(n)) return {};
    if (n == std::floor(n) && std::abs(n) <= exact) return Value::own(static_cast<std::int64_t>(n));
    return Value::own(n);
}
// A number's whole part, for positions and lengths.
std::optional<std::int64_t> whole(json::value const& v);

// `=`: null is equal to null only; values of different kinds are not comparable, which is null.
Truth equal(json::value const& a, json::value const& b, Budget& budget);
// -1, 0 or 1 for two numbers or two texts (by code point); nothing else has an order.
std::optional<int> order(json::value const& a, json::value const& b, Budget& budget);
// A list has a value where `=` says so; whoever asks for null finds null.
bool list_contains(json::array const& list, json::value const& wanted, Budget& budget);

// As FEEL writes it: a text as it is, but in quotes inside of a list or context.
void write(json::value const& v, std::string& out, bool inside = false);

}  // namespace keepword::feel
