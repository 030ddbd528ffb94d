#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/bpmn/timer.hpp"
#include "foundation/json.hpp"

// The events file of a simulation. Private to this folder.
namespace keepword::bpmn {

// One line. `name` is an element's id, or the name of a message or signal; empty for the none start event.
struct Given {
    enum class Kind { start, complete, message, signal, advance, choose, hold, trigger } kind = Kind::start;
    int line = 0;
    std::string name;
    std::optional<std::string> outcome;
    json::object fields;
    std::vector<std::string> flows;  // choose
    Period by;                       // advance
};

// The lines in their order, blank ones left out. Error `simulate.event` with `line` and `what`.
Result<std::vector<Given>> read_events(std::string_view events);

}  // namespace keepword::bpmn
