#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "foundation/json.hpp"

// The syntax tree of an expression: private to this folder.
namespace keepword::feel {

enum class Op : std::uint8_t {
    literal,  // value
    name,     // path: a.b.c, looked up from the context
    member,   // kids[0].path
    list,     // kids
    negate,   // - kids[0]
    add,
    subtract,
    multiply,
    divide,
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
    range,    // only as a test of `in`; kids: low, high
    test,     // only as a test of `in`; `comparison` with kids[0], the value of `in` on its left
    call,
};

enum class Function : std::uint8_t {
    not_,
    count,
    contains,
    starts_with,
    ends_with,
    string_length,
    list_contains,
};

struct Node {
    Op op = Op::literal;
    Op comparison = Op::equal;  // test
    Function function = Function::not_;
    bool low_open = false;  // range: the bound itself is outside
    bool high_open = false;
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
