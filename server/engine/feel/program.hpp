#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "engine/feel/functions.hpp"
#include "foundation/json.hpp"

// The syntax tree of an expression: private to this folder.
namespace keepword::feel {

enum class Op : std::uint8_t {
    literal,  // value
    name,     // path: a.b.c, looked up from the context
    member,   // kids[0].path
    list,     // kids
    context,  // path: the keys; kids: their values
    filter,   // kids[0][kids[1]]
    negate,   // - kids[0]
    add,
    subtract,
    multiply,
    divide,
    power,
    equal,
    unequal,
    less,
    less_equal,
    greater,
    greater_equal,
    and_,
    or_,
    if_,      // kids: condition, then, else
    between,  // kids: value, low, high
    in,       // kids[0]: value; kids[1…]: tests
    range,    // only as a test of `in` or what is gone through; kids: low, high
    test,     // only as a test of `in`; `comparison` with kids[0], the value of `in` on its left
    for_,     // path: names; kids: what each goes through, and last what is made of them
    some,     // the same with a condition last
    every,
    call,  // function; kids: its arguments
};

struct Node {
    Op op = Op::literal;
    Op comparison = Op::equal;  // test
    bool low_open = false;      // range: the bound itself is outside
    bool high_open = false;
    Builtin const* function = nullptr;
    json::value value;
    std::vector<std::string> path;
    std::vector<std::uint32_t> kids;
};

struct Program {
    std::string text;
    std::vector<Node> nodes;
    std::uint32_t root = 0;

    Node const& at(std::uint32_t i) const { return nodes[i]; }
};

}  // namespace keepword::feel
