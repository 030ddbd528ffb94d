#include <algorithm>
#include <utility>

#include "engine/bpmn/machine.hpp"

// Sequence flows, and which of them a token takes.
namespace keepword::bpmn {

// Goes on from an element, or stays there as an incident when no way on is found.
void Machine::leave(Here here) {
    auto const flows = ways_out(here);
    if (!flows) return incident(std::move(here), Wait::leaving, "process.no-flow");
    trace(Trace::leave, here.element, here.instance);
    follow(std::move(here), *flows);
}

// One token becomes as many as there are flows; where there is none it is used up.
void Machine::follow(Here here, std::vector<Index> const& flows) {
    for (Index const flow : flows) {
        trace(Trace::take, flow, here.instance);
        Move move{.element = d_.flows[flow].target, .flow = flow, .scope = here.scope};
        // Behind a split nobody goes back over it: the other branches would run a second time.
        if (flows.size() == 1) move.back = std::exchange(here.back, {});
        moves_.push_back(std::move(move));
    }
    if (flows.empty()) gone(here.scope, here.element);
}

// The flows that are taken; nullopt where the drawing asks for a choice and none of the flows may be taken.
std::optional<std::vector<Index>> Machine::ways_out(Here const& here) {
    Element const& element = d_.at(here.element);
    if (!element.chosen.empty()) return element.chosen;
    if (element.type == Type::exclusive_gateway) return exclusive_choice(element, here.scope);
    if (element.type == Type::inclusive_gateway) return inclusive_choice(element, here.scope);
    if (is_activity(element.type)) return conditional_flows(element, here.scope);
    // Events and parallel gateways take all of them and ask no condition.
    return element.outgoing;
}

// The first flow whose condition holds, in the order of the file; else the default.
std::optional<std::vector<Index>> Machine::exclusive_choice(Element const& gateway, Instance scope) {
    // With a single flow and no condition there is nothing to choose: the gateway only merges.
    if (gateway.outgoing.empty()) return std::vector<Index>{};
    if (gateway.outgoing.size() == 1 && !d_.flows[gateway.outgoing.front()].condition) return gateway.outgoing;
    for (Index const flow : gateway.outgoing) {
        auto const& condition = d_.flows[flow].condition;
        if (flow != gateway.default_flow && condition && holds(*condition, scope)) return std::vector{flow};
    }
    if (gateway.default_flow != none) return std::vector{gateway.default_flow};
    return std::nullopt;
}

// Every flow whose condition holds; the default where none does. A flow without a condition is a choice left open,
// except where it is the only one.
std::optional<std::vector<Index>> Machine::inclusive_choice(Element const& gateway, Instance scope) {
    if (gateway.outgoing.empty()) return std::vector<Index>{};
    if (gateway.outgoing.size() == 1 && !d_.flows[gateway.outgoing.front()].condition) return gateway.outgoing;
    std::vector<Index> taken;
    for (Index const flow : gateway.outgoing) {
        auto const& condition = d_.flows[flow].condition;
        if (flow != gateway.default_flow && condition && holds(*condition, scope)) taken.push_back(flow);
    }
    if (taken.empty() && gateway.default_flow != none) taken.push_back(gateway.default_flow);
    if (taken.empty()) return std::nullopt;
    return taken;
}

// Every flow without a condition, every one whose condition holds; the default only where no condition did.
std::optional<std::vector<Index>> Machine::conditional_flows(Element const& activity, Instance scope) {
    std::vector<Index> taken;
    bool any_condition = false;
    bool any_true = false;
    for (Index const flow : activity.outgoing) {
        if (flow == activity.default_flow) continue;
        auto const& condition = d_.flows[flow].condition;
        bool const may = !condition || holds(*condition, scope);
        any_condition = any_condition || condition;
        any_true = any_true || (condition && may);
        if (may) taken.push_back(flow);
    }
    if (activity.default_flow != none && !any_true) taken.push_back(activity.default_flow);
    if (taken.empty() && any_condition) return std::nullopt;
    return taken;
}

}  // namespace keepword::bpmn
