#include <fmt/core.h>

#include <charconv>

#include "engine/bpmn/draft.hpp"
#include "foundation/text.hpp"

// Scripts, and activities that are done several times.
namespace keepword::bpmn {
namespace {

std::optional<feel::Expression> expression_in(Draft& draft, pugi::xml_node node, std::string_view name) {
    auto const inner = child(node, name);
    return inner ? read_condition(draft, inner) : std::nullopt;
}

std::optional<feel::Expression> our_expression(Draft& draft, pugi::xml_node node, std::string_view name) {
    auto const text = ours(node, name);
    return text.empty() ? std::nullopt : read_feel(draft, node, text);
}

Loop standard_loop(Draft& draft, pugi::xml_node node) {
    Loop loop;
    loop.test_before = is_true(node, "testBefore");
    loop.condition = expression_in(draft, node, "loopCondition");
    std::string_view const text = node.attribute("loopMaximum").value();
    std::uint32_t maximum = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), maximum);
    if (!text.empty() && error == std::errc{} && end == text.data() + text.size()) loop.maximum = maximum;
    return loop;
}

// The standard names lists and items by data in the drawing: the data's name is the variable.
std::string data_named(Draft const& draft, pugi::xml_node loop, std::string_view reference) {
    auto const inner = child(loop, reference);
    if (!inner) return "";
    auto const text = text_of(inner);
    std::string const id(local(text));
    Index const data = draft.parts.find(id);
    std::string const name = data == none ? "" : draft.parts[data].node.attribute("name").value();
    return name.empty() ? id : name;
}

std::string item_named(pugi::xml_node loop, std::string_view element) {
    auto const item = child(loop, element);
    std::string const name = item.attribute("name").value();
    return name.empty() ? item.attribute("id").value() : name;
}

RoundEvent round_event(Draft const& draft, pugi::xml_node definition) {
    RoundEvent event;
    auto const name = bpmn_name(definition);
    if (name == "messageEventDefinition") {
        event = {Trigger::message, name_of(draft, definition, "message", ""), {}};
    } else if (name == "signalEventDefinition") {
        event = {Trigger::signal, name_of(draft, definition, "signal", ""), {}};
    } else if (name == "escalationEventDefinition") {
        event = {Trigger::escalation, name_of(draft, definition, "escalation", ""), {}};
    }
    return event;
}

void read_behaviour(Draft& draft, pugi::xml_node node, Loop& loop) {
    std::string_view const behaviour = node.attribute("behavior").value();
    loop.behaviour = behaviour == "None"      ? Behaviour::each
                     : behaviour == "One"     ? Behaviour::first
                     : behaviour == "Complex" ? Behaviour::complex
                                              : Behaviour::silent;
    if (loop.behaviour == Behaviour::first || loop.behaviour == Behaviour::each) {
        char const* reference = loop.behaviour == Behaviour::first ? "oneBehaviorEventRef" : "noneBehaviorEventRef";
        Index const definition = draft.parts.find(local(node.attribute(reference).value()));
        if (definition != none) loop.events.push_back(round_event(draft, draft.parts[definition].node));
    }
    if (loop.behaviour != Behaviour::complex) return;
    for (auto const definition : node.children()) {
        if (bpmn_name(definition) != "complexBehaviorDefinition") continue;
        for (auto const thrown : child(definition, "event").children()) {
            auto event = round_event(draft, thrown);
            if (event.trigger == Trigger::nothing) continue;
            event.condition = expression_in(draft, definition, "condition");
            loop.events.push_back(std::move(event));
        }
    }
}

Loop multi_instance(Draft& draft, pugi::xml_node node) {
    Loop loop;
    loop.rounds = is_true(node, "isSequential") ? Rounds::sequential : Rounds::parallel;
    loop.cardinality = expression_in(draft, node, "loopCardinality");
    loop.condition = expression_in(draft, node, "completionCondition");
    loop.collection = our_expression(draft, node, "collection");
    loop.item = ours(node, "item");
    loop.collect = ours(node, "collect");
    loop.output = our_expression(draft, node, "output");
    if (auto const list = data_named(draft, node, "loopDataInputRef"); !loop.collection && !list.empty()) {
        loop.collection = read_feel(draft, node, list);
    }
    if (loop.item.empty()) loop.item = item_named(node, "inputDataItem");
    if (loop.collect.empty()) loop.collect = data_named(draft, node, "loopDataOutputRef");
    if (auto const output = item_named(node, "outputDataItem"); !loop.output && !output.empty()) {
        loop.output = read_feel(draft, node, output);
    }
    read_behaviour(draft, node, loop);
    return loop;
}

}  // namespace

void read_script(Draft& draft, pugi::xml_node node, Element& element) {
    auto const script = child(node, "script");
    auto const format = text::ascii_lower(node.attribute("scriptFormat").value());
    if (!script || text_of(script).empty()) return;  // a drawing; deployment asks for one
    if (format.find("feel") == std::string::npos) {
        return draft.add(node, "bpmn.unsupported.script-format",
                         fmt::format("scripts are written in FEEL (scriptFormat=\"feel\"), not in “{}”", format));
    }
    element.script = read_feel(draft, script, text_of(script));
}

std::optional<Loop> read_loop(Draft& draft, pugi::xml_node activity) {
    if (auto const node = child(activity, "standardLoopCharacteristics")) return standard_loop(draft, node);
    if (auto const node = child(activity, "multiInstanceLoopCharacteristics")) return multi_instance(draft, node);
    return std::nullopt;
}

}  // namespace keepword::bpmn
