#pragma once
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/bpmn/import.hpp"

// What the tests of the rules share: a table's row, the file around a drawing, and what is said about it.
namespace keepword::bpmn::testing_aid {

struct Row {
    char const* inside;
    char const* expected;
};

// The lines begin at line 3 of the file, at column 1; the process is called p, and nobody means to execute it.
inline std::string sketch(std::string const& inside) {
    return "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='urn:t' xmlns:t='urn:t' "
           "xmlns:x='urn:x' xmlns:kw='urn:keepword'>\n<process id='p'>\n" +
           inside + "\n</process></definitions>";
}

// The lines begin at line 2.
inline std::string file_of(std::string const& inside) {
    return "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='urn:t' xmlns:t='urn:t' "
           "xmlns:x='urn:x' xmlns:kw='urn:keepword' xmlns:di='http://www.omg.org/spec/BPMN/20100524/DI'>\n" +
           inside + "\n</definitions>";
}

inline std::string told(std::string const& file, For purpose) {
    std::vector<std::string> out;
    for (auto const& v : check(file, purpose).violations)
        out.push_back(fmt::format("{}:{} {}", v.line, v.column, v.rule));
    return out.empty() ? "good" : fmt::format("{}", fmt::join(out, ", "));
}

// What breaks the standard; what the engine does not execute is another matter.
inline std::string against_standard(std::string const& file) {
    std::vector<std::string> out;
    for (auto const& v : check(file, For::simulation).violations) {
        if (!v.rule.starts_with("bpmn.unsupported.")) out.push_back(fmt::format("{}:{} {}", v.line, v.column, v.rule));
    }
    return out.empty() ? "good" : fmt::format("{}", fmt::join(out, ", "));
}

}  // namespace keepword::bpmn::testing_aid
