#include <fmt/core.h>

#include <unordered_set>

#include "engine/bpmn/draft.hpp"

// Rules about activities that are done several times.
namespace keepword::bpmn {
namespace {

constexpr std::string_view loop_names = "standardLoopCharacteristics multiInstanceLoopCharacteristics";
constexpr std::string_view task_names =
    "task manualTask userTask serviceTask sendTask receiveTask scriptTask businessRuleTask";

bool runs(Parts const& parts, Index part) {
    Index const process = parts.around(part, "process");
    return process != none && is_true(parts[process].node, "isExecutable");
}

void check_maximum(Draft& draft, Index loop) {
    auto const attribute = draft.parts[loop].node.attribute("loopMaximum");
    std::string_view const text = attribute.value();
    bool const whole = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    if (!attribute || whole) return;
    draft.add(draft.parts[loop].node, "bpmn.loop.maximum", fmt::format("loopMaximum “{}” is no whole number", text));
}

void check_number(Draft& draft, Index loop) {
    auto const& parts = draft.parts;
    bool const cardinality = parts.child(loop, "loopCardinality") != none;
    Index const input = parts.child(loop, "loopDataInputRef");
    // Many tools name the collection in an attribute of their own, as kw:collection does.
    if (!cardinality && input == none && runs(parts, loop) && !parts.extended(loop)) {
        draft.add(parts[loop].node, "bpmn.loop.number",
                  "how many instances? An executable process says it with loopCardinality or loopDataInputRef");
    }
    Index const named = input == none ? none : parts.named_by(loop, "loopDataInputRef").part;
    Index const activity = parts[loop].parent;
    if (named != none && has_word(task_names, parts[activity].name) && !parts.stands_in(named, activity)) {
        draft.add(parts[input].node, "bpmn.loop.data",
                  "a task repeats over one of its own data inputs; a data association fills it");
    }
    for (auto const& [item, reference] :
         {std::pair("inputDataItem", "loopDataInputRef"), std::pair("outputDataItem", "loopDataOutputRef")}) {
        Index const part = parts.child(loop, item);
        if (part == none || parts.child(loop, reference) != none || parts.extended(loop)) continue;
        draft.add(parts[part].node, "bpmn.loop.item", fmt::format("{} is one of which list? Add {}", item, reference));
    }
}

void check_behavior(Draft& draft, Index loop) {
    auto const& parts = draft.parts;
    auto const node = parts[loop].node;
    std::string_view const behavior = node.attribute("behavior").value();
    auto const wrong = [&](std::string message) { draft.add(node, "bpmn.loop.behavior", std::move(message)); };
    if (!behavior.empty() && !has_word("None One All Complex", behavior)) {
        return wrong(fmt::format("behavior “{}” is not None, One, All or Complex", behavior));
    }
    if (behavior == "One" && !node.attribute("oneBehaviorEventRef")) {
        wrong("behavior One names the event in oneBehaviorEventRef");
    }
    if (behavior == "None" && !node.attribute("noneBehaviorEventRef")) {
        wrong("behavior None names the event in noneBehaviorEventRef");
    }
    Index const complex = parts.child(loop, "complexBehaviorDefinition");
    if (behavior == "Complex" && complex == none) wrong("behavior Complex needs a complexBehaviorDefinition");
    if (behavior != "Complex" && complex != none) {
        draft.add(parts[complex].node, "bpmn.loop.behavior", "a complexBehaviorDefinition needs behavior=\"Complex\"");
    }
}

}  // namespace

void check_loops(Draft& draft) {
    std::unordered_set<Index> looping;
    for (Index i = 0; i < draft.parts.size(); ++i) {
        if (!has_word(loop_names, draft.parts[i].name)) continue;
        // An activity repeats in one way: as long as a condition holds, or once for each of a number.
        if (!looping.insert(draft.parts[i].parent).second) {
            draft.add(draft.parts[i].node, "bpmn.loop.both",
                      "an activity has one kind of loop: standard or multi-instance");
        }
        if (draft.parts[i].name == "standardLoopCharacteristics") {
            check_maximum(draft, i);
        } else {
            check_number(draft, i);
            check_behavior(draft, i);
        }
    }
}

}  // namespace keepword::bpmn
