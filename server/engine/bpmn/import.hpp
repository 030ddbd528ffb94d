#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/bpmn/model.hpp"
#include "foundation/result.hpp"

// From a file's bytes to a Definition, and what is wrong with the file.
namespace keepword::bpmn {

constexpr std::size_t max_file_bytes = 4U << 20U;
constexpr int max_xml_depth = 64;
constexpr int max_xml_elements = 50'000;
constexpr int max_xml_attributes = 64;  // of one element

// One thing that is wrong. `rule` is stable and dotted (`bpmn.flow.dangling`); docs/bpmn-rules.md lists them all.
struct Violation {
    int line = 0;
    int column = 0;
    std::string rule;
    std::string message;  // English, for the person who drew the file
    auto operator<=>(Violation const&) const = default;
};

// What the file is checked for. A drawing may be simulated without saying who acts; it may not be deployed so.
enum class For {
    simulation,  // the standard's rules, and that the engine executes all of it
    deployment,  // these, and roles, clocks, services: everything that the service centre needs
    its_kind,    // deployment where the file speaks our namespace, else simulation: for `process check`
    going_on,    // no rules: what was deployed once runs on, whatever has become a rule since
};

struct Checked {
    DefinitionPtr definition;           // null where the file is not readable as BPMN at all
    std::vector<Violation> violations;  // in the order of the file; empty means that it runs
};

// Reads and checks. Never throws for any input.
Checked check(std::string_view bytes, For purpose = For::deployment);

// The definition of a file without violations. Error `process.invalid` (Kind::invalid): parameters `line`, `column`,
// `rule` and `message` of the first, `count` of all.
Result<DefinitionPtr> load(std::string_view bytes, For purpose = For::deployment);

// The file read and written again: equal as an XML tree (foreign elements, comments and encoding kept). Error
// `process.unreadable` with `line`, `column`, `rule`, `message`.
Result<std::string> round_trip(std::string_view bytes);

}  // namespace keepword::bpmn
