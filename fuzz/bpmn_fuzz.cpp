// Any bytes are a file that is checked: what is wrong with it has a place and a rule. What can be written again is then
// the same for good, and what is found clean can be run, to a state that can be stored.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "engine/bpmn/import.hpp"
#include "engine/bpmn/simulate.hpp"
#include "foundation/text.hpp"

namespace {

using namespace keepword;

void check(bool holds) {
    if (!holds) std::abort();
}

void check_violations(bpmn::Checked const& checked, std::string_view file) {
    auto const lines = std::ranges::count(file, '\n') + 1;
    for (auto const& violation : checked.violations) {
        check(violation.line >= 1 && violation.line <= lines);
        check(violation.column >= 1 && static_cast<std::size_t>(violation.column) <= file.size() + 1);
        check(!violation.rule.empty() && !violation.message.empty() && text::valid_utf8(violation.message));
    }
    check(checked.definition != nullptr || !checked.violations.empty());
}

// What a loop of calls or timers would go on with.
struct Enough {};

void run(bpmn::Definition const& definition) {
    constexpr int max_lines = 500;
    int lines = 0;
    try {
        auto const done = bpmn::simulate(definition, "", {}, [&](std::string const& line) {
            check(json::parse(line).has_value());
            if (++lines == max_lines) throw Enough();
        });
        if (!done) check(!done.error().code.empty());
    } catch (Enough const&) {
        check(lines == max_lines);
    }
    auto const first = bpmn::step(definition, {}, bpmn::Start{}, bpmn::Simulation().start);
    if (!first) return;
    auto const stored = json::parse(json::serialize(bpmn::to_json(first->state, definition)));
    check(stored.has_value());
    auto const read = bpmn::state_from_json(*stored, definition);
    check(read.has_value() && *read == first->state);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const file(reinterpret_cast<char const*>(data), size);
    auto const drawn = bpmn::check(file, bpmn::For::simulation);
    check_violations(drawn, file);
    check_violations(bpmn::check(file, bpmn::For::deployment), file);
    if (auto const once = bpmn::round_trip(file)) {
        auto const twice = bpmn::round_trip(*once);
        check(twice.has_value() && *twice == *once);
    }
    if (drawn.violations.empty()) run(*drawn.definition);
    return 0;
}
