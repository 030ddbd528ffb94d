#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/bpmn/core.hpp"
#include "engine/bpmn/timer.hpp"

// A definition run on a virtual clock, without people, calendars or a database: `process simulate`, what-if, tests.
namespace keepword::bpmn {

constexpr std::size_t max_simulated_events = 10'000;
constexpr int max_idle_timers = 1'000;  // timers that fire after the last event, where something repeats for ever

struct Simulation {
    std::string process;               // key, where a file has several
    bool flows = false;                // `enter` and `leave` of sequence flows too
    Instant start{1'767'225'600'000};  // 2026-01-01T00:00:00Z
    Add add = by_clock;
};

struct Simulated {
    std::vector<int> unused;           // lines of the events file that could never be consumed
    std::vector<std::string> waiting;  // the elements at which something still waits, in the order of the instances
    Status status = Status::fresh;
};

// Runs the events (JSON lines as the contract has them) and hands every line of output to `print`, without its line
// end. An event is consumed as soon as it can be, the first in the file first; when none can, the clock jumps to the
// next timer. A call activity runs the process where the file has it; else it ends by itself unless an event completes
// it. Errors (Kind::invalid): `simulate.event`
// with `line` and `what`; `simulate.too-long`; what step() says of the start.
Result<Simulated> simulate(Definition const& definition, std::string_view events, Simulation const& how,
                           std::function<void(std::string const&)> const& print);

}  // namespace keepword::bpmn
