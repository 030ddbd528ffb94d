#pragma once
#include <expected>
#include <string>
#include <utility>
#include <vector>

// Errors are values. An exception means a bug or the environment and is caught once, at a worker's edge.
namespace keepword {

// What sort of failure it is: the one thing that decides the HTTP status (engine/api/problem.hpp).
enum class Kind {
    malformed,     // cannot be read at all: broken JSON
    invalid,       // the caller's input is wrong; `fields` says where
    unauthorised,  // nobody is signed in
    forbidden,     // signed in and may see it, but may not do this
    not_found,     // is not there, or may not be seen
    not_allowed,   // is there, but not for this method
    conflict,      // somebody else was first
    stale,         // the version the caller changed is not the current one
    too_large,
    too_many,     // tried too often
    unavailable,  // try again later: a queue is full, the database is busy
    internal,     // a bug or the environment
};

// One input field that is wrong: a dotted path and a stable code.
struct FieldError {
    std::string field;
    std::string code;
    // What is said of it where no text hangs on the code, as with the rules for drawings; in English.
    std::string said = {};
    bool operator==(FieldError const&) const = default;
};

// A failure with an outside (kind, code, parameters, fields: may be shown) and an inside (detail: for the log only).
struct Error {
    Kind kind = Kind::internal;
    std::string code;  // stable, dotted: "task.already-done"; the texts per language hang on it
    std::vector<std::pair<std::string, std::string>> params = {};  // fill the {placeholders} of the text
    std::vector<FieldError> fields = {};
    std::string detail = {};  // never leaves the server

    Error() = default;
    Error(Kind k, std::string c, std::string inside = {}) : kind(k), code(std::move(c)), detail(std::move(inside)) {}
    Error&& with(std::string name, std::string value) && {
        params.emplace_back(std::move(name), std::move(value));
        return std::move(*this);
    }
};

template <class T = void>
using Result = std::expected<T, Error>;

// What a failing function returns: `return fail(Kind::conflict, "task.already-done");`
inline std::unexpected<Error> fail(Kind kind, std::string code, std::string detail = {}) {
    return std::unexpected(Error(kind, std::move(code), std::move(detail)));
}
inline std::unexpected<Error> fail(Error error) {
    return std::unexpected(std::move(error));
}

// The field is wrong: `return invalid("title", "required");`
inline std::unexpected<Error> invalid(std::string field, std::string code) {
    Error error(Kind::invalid, "input.invalid");
    error.fields.push_back({std::move(field), std::move(code)});
    return std::unexpected(std::move(error));
}

// The value of a Result, or the calling function returns its error. Not for coroutines (g++ 12 cannot compile it
// there).
#define TRY(expression) KEEPWORD_TRY(expression, __COUNTER__)
#define KEEPWORD_TRY(expression, number) KEEPWORD_TRY_NAMED(expression, KEEPWORD_JOIN(try_result_, number))
#define KEEPWORD_JOIN(a, b) a##b
#define KEEPWORD_TRY_NAMED(expression, name)                        \
    ({                                                              \
        auto&& name = (expression);                                 \
        if (!name) return std::unexpected(std::move(name).error()); \
        ::keepword::detail::take(std::move(name));                  \
    })

namespace detail {
template <class T>
T take(std::expected<T, Error> const&& result) {
    if constexpr (!std::is_void_v<T>) return *result;
}
template <class T>
T take(std::expected<T, Error>&& result) {
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}
}  // namespace detail

}  // namespace keepword
