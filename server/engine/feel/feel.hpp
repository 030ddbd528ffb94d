#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "foundation/json.hpp"
#include "foundation/result.hpp"

// The subset of FEEL (OMG DMN 1.4) in which conditions, scripts, lane scopes and forms' `when` are written;
// docs/feel.md names what is in it. What is outside is refused by parse(), so that a process cannot be deployed with a
// condition that would silently be null.
namespace keepword::feel {

constexpr std::size_t max_length = 4'000;  // bytes of one expression
constexpr std::size_t max_depth = 64;      // nested parentheses, lists, calls …
constexpr std::size_t max_nodes = 1'000;   // operations, names and literals: also bounds the depth of `a + a + …`

// Of one evaluation; past any of them its value is null.
constexpr std::int64_t max_steps = 100'000;    // operations, those that are done again in a loop counted again
constexpr std::int64_t max_bytes = 1'000'000;  // what is made on the way and the value itself, about
constexpr std::size_t max_levels = 16;         // of lists and contexts in one another, so that any JSON reader takes it

struct Program;  // the syntax tree, private to this folder

// A parsed expression: immutable, cheap to copy, safe to share between threads.
class Expression {
  public:
    explicit Expression(std::shared_ptr<Program const> program) : program_(std::move(program)) {}
    std::string const& text() const;
    Program const& program() const { return *program_; }

  private:
    std::shared_ptr<Program const> program_;
};

// Error `feel.syntax` (Kind::invalid) with the parameters `column` (1-based, in code points) and `what` (English, for
// the person who wrote the file).
Result<Expression> parse(std::string_view text);

// The value in a context. Names that are not there are null; what FEEL calls an error is null, as FEEL says. Never
// throws, never fails, ends within the limits above. A number that is whole comes back as an integer.
json::value evaluate(Expression const& expression, json::object const& context);

// The same over nested scopes, the innermost first: the first that has the name gives its value.
using Scopes = std::span<json::object const* const>;
json::value evaluate(Expression const& expression, Scopes scopes);

// Whether a condition holds: only `true` does; null and anything else does not.
bool holds(Expression const& expression, Scopes scopes);
bool holds(Expression const& expression, json::object const& context);

// The texts the expression compares the variable with, in the order they are written: `outcome = "a"`,
// `outcome in ("a", "b")`, also inside and/or. This is how a gateway's conditions say which outcomes a task offers.
std::vector<std::string> compared_texts(Expression const& expression, std::string_view variable);

}  // namespace keepword::feel
