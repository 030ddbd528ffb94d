#pragma once
#include <gtest/gtest.h>

#include "engine/feel/feel.hpp"

// What the tests of this folder share: a context, and tables of expressions with their values as JSON. A refused
// expression is "error" and the column.
namespace keepword::feel {

inline json::object context() {
    return json::parse(R"({"outcome": "solved", "n": 5, "x": 2.5, "yes": true, "no": false, "nothing": null,
                           "list": [1, 2, 3], "texts": ["a", "b"], "empty": [],
                           "people": [{"name": "甲", "age": 30, "here": true}, {"name": "乙", "age": 40, "here": false}],
                           "case": {"urgency": "grave", "severity": "1", "site": {"city": "南昌"}}, "受理": 1})")
        ->as_object();
}

inline std::string run(std::string_view text) {
    auto const parsed = parse(text);
    if (!parsed) return "error " + parsed.error().params[0].second;
    return json::serialize(evaluate(*parsed, context()));
}

struct Row {
    char const* text;
    char const* value;
};

class Values : public testing::TestWithParam<Row> {};

}  // namespace keepword::feel
