#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "engine/bpmn/draft.hpp"
#include "engine/bpmn/timer.hpp"
#include "foundation/text.hpp"

// What an event is about, and expressions wherever they stand.
namespace keepword::bpmn {
namespace {

struct Definitions {
    std::string_view name;
    Trigger trigger;
};
constexpr std::array<Definitions, 10> event_types{{
    {"messageEventDefinition", Trigger::message},
    {"timerEventDefinition", Trigger::timer},
    {"signalEventDefinition", Trigger::signal},
    {"errorEventDefinition", Trigger::error},
    {"escalationEventDefinition", Trigger::escalation},
    {"terminateEventDefinition", Trigger::terminate},
    {"conditionalEventDefinition", Trigger::conditional},
    {"compensateEventDefinition", Trigger::compensation},
    {"cancelEventDefinition", Trigger::cancel},
    {"linkEventDefinition", Trigger::link},
}};

// What is no ISO 8601 text may be an expression that gives one. A text like PT30 or P1X is also a FEEL name, so that a
// bare name is taken for a variable only where it does not look like a length somebody mistyped.
std::optional<feel::Expression> timer_expression(Draft& draft, pugi::xml_node at, std::string const& text) {
    bool const mistyped =
        text.starts_with('P') || text.starts_with("R/") || (!text.empty() && text[0] >= '0' && text[0] <= '9');
    auto parsed = feel::parse(text);
    if (mistyped || !parsed) {
        draft.add(at, "bpmn.timer.syntax",
                  fmt::format("“{}” is neither ISO 8601 (PT30M, P1D, 2026-02-13T09:30:00Z, R3/PT10M) nor FEEL", text));
        return std::nullopt;
    }
    return *parsed;
}

void read_timer(Draft& draft, pugi::xml_node node, Element& element) {
    TimerSpec spec;
    int lengths = 0;
    for (auto const& [name, kind] :
         {std::pair("timeDuration", TimerKind::duration), std::pair("timeDate", TimerKind::date),
          std::pair("timeCycle", TimerKind::cycle)}) {
        auto const length = child(node, name);
        if (!length || text_of(length).empty()) continue;
        ++lengths;
        spec.kind = kind;
        spec.text = text_of(length);
        if (!parse_timer(kind, spec.text)) spec.expression = timer_expression(draft, length, spec.text);
    }
    if (lengths > 1) {
        return draft.add(node, "bpmn.timer.length", "a timer has one of timeDuration, timeDate and timeCycle");
    }
    if (lengths == 0) return;  // a drawing; deployment asks for one
    spec.clock = element.attribute("clock");
    spec.calendar = element.attribute("calendar");
    if (auto const from = element.attribute("from"); !from.empty()) {
        spec.from = read_feel(draft, node, std::string(from));
    }
    element.timer = std::move(spec);
}

// What the event refers to. A message without a name is named after its event, so that a drawing without messages can
// be simulated; a signal without one is heard by all events for signals without one, an error caught by all for any.
std::string what_about(Draft const& draft, pugi::xml_node definition, Element const& element) {
    switch (element.trigger) {
        case Trigger::message:
            return name_of(draft, definition, "message", element.id);
        case Trigger::signal:
            return name_of(draft, definition, "signal", "");
        case Trigger::error:
            return name_of(draft, definition, "error", "");
        case Trigger::escalation:
            return name_of(draft, definition, "escalation", "");
        case Trigger::link:
            return definition.attribute("name").value();
        default:
            return "";
    }
}

}  // namespace

void read_event(Draft& draft, pugi::xml_node node, Index index) {
    auto& definitions = draft.event_definitions[index];
    Element& element = draft.definition.elements[index];
    for (auto const inner : node.children()) {
        auto const name = bpmn_name(inner);
        auto const known = std::ranges::find(event_types, name, &Definitions::name);
        if (known == event_types.end() && name != "eventDefinitionRef") continue;
        definitions.push_back(inner);
        element.trigger = known == event_types.end() ? Trigger::multiple : known->trigger;
    }
    if (definitions.size() > 1) element.trigger = Trigger::multiple;
    if (definitions.size() != 1) return;
    if (element.trigger == Trigger::timer) read_timer(draft, definitions[0], element);
    if (element.trigger == Trigger::conditional) {
        auto const condition = child(definitions[0], "condition");
        if (condition && !text_of(condition).empty()) element.condition = read_condition(draft, condition);
    }
    element.about = what_about(draft, definitions[0], element);
}

std::string name_of(Draft const& draft, pugi::xml_node node, std::string const& kind, std::string const& otherwise) {
    auto const id = local(node.attribute((kind + "Ref").c_str()).value());
    auto const found = draft.named.find({kind, std::string(id)});
    return found == draft.named.end() ? otherwise : found->second;
}

std::optional<feel::Expression> read_condition(Draft& draft, pugi::xml_node node) {
    std::string_view language = node.attribute("language").value();
    if (language.empty()) language = draft.document.root().attribute("expressionLanguage").value();
    if (!language.empty() && text::ascii_lower(language).find("feel") == std::string::npos) {
        draft.add(node, "bpmn.unsupported.expression-language",
                  fmt::format("conditions are written in FEEL, not in {}", language));
        return std::nullopt;
    }
    return read_feel(draft, node, text_of(node));
}

std::optional<feel::Expression> read_feel(Draft& draft, pugi::xml_node at, std::string const& text) {
    auto parsed = feel::parse(text);
    if (parsed) return *parsed;
    auto const& params = parsed.error().params;
    draft.add(at, "feel.syntax", fmt::format("“{}”, column {}: {}", text, params[0].second, params[1].second));
    return std::nullopt;
}

}  // namespace keepword::bpmn
