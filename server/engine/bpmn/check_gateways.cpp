#include <fmt/core.h>

#include <algorithm>

#include "engine/bpmn/draft.hpp"

// Rules about gateways, and about which flows may have conditions.
namespace keepword::bpmn {
namespace {

// Some tools write an empty condition where there is none.
bool has_condition(Draft const& draft, Index flow) {
    auto const condition = child(draft.flow_nodes[flow], "conditionExpression");
    return condition && !text_of(condition).empty();
}

bool may_decide(Type type) {
    return is_activity(type) || type == Type::exclusive_gateway || type == Type::inclusive_gateway ||
           type == Type::complex_gateway;
}

void check_default(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    Element const& element = d.at(i);
    auto const node = draft.element_nodes[i];
    auto const attribute = node.attribute("default");
    if (!attribute) return;
    if (!may_decide(element.type)) {
        return draft.add(node, "bpmn.default.misplaced",
                         fmt::format("{} has no default flow", json::word(element.type)));
    }
    Index const flow = element.default_flow;
    if (flow == none || d.flows[flow].source != i) {
        return draft.add(node, "bpmn.default.dangling",
                         fmt::format("the default flow “{}” does not leave this node", attribute.value()));
    }
    if (has_condition(draft, flow)) {
        draft.add(draft.flow_nodes[flow], "bpmn.default.condition", "a default flow has no condition");
    }
}

void check_conditions(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    Element const& element = d.at(i);
    for (Index const flow : element.outgoing) {
        if (!has_condition(draft, flow)) continue;
        if (!may_decide(element.type)) {
            draft.add(draft.flow_nodes[flow], "bpmn.condition.misplaced",
                      fmt::format("a flow out of {} has no condition", json::word(element.type)));
        } else if (is_activity(element.type) && element.outgoing.size() == 1) {
            draft.add(draft.flow_nodes[flow], "bpmn.condition.alone",
                      "a conditional flow out of an activity needs another flow beside it");
        }
    }
}

void check_direction(Draft& draft, Index i) {
    Element const& element = draft.definition.at(i);
    if (!is_gateway(element.type)) return;
    auto const node = draft.element_nodes[i];
    std::string_view const direction = node.attribute("gatewayDirection").value();
    std::size_t const in = element.incoming.size();
    std::size_t const out = element.outgoing.size();
    bool const fits = direction.empty() || direction == "Unspecified" || (direction == "Converging" && out <= 1) ||
                      (direction == "Diverging" && in <= 1) || (direction == "Mixed" && in > 1 && out > 1);
    if (!fits) {
        draft.add(node, "bpmn.gateway.direction",
                  fmt::format("gatewayDirection “{}” does not fit {} flows in and {} out", direction, in, out));
    }
    if (in == 0 && out == 0) draft.add(node, "bpmn.gateway.alone", "no flow touches this gateway");
}

// What waits behind an event-based gateway: the standard allows nothing else.
bool may_wait_behind(Draft const& draft, Index i) {
    using enum Trigger;
    Element const& element = draft.definition.at(i);
    if (element.type == Type::receive_task) return true;
    if (element.type != Type::intermediate_catch_event) return false;
    return std::ranges::all_of(draft.triggers[i], [](Trigger trigger) {
        return trigger == message || trigger == timer || trigger == conditional || trigger == signal;
    });
}

bool awaits_message(Draft const& draft, Index i) {
    return draft.definition.at(i).type == Type::intermediate_catch_event &&
           draft.triggers[i].contains(Trigger::message);
}

void check_behind(Draft& draft, Index target) {
    Element const& element = draft.definition.at(target);
    auto const node = draft.element_nodes[target];
    if (!may_wait_behind(draft, target)) {
        return draft.add(node, "bpmn.event-gateway.target",
                         "behind an event-based gateway stands a receive task, or an intermediate event that catches a "
                         "message, a signal, a timer or a condition");
    }
    if (element.incoming.size() > 1) {
        draft.add(node, "bpmn.event-gateway.other-flow",
                  "into what stands behind an event-based gateway runs no other flow; join them behind it");
    }
    if (!element.boundary.empty()) {
        draft.add(node, "bpmn.event-gateway.boundary",
                  "a receive task behind an event-based gateway has no boundary events; draw a catching event beside "
                  "it instead");
    }
}

void check_instantiates(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    auto const node = draft.element_nodes[i];
    bool const instantiates = is_true(node, "instantiate");
    bool const parallel = std::string_view(node.attribute("eventGatewayType").value()) == "Parallel";
    if (parallel && !instantiates) {
        draft.add(node, "bpmn.event-gateway.parallel",
                  "only an event-based gateway that starts the process (instantiate) may be parallel");
    }
    auto const from_start = [&](Index flow) {
        Index const source = d.flows[flow].source;
        return source == none || (d.at(source).type == Type::start_event && d.at(source).trigger == Trigger::nothing);
    };
    if (instantiates && !std::ranges::all_of(d.at(i).incoming, from_start)) {
        draft.add(node, "bpmn.event-gateway.instantiate",
                  "nothing flows into an event-based gateway that starts the process, unless from a plain start event");
    }
}

void check_event_gateway(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    if (d.at(i).type != Type::event_based_gateway) return;
    std::vector<Index> targets;
    for (Index const flow : d.at(i).outgoing) {
        if (d.flows[flow].target != none) targets.push_back(d.flows[flow].target);
    }
    if (d.at(i).outgoing.empty() && !d.at(i).incoming.empty()) {
        draft.add(draft.element_nodes[i], "bpmn.event-gateway.no-flow",
                  "no flow leaves the event-based gateway, so that it waits for nothing");
    }
    for (Index const target : targets) check_behind(draft, target);
    bool const task = std::ranges::any_of(targets, [&](Index t) { return d.at(t).type == Type::receive_task; });
    bool const event = std::ranges::any_of(targets, [&](Index t) { return awaits_message(draft, t); });
    if (task && event) {
        draft.add(draft.element_nodes[i], "bpmn.event-gateway.mixed",
                  "behind one event-based gateway stand either receive tasks or message events, not both");
    }
    check_instantiates(draft, i);
}

}  // namespace

void check_gateways(Draft& draft) {
    for (Index i = 0; i < draft.definition.elements.size(); ++i) {
        check_default(draft, i);
        check_conditions(draft, i);
        check_direction(draft, i);
        check_event_gateway(draft, i);
    }
}

}  // namespace keepword::bpmn
