#include "engine/bpmn/model.hpp"

namespace keepword::bpmn {
namespace {

// What a token passes in the same moment, so that the outcome is still that of the task before it.
bool passes_by_itself(Type type) {
    return type == Type::exclusive_gateway || type == Type::service_task || type == Type::send_task ||
           type == Type::task || type == Type::manual_task || type == Type::script_task ||
           type == Type::intermediate_throw_event;
}

}  // namespace

std::string_view Element::attribute(std::string_view wanted) const {
    for (auto const& [key, text] : kw) {
        if (key == wanted) return text;
    }
    return {};
}

Index Definition::find(std::string_view id) const {
    auto const found = by_id.find(id);
    return found == by_id.end() ? none : found->second;
}

Index Definition::find_flow(std::string_view id) const {
    auto const found = flows_by_id.find(id);
    return found == flows_by_id.end() ? none : found->second;
}

std::vector<Index> const& Definition::decision_behind(Index task) const {
    Index at = task;
    // Automatic steps may go round in a circle; nobody draws this many in a row.
    for (int steps = 0; steps < 32; ++steps) {
        auto const& out = elements[at].outgoing;
        bool const goes_on = out.size() == 1 && !flows[out.front()].condition && flows[out.front()].target != none;
        Index const next = goes_on ? flows[out.front()].target : none;
        if (next == none || !passes_by_itself(elements[next].type)) return out;
        at = next;
    }
    return elements[at].outgoing;
}

Lane const* Definition::lane_of(Index element) const {
    Index const lane = elements[element].lane;
    return lane == none ? nullptr : &lanes[lane];
}

std::vector<Index> Definition::starts(Index of_scope) const {
    std::vector<Index> out;
    for (Index const child : elements[of_scope].children) {
        if (elements[child].type == Type::start_event) out.push_back(child);
    }
    return out;
}

Index Definition::process_of(Index element) const {
    while (elements[element].scope != none) element = elements[element].scope;
    return element;
}

bool Definition::begins_by_itself(Index node) const {
    Element const& e = elements[node];
    bool const linked = e.type == Type::intermediate_catch_event && e.trigger == Trigger::link;
    return e.incoming.empty() && e.type != Type::start_event && e.type != Type::boundary_event && !e.by_event &&
           !linked;
}

bool Definition::reaches(Index from, Index flow) const {
    auto const found = reaching.find(flow);
    return found != reaching.end() && found->second[from];
}

}  // namespace keepword::bpmn
