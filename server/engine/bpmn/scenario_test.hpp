#pragma once
#include <string>
#include <string_view>
#include <vector>

// Plain-text scenarios (tests/engine/*.scenario, format in tests/engine/README.md). Only for tests.
namespace keepword::bpmn::testing_aid {

struct ScenarioStep {
    int line = 0;
    std::string act;                    // what stands behind `>`
    std::vector<std::string> expected;  // one entry per thing that happens
    std::vector<std::string> checks;    // lines that begin with `waiting:`, `variable`, `handed to`
};

struct Scenario {
    std::string title;
    std::string xml;        // the drawing as BPMN, or the bytes of the model file it names
    std::string xml_after;  // the drawing to which the case is moved, or empty
    std::vector<ScenarioStep> steps;
    std::vector<std::string> violations;  // rules that the drawing is meant to break
    std::vector<std::string> problems;    // what is wrong with the scenario file itself
};

// The drawing of a scenario as a BPMN file; unknown lines are added to `problems`.
std::string bpmn_of(std::vector<std::string> const& drawing, std::vector<std::string>& problems);

Scenario read_scenario(std::string const& path);

std::string trimmed(std::string_view text);
// `rest` without its beginning, where it begins so.
bool cut(std::string& rest, std::string_view beginning);
std::string file_bytes(std::string const& path);

}  // namespace keepword::bpmn::testing_aid
