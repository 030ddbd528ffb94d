#include <algorithm>

#include "engine/bpmn/machine.hpp"

// Sequence flows and gateways.
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
        if (flows.size() == 1) move.back = std::move(here.back);
        moves_.push_back(std::move(move));
    }
    if (flows.empty()) gone(here.scope, here.element);
}

// The flows that are taken; nullopt where the drawing asks for a choice and none of the flows may be taken.
std::optional<std::vector<Index>> Machine::ways_out(Here const& here) {
    Element const& element = d_.at(here.element);
    if (element.type == Type::exclusive_gateway) return exclusive_choice(element, here.scope);
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
        if (flow != gateway.default_flow && d_.flows[flow].condition && is_true(flow, scope)) return std::vector{flow};
    }
    if (gateway.default_flow != none) return std::vector{gateway.default_flow};
    return std::nullopt;
}

// Every flow without a condition, every one whose condition holds; the default only where no condition did.
std::optional<std::vector<Index>> Machine::conditional_flows(Element const& activity, Instance scope) {
    std::vector<Index> taken;
    bool any_condition = false;
    bool any_true = false;
    for (Index const flow : activity.outgoing) {
        if (flow == activity.default_flow) continue;
        bool const conditional = d_.flows[flow].condition.has_value();
        bool const may = !conditional || is_true(flow, scope);
        any_condition = any_condition || conditional;
        any_true = any_true || (conditional && may);
        if (may) taken.push_back(flow);
    }
    if (activity.default_flow != none && !any_true) taken.push_back(activity.default_flow);
    if (taken.empty() && any_condition) return std::nullopt;
    return taken;
}

bool Machine::is_true(Index flow, Instance scope) {
    return feel::holds(*d_.flows[flow].condition, scopes_of(scope));
}

// ---- parallel join -----------------------------------------------------------------------------------------------

// A token waits at the join until there is one on each incoming flow. A second one on the same flow does not stand in
// for a missing one: it belongs to the next round.
void Machine::arrive_at_join(Move move) {
    Instance instance = join_instance(move);
    if (instance == 0) instance = next_instance();
    trace(Trace::enter, move.element, instance);
    rest({move.element, instance, move.scope, {}}, Wait::join, move.flow);
    if (join_complete(move.element, instance)) join(move.element, instance, move.scope);
}

// The oldest round that still lacks a token on this flow; zero where there is none.
Instance Machine::join_instance(Move const& move) const {
    for (auto const& token : state_.tokens) {
        if (token.element != move.element || token.scope != move.scope || token.wait != Wait::join) continue;
        bool const has_this_flow = std::ranges::any_of(state_.tokens, [&](Token const& other) {
            return other.instance == token.instance && other.flow == move.flow;
        });
        if (!has_this_flow) return token.instance;
    }
    return 0;
}

bool Machine::join_complete(Index gateway, Instance instance) const {
    auto const arrived = std::ranges::count(state_.tokens, instance, &Token::instance);
    return static_cast<std::size_t>(arrived) == d_.at(gateway).incoming.size();
}

void Machine::join(Index gateway, Instance instance, Instance scope) {
    std::erase_if(state_.tokens, [&](Token const& token) { return token.instance == instance; });
    leave({gateway, instance, scope, {}});
}

}  // namespace keepword::bpmn
