#include "engine/bpmn/check_test.hpp"

#include <chrono>

// References that lead nowhere, or to what they may not name; and some that only look so.
namespace keepword::bpmn {
namespace {

using testing_aid::Row;

class References : public testing::TestWithParam<Row> {};
TEST_P(References, are_judged) {
    EXPECT_EQ(testing_aid::against_standard(testing_aid::file_of(GetParam().inside)), GetParam().expected)
        << GetParam().inside;
}

INSTANTIATE_TEST_SUITE_P(
    in_a_process, References,
    testing::Values(
        Row{"<process id='p'><task id='a'/>\n<association id='x' sourceRef='a' targetRef='b'/></process>",
            "3:1 bpmn.association.dangling"},
        Row{"<process id='p'><task id='a'/>\n<association id='x' targetRef='a'/></process>",
            "3:1 bpmn.association.dangling"},
        Row{"<process id='p'>\n<group id='g' categoryValueRef='c'/></process>", "3:1 bpmn.category.dangling"},
        Row{"<process id='p'><task id='a'>\n<categoryValueRef>a</categoryValueRef></task></process>",
            "3:1 bpmn.category.dangling"},
        Row{"<process id='p'>\n<dataObjectReference id='r' dataObjectRef='d'/></process>", "3:1 bpmn.data.dangling"},
        Row{"<process id='p'>\n<dataStoreReference id='r' dataStoreRef='p'/></process>", "3:1 bpmn.data.dangling"},
        Row{"<process id='p'>\n<dataObject id='d' itemSubjectRef='i'/></process>", "3:1 bpmn.item.dangling"},
        Row{"<process id='p'>\n<property id='d' itemSubjectRef='p'/></process>", "3:1 bpmn.item.dangling"},
        Row{"<process id='p'>\n<serviceTask id='a' operationRef='o'/></process>", "3:1 bpmn.operation.dangling"},
        Row{"<process id='p'>\n<sendTask id='a' messageRef='p'/></process>", "3:1 bpmn.message.dangling"},
        Row{"<process id='p'><task id='a'>\n<potentialOwner><resourceRef>r</resourceRef></potentialOwner></task>"
            "</process>",
            "3:17 bpmn.resource.dangling"},
        Row{"<process id='p'><supports>q</supports></process>", "2:17 bpmn.process.dangling"},
        Row{"<process id='p' definitionalCollaborationRef='c'/>", "2:1 bpmn.collaboration.dangling"},
        Row{"<process id='p'>\n<correlationSubscription id='s' correlationKeyRef='k'/></process>",
            "3:1 bpmn.correlation.dangling"},
        Row{"<process id='p'><endEvent id='e'>\n<compensateEventDefinition activityRef='e'/></endEvent></process>",
            "3:1 bpmn.compensation.dangling"},
        Row{"<process id='p'><endEvent id='e'>\n<signalEventDefinition signalRef='s'/></endEvent></process>",
            "3:1 bpmn.signal.dangling"},
        Row{"<process id='p'><endEvent id='e'>\n<errorEventDefinition errorRef=''/></endEvent></process>",
            "3:1 bpmn.error.dangling"},
        Row{"<process id='p'><endEvent id='e'>\n<escalationEventDefinition escalationRef='s'/></endEvent></process>",
            "3:1 bpmn.escalation.dangling"},
        Row{"<process id='p'><endEvent id='e'>\n<messageEventDefinition messageRef='t:m'/></endEvent></process>",
            "3:1 bpmn.message.dangling"},
        Row{"<process id='p'><endEvent id='e'>\n<eventDefinitionRef>d</eventDefinitionRef></endEvent></process>",
            "3:1 bpmn.event.dangling"},
        Row{"<process id='p'><endEvent id='e'><messageEventDefinition id='d'/></endEvent><endEvent id='f'>\n"
            "<eventDefinitionRef>d</eventDefinitionRef></endEvent></process>",
            "3:1 bpmn.event.shared"},
        Row{"<terminateEventDefinition id='d'/><process id='p'>\n<startEvent id='s'>"
            "<eventDefinitionRef>d</eventDefinitionRef></startEvent></process>",
            "3:1 bpmn.event.definition"},
        Row{"<process id='p'><intermediateThrowEvent id='e'><linkEventDefinition name='l'>\n<target>p</target>"
            "</linkEventDefinition></intermediateThrowEvent><intermediateCatchEvent id='c'>"
            "<linkEventDefinition name='l'/></intermediateCatchEvent></process>",
            "3:1 bpmn.link.dangling"},
        Row{"<process id='p'><laneSet id='s'>\n<lane id='l' partitionElementRef='r'/></laneSet></process>",
            "3:1 bpmn.lane.dangling"}));

INSTANTIATE_TEST_SUITE_P(
    between_processes, References,
    testing::Values(
        Row{"<process id='p'/>\n<message id='m' itemRef='i'/>", "3:1 bpmn.item.dangling"},
        Row{"<process id='p'/>\n<error id='m' structureRef='p'/>", "3:1 bpmn.item.dangling"},
        Row{"<process id='p'/>\n<escalation id='m' structureRef='i'/>", "3:1 bpmn.item.dangling"},
        Row{"<process id='p'/>\n<dataStore id='m' itemSubjectRef='i'/>", "3:1 bpmn.item.dangling"},
        Row{"<process id='p'/><interface id='i'><operation id='o'>\n<inMessageRef>m</inMessageRef></operation>"
            "</interface>",
            "3:1 bpmn.message.dangling"},
        Row{"<process id='p'/><interface id='i'>\n<operation id='o'/></interface>", "3:1 bpmn.part.missing"},
        Row{"<process id='p'/>\n<interface id='i'/>", "3:1 bpmn.part.missing"},
        Row{"<process id='p'/><message id='m'/><interface id='i'><operation id='o'><inMessageRef>m</inMessageRef>\n"
            "<errorRef>m</errorRef></operation></interface>",
            "3:1 bpmn.error.dangling"},
        Row{"<process id='p'/>\n<import namespace='urn:x' location='x.xsd'/>", "3:1 bpmn.part.missing"},
        Row{"<process id='p'/>\n<correlationProperty id='c'/>", "3:1 bpmn.part.missing"},
        Row{"<process id='p'/><correlationProperty id='c'>\n<correlationPropertyRetrievalExpression messageRef='m'/>"
            "</correlationProperty>",
            "3:1 bpmn.message.dangling"},
        Row{"<process id='p'/><correlationProperty id='c'>\n<correlationPropertyRetrievalExpression/>"
            "</correlationProperty>",
            "3:1 bpmn.part.missing"},
        Row{"<process id='p'/><collaboration id='c'><correlationKey id='k'>\n<correlationPropertyRef>k"
            "</correlationPropertyRef></correlationKey></collaboration>",
            "3:1 bpmn.correlation.dangling"},
        Row{"<process id='p'/><collaboration id='c'><participant id='x'>\n<interfaceRef>i</interfaceRef></participant>"
            "</collaboration>",
            "3:1 bpmn.operation.dangling"},
        Row{"<process id='p'/><partnerRole id='r'>\n<participantRef>p</participantRef></partnerRole>",
            "3:1 bpmn.participant.dangling"},
        Row{"<process id='p'/>\n<di:BPMNDiagram id='d'><di:BPMNPlane id='e' bpmnElement='nowhere'/></di:BPMNDiagram>",
            "3:24 bpmn.diagram.dangling"},
        Row{"<process id='p'/>\n<di:BPMNDiagram id='d'><di:BPMNPlane id='e' bpmnElement='p'><di:BPMNShape id='f' "
            "bpmnElement='a'/></di:BPMNPlane></di:BPMNDiagram>",
            "3:61 bpmn.diagram.dangling"},
        Row{"<process id='p'/>\n<di:BPMNDiagram id='p'/>", "3:1 bpmn.id.duplicate"}));

INSTANTIATE_TEST_SUITE_P(
    that_are_good, References,
    testing::Values(
        Row{"<import namespace='urn:x' location='x.bpmn' importType='http://www.omg.org/spec/BPMN/20100524/MODEL'/>"
            "<process id='p'><sendTask id='a' messageRef='x:m' operationRef='x:o'/></process>",
            "good"},
        Row{"<message id='m'/><process id='p'><sendTask id='a' messageRef='t:m'/></process>", "good"},
        Row{"<process id='p'><dataObject id='d' itemSubjectRef='xsd:string'/></process>", "good"},
        Row{"<itemDefinition id='i' structureRef='java.lang.String'/><process id='p'><property id='d' "
            "itemSubjectRef='i'/></process>",
            "good"},
        Row{"<signalEventDefinition id='d'/><process id='p'><startEvent id='s'><eventDefinitionRef>d"
            "</eventDefinitionRef></startEvent></process>",
            "good"},
        Row{"<process id='p'><task id='a'/><textAnnotation id='n'/><association id='x' sourceRef='n' targetRef='f'/>"
            "<sequenceFlow id='f' sourceRef='a' targetRef='b'/><task id='b'/></process>",
            "good"},
        Row{"<process id='p'><extensionElements><x:note id='n' messageRef='nothing'/><task id='p' messageRef='m'/>"
            "</extensionElements><task id='a'/><association id='y' sourceRef='n' targetRef='a'/></process>",
            "good"},
        Row{"<process id='p'><task id='a' x:messageRef='of a tool'/></process>", "good"},
        Row{"<process id='p'><scriptTask id='a'><script>messageRef</script></scriptTask></process>", "good"}));

// The rules go through a file a fixed number of times, however it is made: a pass for each element would take minutes.
#ifdef __SANITIZE_THREAD__
constexpr auto at_once = std::chrono::seconds(60);
#else
constexpr auto at_once = std::chrono::seconds(5);
#endif
TEST(References, of_a_large_file_are_found_at_once) {
    std::string inside = "<process id='p'><subProcess id='u'><multiInstanceLoopCharacteristics/></subProcess>";
    for (int i = 0; i < 12'000; ++i) {
        inside += fmt::format(
            "<task id='a{}'/><sequenceFlow id='f{}' sourceRef='a{}' targetRef='a{}'/><callActivity id='c{}' "
            "calledElement='p'/><association id='s{}' sourceRef='c{}' targetRef='p'/>\n",
            i, i, i, (i + 1) % 12'000, i, i, i);
    }
    auto const file = testing_aid::file_of(inside + "</process>");
    auto const before = std::chrono::steady_clock::now();
    EXPECT_EQ(testing_aid::against_standard(file), "good");
    EXPECT_LT(std::chrono::steady_clock::now() - before, at_once);
}

}  // namespace
}  // namespace keepword::bpmn
