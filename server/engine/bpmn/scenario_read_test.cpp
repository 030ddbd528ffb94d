#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "engine/bpmn/scenario_test.hpp"

// Reads a scenario file; its drawing is made by scenario_drawing_test.cpp.
namespace keepword::bpmn::testing_aid {
namespace {

// What is looked up afterwards, as against what happens.
bool is_check(std::string_view line) {
    constexpr std::array<std::string_view, 3> beginnings{"waiting:", "variable ", "handed to "};
    return std::ranges::any_of(beginnings, [&](std::string_view beginning) { return line.starts_with(beginning); });
}

}  // namespace

std::string trimmed(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return std::string(text);
}

std::string file_bytes(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream out;
    out << file.rdbuf();
    return out.str();
}

bool cut(std::string& rest, std::string_view beginning) {
    if (!rest.starts_with(beginning)) return false;
    rest = trimmed(std::string_view(rest).substr(beginning.size()));
    return true;
}

// Blank lines and lines that begin with # say nothing. `scenario:` and `model:` stand alone; `drawing:` opens the
// drawing, `drawing after:` the one to which the case is moved; they end at the first `>`.
Scenario read_scenario(std::string const& path) {
    Scenario scenario;
    std::istringstream file(file_bytes(path));
    std::vector<std::string> drawing;
    std::vector<std::string> after;
    auto* drawn = &drawing;
    int number = 0;
    for (std::string raw; std::getline(file, raw);) {
        ++number;
        std::string line = trimmed(raw);
        if (line.empty() || line.starts_with('#')) continue;
        if (cut(line, "scenario:")) {
            scenario.title = line;
        } else if (cut(line, "model:")) {
            scenario.xml = file_bytes(KEEPWORD_SOURCE "/" + line);
        } else if (cut(line, "violates:")) {
            scenario.violations.push_back(line);
        } else if (line == "drawing:" || line == "drawing after:") {
            drawn = line == "drawing:" ? &drawing : &after;
        } else if (cut(line, ">")) {
            scenario.steps.push_back({number, line, {}, {}});
        } else if (scenario.steps.empty()) {
            drawn->push_back(line);
        } else if (is_check(line)) {
            scenario.steps.back().checks.push_back(line);
        } else {
            std::istringstream parts(line);
            for (std::string part; std::getline(parts, part, ',');)
                scenario.steps.back().expected.push_back(trimmed(part));
        }
    }
    if (!after.empty()) scenario.xml_after = bpmn_of(after, scenario.problems);
    if (!drawing.empty()) scenario.xml = bpmn_of(drawing, scenario.problems);
    if (scenario.title.empty()) scenario.problems.push_back("there is no scenario: line");
    if (scenario.xml.empty()) scenario.problems.push_back("there is no drawing and no model");
    // A drawing that is refused need not be played.
    if (scenario.steps.empty() && scenario.violations.empty()) scenario.problems.push_back("there are no steps");
    return scenario;
}

}  // namespace keepword::bpmn::testing_aid
