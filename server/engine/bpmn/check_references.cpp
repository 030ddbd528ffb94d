#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "engine/bpmn/draft.hpp"

// What names something names what is there. The references of sequence flows, of boundary events and of lanes are
// resolved by the import and judged with what they belong to; all others are in the table here.
namespace keepword::bpmn {
namespace {

// What a reference may name: elements called so, or any where there are no names.
struct Referent {
    std::string_view noun;
    std::string_view names;
};
constexpr Referent anything{"element", ""};
constexpr Referent activity{"activity", activity_names};
constexpr Referent category{"category value", "categoryValue"};
constexpr Referent collaboration{"collaboration", "collaboration choreography globalConversation"};
constexpr Referent correlation_key{"correlation key", "correlationKey"};
constexpr Referent correlation_property{"correlation property", "correlationProperty"};
constexpr Referent data{"data object, data store, property, input or output", data_names};
constexpr Referent data_input{"data input", "dataInput inputDataItem"};
constexpr Referent data_output{"data output", "dataOutput outputDataItem"};
constexpr Referent error{"error", "error"};
constexpr Referent event_definition{
    "event definition",
    "messageEventDefinition timerEventDefinition signalEventDefinition errorEventDefinition escalationEventDefinition "
    "terminateEventDefinition conditionalEventDefinition compensateEventDefinition cancelEventDefinition "
    "linkEventDefinition"};
constexpr Referent input_set{"input set", "inputSet"};
constexpr Referent item{"item definition", "itemDefinition"};
constexpr Referent link{"link event definition", "linkEventDefinition"};
constexpr Referent message{"message", "message"};
constexpr Referent operation{"operation", "operation"};
constexpr Referent output_set{"output set", "outputSet"};
constexpr Referent participant{"participant", "participant"};
constexpr Referent process{"process of the file", "process"};

struct Reference {
    std::string_view name;     // of the attribute, or of the inner element whose text is the reference
    std::string_view carrier;  // the elements that have it; empty means whichever
    Referent kind;
    char const* rule;
};
constexpr std::array references{
    Reference{"activityRef", "compensateEventDefinition", activity, "bpmn.compensation.dangling"},
    Reference{"bpmnElement", "", anything, "bpmn.diagram.dangling"},
    Reference{"categoryValueRef", "", category, "bpmn.category.dangling"},
    Reference{"choreographyActivityShape", "", {"shape", "BPMNShape"}, "bpmn.diagram.dangling"},
    Reference{"choreographyRef", "", collaboration, "bpmn.collaboration.dangling"},
    Reference{"correlationKeyRef", "", correlation_key, "bpmn.correlation.dangling"},
    Reference{"correlationPropertyRef", "", correlation_property, "bpmn.correlation.dangling"},
    Reference{"dataInputRefs", "", data_input, "bpmn.data.dangling"},
    Reference{"dataObjectRef", "", {"data object", "dataObject"}, "bpmn.data.dangling"},
    Reference{"dataOutputRefs", "", data_output, "bpmn.data.dangling"},
    Reference{"dataStoreRef", "", {"data store", "dataStore"}, "bpmn.data.dangling"},
    Reference{"definitionalCollaborationRef", "", collaboration, "bpmn.collaboration.dangling"},
    Reference{"endPointRef", "", {"end point", "endPoint"}, "bpmn.operation.dangling"},
    Reference{"errorRef", "", error, "bpmn.error.dangling"},
    Reference{"escalationRef", "", {"escalation", "escalation"}, "bpmn.escalation.dangling"},
    Reference{"evaluatesToTypeRef", "", item, "bpmn.item.dangling"},
    Reference{"eventDefinitionRef", "", event_definition, "bpmn.event.dangling"},
    Reference{"inMessageRef", "", message, "bpmn.message.dangling"},
    Reference{"initiatingParticipantRef", "", participant, "bpmn.participant.dangling"},
    Reference{"innerParticipantRef", "", participant, "bpmn.participant.dangling"},
    Reference{"inputDataRef", "", data_input, "bpmn.data.dangling"},
    Reference{"inputSetRefs", "", input_set, "bpmn.data.dangling"},
    Reference{"interfaceRef", "", {"interface", "interface"}, "bpmn.operation.dangling"},
    Reference{"itemRef", "", item, "bpmn.item.dangling"},
    Reference{"itemSubjectRef", "", item, "bpmn.item.dangling"},
    Reference{"loopDataInputRef", "", data, "bpmn.data.dangling"},
    Reference{"loopDataOutputRef", "", data, "bpmn.data.dangling"},
    Reference{"messageFlowRef", "", {"message flow", "messageFlow"}, "bpmn.message-flow.dangling"},
    Reference{"messageRef", "", message, "bpmn.message.dangling"},
    Reference{"noneBehaviorEventRef", "", event_definition, "bpmn.event.dangling"},
    Reference{"oneBehaviorEventRef", "", event_definition, "bpmn.event.dangling"},
    Reference{"operationRef", "", operation, "bpmn.operation.dangling"},
    Reference{"optionalInputRefs", "", data_input, "bpmn.data.dangling"},
    Reference{"optionalOutputRefs", "", data_output, "bpmn.data.dangling"},
    Reference{"outMessageRef", "", message, "bpmn.message.dangling"},
    Reference{"outerParticipantRef", "", participant, "bpmn.participant.dangling"},
    Reference{"outputDataRef", "", data_output, "bpmn.data.dangling"},
    Reference{"outputSetRefs", "", output_set, "bpmn.data.dangling"},
    Reference{"parameterRef", "", {"resource parameter", "resourceParameter"}, "bpmn.resource.dangling"},
    Reference{"participantRef", "", participant, "bpmn.participant.dangling"},
    Reference{"partitionElementRef", "", anything, "bpmn.lane.dangling"},
    Reference{"processRef", "participant", process, "bpmn.participant.dangling"},
    Reference{"resourceRef", "", {"resource", "resource"}, "bpmn.resource.dangling"},
    Reference{"signalRef", "", {"signal", "signal"}, "bpmn.signal.dangling"},
    Reference{"source", "linkEventDefinition", link, "bpmn.link.dangling"},
    Reference{"sourceElement", "BPMNEdge", anything, "bpmn.diagram.dangling"},
    Reference{"sourceRef", "association", anything, "bpmn.association.dangling"},
    Reference{"sourceRef", "messageFlow conversationLink", anything, "bpmn.message-flow.dangling"},
    Reference{"sourceRef", "dataInputAssociation dataOutputAssociation", data, "bpmn.data.dangling"},
    Reference{"structureRef", "error escalation signal", item, "bpmn.item.dangling"},
    Reference{"supportedInterfaceRef", "", {"interface", "interface"}, "bpmn.operation.dangling"},
    Reference{"supports", "process", process, "bpmn.process.dangling"},
    Reference{"target", "linkEventDefinition", link, "bpmn.link.dangling"},
    Reference{"targetElement", "BPMNEdge", anything, "bpmn.diagram.dangling"},
    Reference{"targetRef", "association", anything, "bpmn.association.dangling"},
    Reference{"targetRef", "messageFlow conversationLink", anything, "bpmn.message-flow.dangling"},
    Reference{"targetRef", "dataInputAssociation dataOutputAssociation", data, "bpmn.data.dangling"},
    Reference{"type", "resourceParameter", item, "bpmn.item.dangling"},
    Reference{"whileExecutingInputRefs", "", data_input, "bpmn.data.dangling"},
    Reference{"whileExecutingOutputRefs", "", data_output, "bpmn.data.dangling"},
};
static_assert(std::ranges::is_sorted(references, {}, &Reference::name));

// What an element is nothing without: an attribute, or an inner element.
struct Needed {
    std::string_view carrier;
    char const* part;
    char const* rule;
};
constexpr std::array needed{
    Needed{"assignment", "from", "bpmn.part.missing"},
    Needed{"assignment", "to", "bpmn.part.missing"},
    Needed{"association", "sourceRef", "bpmn.association.dangling"},
    Needed{"association", "targetRef", "bpmn.association.dangling"},
    Needed{"complexBehaviorDefinition", "condition", "bpmn.part.missing"},
    Needed{"conditionalEventDefinition", "condition", "bpmn.part.missing"},
    Needed{"conversationLink", "sourceRef", "bpmn.message-flow.dangling"},
    Needed{"conversationLink", "targetRef", "bpmn.message-flow.dangling"},
    Needed{"correlationProperty", "correlationPropertyRetrievalExpression", "bpmn.part.missing"},
    Needed{"correlationPropertyBinding", "correlationPropertyRef", "bpmn.part.missing"},
    Needed{"correlationPropertyBinding", "dataPath", "bpmn.part.missing"},
    Needed{"correlationPropertyRetrievalExpression", "messageRef", "bpmn.part.missing"},
    Needed{"correlationSubscription", "correlationKeyRef", "bpmn.part.missing"},
    Needed{"import", "importType", "bpmn.part.missing"},
    Needed{"import", "location", "bpmn.part.missing"},
    Needed{"import", "namespace", "bpmn.part.missing"},
    Needed{"interface", "operation", "bpmn.part.missing"},
    Needed{"linkEventDefinition", "name", "bpmn.part.missing"},
    Needed{"messageFlow", "sourceRef", "bpmn.message-flow.dangling"},
    Needed{"messageFlow", "targetRef", "bpmn.message-flow.dangling"},
    Needed{"operation", "inMessageRef", "bpmn.part.missing"},
    Needed{"participantAssociation", "innerParticipantRef", "bpmn.part.missing"},
    Needed{"participantAssociation", "outerParticipantRef", "bpmn.part.missing"},
};
static_assert(std::ranges::is_sorted(needed, {}, &Needed::carrier));

Reference const* reference_called(std::string_view name, std::string_view carrier) {
    for (auto const& reference : std::ranges::equal_range(references, name, {}, &Reference::name)) {
        if (reference.carrier.empty() || has_word(reference.carrier, carrier)) return &reference;
    }
    return nullptr;
}

void check_reference(Draft& draft, Index part, Reference const& reference, std::string_view value) {
    auto const node = draft.parts[part].node;
    auto const target = draft.parts.resolve(node, value);
    if (target.elsewhere) return;
    // Types have prefixes of their own, such as xsd:string.
    bool const type = reference.kind.names == item.names;
    if (target.part == none && type && value.find(':') != value.npos) return;
    if (target.part == none) {
        return draft.add(node, reference.rule,
                         value.empty() ? fmt::format("{} is empty", reference.name)
                                       : fmt::format("{} “{}” is not there", reference.name, value));
    }
    auto const name = draft.parts[target.part].name;
    if (reference.kind.names.empty() || has_word(reference.kind.names, name)) return;
    draft.add(node, reference.rule,
              fmt::format("{} “{}” is no {} ({})", reference.name, value, reference.kind.noun, name));
}

void check_needed(Draft& draft, Index i) {
    auto const& part = draft.parts[i];
    for (auto const& need : std::ranges::equal_range(needed, part.name, {}, &Needed::carrier)) {
        if (part.node.attribute(need.part) || draft.parts.child(i, need.part) != none) continue;
        draft.add(part.node, need.rule, fmt::format("{} has no {}", part.name, need.part));
    }
}

// A definition that stands in an event is that event's own; only those that stand by themselves may be shared.
void check_shared(Draft& draft, Index i) {
    if (draft.parts[i].name != "eventDefinitionRef") return;
    auto const target = draft.parts.resolve(draft.parts[i].node, text_of(draft.parts[i].node));
    if (target.part == none || !has_word(event_definition.names, draft.parts[target.part].name)) return;
    if (draft.parts[target.part].parent != 0) {
        draft.add(draft.parts[i].node, "bpmn.event.shared",
                  "the event definition belongs to another event; one that is shared stands beside the processes");
    }
}

}  // namespace

void check_references(Draft& draft) {
    for (Index i = 0; i < draft.parts.size(); ++i) {
        auto const& part = draft.parts[i];
        for (auto const attribute : part.node.attributes()) {
            if (auto const* reference = reference_called(attribute.name(), part.name)) {
                check_reference(draft, i, *reference, attribute.value());
            }
        }
        if (part.parent != none) {
            if (auto const* reference = reference_called(part.name, draft.parts[part.parent].name)) {
                check_reference(draft, i, *reference, text_of(part.node));
            }
        }
        check_needed(draft, i);
        check_shared(draft, i);
    }
}

}  // namespace keepword::bpmn
