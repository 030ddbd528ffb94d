#include <fmt/core.h>

#include <algorithm>

#include "engine/bpmn/draft.hpp"

// Rules about activities, and about where processes and sub-processes begin and end.
namespace keepword::bpmn {
namespace {

// A process may begin with what receives a message instead of a start event.
bool starts_process(Draft const& draft, Index i) {
    Type const type = draft.definition.at(i).type;
    return (type == Type::receive_task || type == Type::event_based_gateway) &&
           is_true(draft.element_nodes[i], "instantiate");
}

// How processes and sub-processes start, by their index: asked often, so that it is looked for once.
struct Starts {
    explicit Starts(Draft const& draft)
        : any(draft.definition.elements.size()), plain(any.size()), by_receipt(any.size()) {
        for (Index i = 0; i < any.size(); ++i) {
            Element const& element = draft.definition.at(i);
            if (starts_process(draft, i)) by_receipt[element.scope] = true;
            if (element.type != Type::start_event) continue;
            any[element.scope] = true;
            if (draft.event_definitions[i].empty()) plain[element.scope] = true;
        }
    }
    std::vector<bool> any;         // with a start event
    std::vector<bool> plain;       // with one that waits for nothing
    std::vector<bool> by_receipt;  // by what is received
};

// What starts when the process or sub-process around it does, because nothing else could start it.
bool begins(Draft const& draft, Index i) {
    Element const& element = draft.definition.at(i);
    if (element.type == Type::start_event) return true;
    return element.incoming.empty() && element.type != Type::boundary_event && !element.by_event &&
           !(element.trigger == Trigger::link && element.type == Type::intermediate_catch_event) &&
           !is_true(draft.element_nodes[i], "isForCompensation");
}

// What only flows lead to that come from elsewhere or from nowhere: those flows are wrong, and reported as such.
bool led_astray(Definition const& d, Index i) {
    return !d.at(i).incoming.empty() && std::ranges::all_of(d.at(i).incoming, [&](Index flow) {
        Index const source = d.flows[flow].source;
        return source == none || d.at(source).scope != d.at(i).scope;
    });
}

bool runs(Definition const& d, Index i) {
    while (d.at(i).scope != none) i = d.at(i).scope;
    return d.at(i).executable;
}

// Only what is to be executed must be able to begin; a drawing may be a sketch.
void check_can_begin(Draft& draft, Index scope) {
    Definition const& d = draft.definition;
    auto const node = draft.element_nodes[scope];
    auto const& children = d.at(scope).children;
    if (!runs(d, scope)) return;
    if (children.empty()) {
        if (d.at(scope).type == Type::process) {
            draft.add(node, "bpmn.process.empty", "an executable process has something in it");
        }
        return;
    }
    bool const only_ends = std::ranges::all_of(children, [&](Index c) { return d.at(c).type == Type::end_event; });
    auto const may_begin = [&](Index c) { return begins(draft, c) || led_astray(d, c); };
    if (only_ends || std::ranges::none_of(children, may_begin)) {
        draft.add(node, "bpmn.process.no-start",
                  "nothing in it can begin: it needs a start event, or an activity into which nothing flows");
    }
}

void check_starts(Draft& draft, Index scope, bool starts) {
    Definition const& d = draft.definition;
    Element const& element = d.at(scope);
    if (element.type == Type::ad_hoc_sub_process) {
        for (Index const c : element.children) {
            if (d.at(c).type != Type::start_event && d.at(c).type != Type::end_event) continue;
            draft.add(draft.element_nodes[c], "bpmn.ad-hoc.event", "an ad-hoc sub-process has no start or end events");
        }
        return;
    }
    if (element.by_event && !starts && !element.children.empty()) {
        draft.add(draft.element_nodes[scope], "bpmn.event-sub-process.start",
                  "an event sub-process needs a start event that says what triggers it");
    }
}

// Whole numbers of at least one; XML allows a plus sign and blanks around them.
bool counts(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (text.starts_with('+')) text.remove_prefix(1);
    return text.find_first_not_of("0123456789") == text.npos && text.find_first_not_of('0') != text.npos;
}

void check_quantities(Draft& draft, Index i) {
    auto const node = draft.element_nodes[i];
    for (char const* name : {"startQuantity", "completionQuantity"}) {
        auto const attribute = node.attribute(name);
        if (!attribute || counts(attribute.value())) continue;
        draft.add(node, "bpmn.activity.quantity",
                  fmt::format("{} “{}” is no whole number from 1 on", name, attribute.value()));
    }
}

void check_call(Draft& draft, Index i, Starts const& starts) {
    constexpr std::string_view callable =
        "process globalTask globalUserTask globalManualTask globalScriptTask globalBusinessRuleTask";
    Definition const& d = draft.definition;
    auto const node = draft.element_nodes[i];
    if (d.at(i).called.empty()) {
        return draft.add(node, "bpmn.call.target", "the call activity names no calledElement");
    }
    // What is not in this file is looked for among the processes that are deployed.
    auto const target = draft.parts.resolve(node, node.attribute("calledElement").value()).part;
    if (target == none) return;
    if (!has_word(callable, draft.parts[target].name)) {
        return draft.add(node, "bpmn.call.target",
                         fmt::format("“{}” is a {}: a process or a global task can be called", d.at(i).called,
                                     draft.parts[target].name));
    }
    Index const process = d.find(d.at(i).called);
    if (process != none && starts.any[process] && !starts.plain[process]) {
        draft.add(node, "bpmn.call.start",
                  fmt::format("{} has no plain start event, so it cannot be called", d.at(i).called));
    }
}

void check_receive(Draft& draft, Index i) {
    Definition const& d = draft.definition;
    if (d.at(i).type != Type::receive_task || !is_true(draft.element_nodes[i], "instantiate")) return;
    bool const reached = std::ranges::any_of(d.at(i).incoming, [&](Index flow) {
        Index const source = d.flows[flow].source;
        return source != none && d.at(source).type != Type::event_based_gateway;
    });
    if (!reached) return;
    draft.add(draft.element_nodes[i], "bpmn.receive.instantiate",
              "nothing flows into a receive task that starts the process (instantiate)");
}

}  // namespace

void check_activities(Draft& draft) {
    Starts const starts(draft);
    for (Index i = 0; i < draft.definition.elements.size(); ++i) {
        Type const type = draft.definition.at(i).type;
        if (!is_activity(type)) continue;
        check_quantities(draft, i);
        if (type == Type::call_activity) check_call(draft, i, starts);
        check_receive(draft, i);
    }
}

void check_processes(Draft& draft) {
    Starts const starts(draft);
    for (Index i = 0; i < draft.definition.elements.size(); ++i) {
        if (!is_scope(draft.definition.at(i).type)) continue;
        check_can_begin(draft, i);
        check_starts(draft, i, starts.any[i]);
    }
}

// What the standard leaves open for a sketch. It starts whatever nothing flows into together with the process; but in
// a process that people rely on, a task beside the start event that nothing leads to is a flow somebody forgot.
void check_complete(Draft& draft) {
    Definition const& d = draft.definition;
    Starts const starts(draft);
    for (Index i = 0; i < d.elements.size(); ++i) {
        Element const& element = d.at(i);
        if (element.scope == none || element.type == Type::start_event) continue;
        auto const node = draft.element_nodes[i];
        if (starts.any[element.scope]) {
            if (begins(draft, i)) draft.add(node, "bpmn.node.unreached", "no flow leads here");
        } else if (element.type == Type::end_event && !starts.by_receipt[element.scope]) {
            draft.add(node, "bpmn.end.no-start", "where there is an end event there is a start event");
        }
    }
}

}  // namespace keepword::bpmn
