#include "engine/bpmn/check_test.hpp"

// Drawings that break a rule about events, gateways, activities or processes, each with its place; and good ones that
// look suspicious.
namespace keepword::bpmn {
namespace {

using testing_aid::Row;

class Behaviour : public testing::TestWithParam<Row> {};
TEST_P(Behaviour, is_judged) {
    EXPECT_EQ(testing_aid::against_standard(testing_aid::sketch(GetParam().inside)), GetParam().expected)
        << GetParam().inside;
}

INSTANTIATE_TEST_SUITE_P(
    events_that_are_wrong, Behaviour,
    testing::Values(
        Row{"<startEvent id='a'><errorEventDefinition/></startEvent>", "3:1 bpmn.event.definition"},
        Row{"<startEvent id='a'><escalationEventDefinition/></startEvent>", "3:1 bpmn.event.definition"},
        Row{"<startEvent id='a'><compensateEventDefinition/></startEvent>", "3:1 bpmn.event.definition"},
        Row{"<startEvent id='a'><cancelEventDefinition/></startEvent>", "3:1 bpmn.event.definition"},
        Row{"<startEvent id='a'><linkEventDefinition name='l'/></startEvent>", "3:1 bpmn.event.definition"},
        Row{"<startEvent id='a'><messageEventDefinition/><terminateEventDefinition/></startEvent>",
            "3:1 bpmn.event.definition"},
        Row{"<subProcess id='u'>\n<startEvent id='a'><timerEventDefinition/></startEvent></subProcess>",
            "4:1 bpmn.event.definition"},
        Row{"<transaction id='u'>\n<startEvent id='a'><messageEventDefinition/></startEvent></transaction>",
            "4:1 bpmn.event.definition"},
        Row{"<subProcess id='u' triggeredByEvent='true'>\n<startEvent id='a'/></subProcess>",
            "4:1 bpmn.event.definition"},
        Row{"<subProcess id='u' triggeredByEvent='true'>\n<startEvent id='a'><cancelEventDefinition/></startEvent>"
            "</subProcess>",
            "4:1 bpmn.event.definition"},
        Row{"<endEvent id='a'><conditionalEventDefinition><condition/></conditionalEventDefinition></endEvent>",
            "3:1 bpmn.event.definition"},
        Row{"<endEvent id='a'><linkEventDefinition name='l'/></endEvent>", "3:1 bpmn.event.definition"},
        Row{"<intermediateThrowEvent id='a'><errorEventDefinition/></intermediateThrowEvent>",
            "3:1 bpmn.event.definition"},
        Row{"<intermediateThrowEvent id='a'><terminateEventDefinition/></intermediateThrowEvent>",
            "3:1 bpmn.event.definition"},
        Row{"<intermediateCatchEvent id='a'><errorEventDefinition/></intermediateCatchEvent>",
            "3:1 bpmn.event.definition"},
        Row{"<intermediateCatchEvent id='a'><compensateEventDefinition/></intermediateCatchEvent>",
            "3:1 bpmn.event.definition"},
        Row{"<intermediateCatchEvent id='a'><conditionalEventDefinition/></intermediateCatchEvent>",
            "3:32 bpmn.part.missing"},
        Row{"<intermediateCatchEvent id='a'><linkEventDefinition/></intermediateCatchEvent>", "3:32 bpmn.part.missing"},
        Row{"<endEvent id='a'>\n<cancelEventDefinition/></endEvent>", "3:1 bpmn.event.cancel"},
        Row{"<subProcess id='u' triggeredByEvent='true'>\n<startEvent id='a' isInterrupting='false'>"
            "<errorEventDefinition/></startEvent></subProcess>",
            "4:1 bpmn.start.interrupting"},
        Row{"<subProcess id='u' triggeredByEvent='true'>\n<startEvent id='a' isInterrupting='false'>"
            "<compensateEventDefinition/></startEvent></subProcess>",
            "4:1 bpmn.start.interrupting"},
        Row{"<subProcess id='u' triggeredByEvent='true'>\n<task id='a'/></subProcess>",
            "3:1 bpmn.event-sub-process.start"},
        Row{"<adHocSubProcess id='u'>\n<startEvent id='a'/></adHocSubProcess>", "4:1 bpmn.ad-hoc.event"},
        Row{"<adHocSubProcess id='u'><task id='t'/>\n<endEvent id='a'/></adHocSubProcess>", "4:1 bpmn.ad-hoc.event"}));

// Task a has a boundary event; flow f leaves it.
std::string boundary(char const* attributes, char const* definition) {
    return fmt::format(
        "<task id='a'/><transaction id='t'/>\n<boundaryEvent id='b' {}>{}</boundaryEvent>\n"
        "<task id='c'/><sequenceFlow id='f' sourceRef='b' targetRef='c'/>",
        attributes, definition);
}

TEST(Boundary, events_that_are_wrong) {
    auto const told = [](char const* attributes, char const* definition) {
        return testing_aid::against_standard(testing_aid::sketch(boundary(attributes, definition)));
    };
    EXPECT_EQ(told("attachedToRef='a'", "<linkEventDefinition name='l'/>"), "4:1 bpmn.event.definition");
    EXPECT_EQ(told("attachedToRef='a'", "<terminateEventDefinition/>"), "4:1 bpmn.event.definition");
    EXPECT_EQ(told("attachedToRef='a'", ""), "4:1 bpmn.event.definition");
    EXPECT_EQ(told("attachedToRef='c2'", "<timerEventDefinition/>"), "4:1 bpmn.boundary.attached");
    EXPECT_EQ(told("", "<timerEventDefinition/>"), "4:1 bpmn.boundary.attached");
    EXPECT_EQ(told("attachedToRef='f'", "<timerEventDefinition/>"), "4:1 bpmn.boundary.attached");
    EXPECT_EQ(told("attachedToRef='a'", "<cancelEventDefinition/>"), "4:1 bpmn.event.cancel");
    EXPECT_EQ(told("attachedToRef='t' cancelActivity='false'", "<cancelEventDefinition/>"),
              "4:1 bpmn.boundary.interrupting");
    EXPECT_EQ(told("attachedToRef='a' cancelActivity='false'", "<errorEventDefinition/>"),
              "4:1 bpmn.boundary.interrupting");
    EXPECT_EQ(told("attachedToRef='a' cancelActivity='0'", "<timerEventDefinition/><errorEventDefinition/>"),
              "4:1 bpmn.boundary.interrupting");
    EXPECT_EQ(told("attachedToRef='a'", "<compensateEventDefinition/>"), "4:1 bpmn.compensation.flow");
    EXPECT_EQ(told("attachedToRef='a' cancelActivity='false'", "<compensateEventDefinition/>"),
              "4:1 bpmn.boundary.interrupting, 4:1 bpmn.compensation.flow");
    EXPECT_EQ(told("attachedToRef='t'", "<cancelEventDefinition/>"), "good");
    EXPECT_EQ(told("attachedToRef='a' cancelActivity='false'", "<timerEventDefinition/><signalEventDefinition/>"),
              "good");
}

INSTANTIATE_TEST_SUITE_P(
    boundaries_that_are_wrong, Behaviour,
    testing::Values(
        Row{"<subProcess id='u'><task id='a'/></subProcess>\n<boundaryEvent id='b' attachedToRef='a'>"
            "<timerEventDefinition/></boundaryEvent><task id='c'/><sequenceFlow id='f' sourceRef='b' targetRef='c'/>",
            "4:1 bpmn.boundary.attached"},
        Row{"<task id='a'/>\n<boundaryEvent id='b' attachedToRef='a'><signalEventDefinition/></boundaryEvent>",
            "4:1 bpmn.boundary.no-flow"},
        Row{"<startEvent id='a'/><task id='c'/>\n<boundaryEvent id='b' attachedToRef='a'><timerEventDefinition/>"
            "</boundaryEvent><sequenceFlow id='f' sourceRef='b' targetRef='c'/>",
            "4:1 bpmn.boundary.attached"}));

INSTANTIATE_TEST_SUITE_P(
    compensation_and_links_that_are_wrong, Behaviour,
    testing::Values(
        Row{"<task id='a'/>\n<task id='c' isForCompensation='true'/><sequenceFlow id='f' sourceRef='a' targetRef='c'/>",
            "4:1 bpmn.compensation.flow"},
        Row{"<task id='a'/>\n<task id='c' isForCompensation='1'/><sequenceFlow id='f' sourceRef='c' targetRef='a'/>",
            "4:1 bpmn.compensation.flow"},
        Row{"<task id='a'/><boundaryEvent id='b' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"
            "<task id='c'/>\n<association id='s' sourceRef='b' targetRef='c'/>",
            "4:1 bpmn.compensation.activity"},
        Row{"<task id='a'/>\n<intermediateCatchEvent id='l'><linkEventDefinition name='x'/></intermediateCatchEvent>"
            "<sequenceFlow id='f' sourceRef='a' targetRef='l'/>",
            "4:1 bpmn.link.flow"},
        Row{"<task id='a'/>\n<intermediateThrowEvent id='l'><linkEventDefinition name='x'/></intermediateThrowEvent>"
            "<sequenceFlow id='f' sourceRef='l' targetRef='a'/><intermediateCatchEvent id='m'>"
            "<linkEventDefinition name='x'/></intermediateCatchEvent>",
            "4:1 bpmn.link.flow"},
        Row{"<intermediateCatchEvent id='l'><linkEventDefinition name='x'/></intermediateCatchEvent>\n"
            "<intermediateCatchEvent id='m'><linkEventDefinition name='x'/></intermediateCatchEvent>",
            "4:1 bpmn.link.twice"}));

// Gateway g leads to what stands in the row, a by flow f and, where there is one, b by flow h.
INSTANTIATE_TEST_SUITE_P(
    event_gateways_that_are_wrong, Behaviour,
    testing::Values(
        Row{"<eventBasedGateway id='g'/><sequenceFlow id='f' sourceRef='g' targetRef='a'/>\n<task id='a'/>",
            "4:1 bpmn.event-gateway.target"},
        Row{"<eventBasedGateway id='g'/><sequenceFlow id='f' sourceRef='g' targetRef='a'/>\n<sendTask id='a'/>",
            "4:1 bpmn.event-gateway.target"},
        Row{"<eventBasedGateway id='g'/><sequenceFlow id='f' sourceRef='g' targetRef='a'/>\n"
            "<intermediateThrowEvent id='a'/>",
            "4:1 bpmn.event-gateway.target"},
        Row{"<eventBasedGateway id='g'/><sequenceFlow id='f' sourceRef='g' targetRef='a'/>\n"
            "<intermediateCatchEvent id='a'><linkEventDefinition name='x'/></intermediateCatchEvent>",
            "4:1 bpmn.event-gateway.target, 4:1 bpmn.link.flow"},
        Row{"<eventBasedGateway id='g'/><sequenceFlow id='f' sourceRef='g' targetRef='a'/>\n<receiveTask id='a'/>"
            "<task id='c'/><sequenceFlow id='h' sourceRef='c' targetRef='a'/>",
            "4:1 bpmn.event-gateway.other-flow"},
        Row{"<eventBasedGateway id='g'/><sequenceFlow id='f' sourceRef='g' targetRef='a'/>\n<receiveTask id='a'/>"
            "<boundaryEvent id='b' attachedToRef='a'><timerEventDefinition/></boundaryEvent><task id='c'/>"
            "<sequenceFlow id='h' sourceRef='b' targetRef='c'/>",
            "4:1 bpmn.event-gateway.boundary"},
        Row{"<receiveTask id='a'/><intermediateCatchEvent id='b'><messageEventDefinition/></intermediateCatchEvent>"
            "<sequenceFlow id='f' sourceRef='g' targetRef='a'/><sequenceFlow id='h' sourceRef='g' targetRef='b'/>\n"
            "<eventBasedGateway id='g'/>",
            "4:1 bpmn.event-gateway.mixed"},
        Row{"<receiveTask id='a'/><eventBasedGateway id='g'/>\n<sequenceFlow id='f' sourceRef='g' targetRef='a'>"
            "<conditionExpression>true</conditionExpression></sequenceFlow>",
            "4:1 bpmn.condition.misplaced"},
        Row{"<receiveTask id='a'/><task id='t'/><sequenceFlow id='h' sourceRef='t' targetRef='g'/>"
            "<sequenceFlow id='f' sourceRef='g' targetRef='a'/>\n<eventBasedGateway id='g' instantiate='true'/>",
            "4:1 bpmn.event-gateway.instantiate"},
        Row{"<receiveTask id='a'/><sequenceFlow id='f' sourceRef='g' targetRef='a'/>\n"
            "<eventBasedGateway id='g' eventGatewayType='Parallel'/>",
            "4:1 bpmn.event-gateway.parallel"},
        Row{"<task id='t'/><sequenceFlow id='h' sourceRef='t' targetRef='g'/>\n<eventBasedGateway id='g'/>",
            "4:1 bpmn.event-gateway.no-flow"},
        Row{"<task id='a'/><sequenceFlow id='h' sourceRef='g' targetRef='a'/>\n<complexGateway id='g' "
            "gatewayDirection='Mixed'/>",
            "4:1 bpmn.gateway.direction"},
        Row{"<task id='a'/><sequenceFlow id='h' sourceRef='g' targetRef='a'/>\n<parallelGateway id='g' "
            "gatewayDirection='Sideways'/>",
            "4:1 bpmn.gateway.direction"}));

INSTANTIATE_TEST_SUITE_P(
    activities_that_are_wrong, Behaviour,
    testing::Values(
        Row{"<task id='a' startQuantity='0'/>", "3:1 bpmn.activity.quantity"},
        Row{"<task id='a' completionQuantity='many'/>", "3:1 bpmn.activity.quantity"},
        Row{"<task id='t'/>\n<callActivity id='a' calledElement='t'/>", "4:1 bpmn.call.target"},
        Row{"<callActivity id='a' calledElement=''/>", "3:1 bpmn.call.target"},
        Row{"<startEvent id='s'><timerEventDefinition/></startEvent>\n<callActivity id='a' calledElement='p'/>",
            "4:1 bpmn.call.start"},
        Row{"<task id='t'/>\n<receiveTask id='a' instantiate='true'/><sequenceFlow id='f' sourceRef='t' "
            "targetRef='a'/>",
            "4:1 bpmn.receive.instantiate"},
        Row{"<task id='a'/><task id='b'/>\n<subProcess id='u' triggeredByEvent='true'/><sequenceFlow id='f' "
            "sourceRef='a' targetRef='u'/>",
            "4:45 bpmn.flow.event-sub-process"},
        Row{"<task id='a'/><textAnnotation id='t'/>\n<sequenceFlow id='f' sourceRef='a' targetRef='t'/>",
            "4:1 bpmn.flow.dangling"}));

INSTANTIATE_TEST_SUITE_P(
    that_is_good, Behaviour,
    testing::Values(
        Row{"<task id='a'/><endEvent id='e'/><sequenceFlow id='f' sourceRef='a' targetRef='e'/>", "good"},
        Row{"<startEvent id='s'/><task id='a'/>", "good"}, Row{"<startEvent id='s' isInterrupting='false'/>", "good"},
        Row{"<subProcess id='u'/><transaction id='t'/><adHocSubProcess id='h'/>", "good"},
        Row{"<subProcess id='u' triggeredByEvent='true'/>", "good"},
        Row{"<subProcess id='u' triggeredByEvent='true'><startEvent id='s'><messageEventDefinition/></startEvent>"
            "<startEvent id='r' isInterrupting='false'><timerEventDefinition/></startEvent><task id='a'/></subProcess>",
            "good"},
        Row{"<transaction id='u'><subProcess id='v'><endEvent id='e'><cancelEventDefinition/></endEvent></subProcess>"
            "</transaction>",
            "good"},
        Row{"<endEvent id='e'><messageEventDefinition/><terminateEventDefinition/></endEvent>", "good"},
        Row{"<intermediateThrowEvent id='a'/>", "good"},
        Row{"<intermediateThrowEvent id='l'><linkEventDefinition name='x'/></intermediateThrowEvent>"
            "<intermediateThrowEvent id='m'><linkEventDefinition name='x'/></intermediateThrowEvent>"
            "<intermediateCatchEvent id='n'><linkEventDefinition name='x'/></intermediateCatchEvent><subProcess "
            "id='u'><intermediateCatchEvent id='o'><linkEventDefinition "
            "name='x'/></intermediateCatchEvent></subProcess>",
            "good"},
        Row{"<task id='a'/><boundaryEvent id='b' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"
            "<task id='c' isForCompensation='true'/><association id='s' sourceRef='b' targetRef='c'/>",
            "good"},
        Row{"<eventBasedGateway id='g'/><intermediateCatchEvent id='a'><messageEventDefinition/>"
            "<timerEventDefinition/></intermediateCatchEvent><sequenceFlow id='f' sourceRef='g' targetRef='a'/>",
            "good"},
        Row{"<eventBasedGateway id='g'/><receiveTask id='a'/><intermediateCatchEvent id='b'><timerEventDefinition/>"
            "</intermediateCatchEvent><sequenceFlow id='f' sourceRef='g' targetRef='a'/><sequenceFlow id='h' "
            "sourceRef='g' targetRef='b'/>",
            "good"},
        Row{"<startEvent id='s'/><eventBasedGateway id='g' instantiate='true' eventGatewayType='Parallel'/>"
            "<receiveTask id='a' instantiate='true'/><sequenceFlow id='e' sourceRef='s' targetRef='g'/>"
            "<sequenceFlow id='f' sourceRef='g' targetRef='a'/>",
            "good"},
        Row{"<task id='a' startQuantity='1' completionQuantity=' +2 '/>", "good"},
        Row{"<callActivity id='a' calledElement='of-another-file'/>", "good"},
        Row{"<startEvent id='s'/><startEvent id='r'><timerEventDefinition/></startEvent>"
            "<callActivity id='a' calledElement='t:p'/>",
            "good"},
        Row{"<exclusiveGateway id='g'/><task id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='g'/>", "good"}));

// Only a process that says it is executable must be able to run.
TEST(Executable, process_can_begin) {
    auto const told = [](std::string const& inside) {
        return testing_aid::against_standard(
            testing_aid::file_of("<process id='p' isExecutable='true'>\n" + inside + "</process>"));
    };
    std::string const circle =
        "<task id='a'/><task id='b'/><sequenceFlow id='f' sourceRef='a' targetRef='b'/>"
        "<sequenceFlow id='g' sourceRef='b' targetRef='a'/>";
    EXPECT_EQ(told(""), "2:1 bpmn.process.empty");
    EXPECT_EQ(told(circle), "2:1 bpmn.process.no-start");
    EXPECT_EQ(told("<endEvent id='e'/>"), "2:1 bpmn.process.no-start");
    EXPECT_EQ(told("<task id='c' isForCompensation='true'/>"), "2:1 bpmn.process.no-start");
    EXPECT_EQ(told("<subProcess id='u'>" + circle + "</subProcess>"), "3:1 bpmn.process.no-start");
    EXPECT_EQ(told("<startEvent id='s'/>" + circle), "good");
    EXPECT_EQ(told("<task id='c'/>" + circle), "good");
    EXPECT_EQ(told("<task id='c'/><subProcess id='u'/>"), "good");
    EXPECT_EQ(testing_aid::against_standard(testing_aid::sketch(circle)), "good");
    EXPECT_EQ(testing_aid::against_standard(testing_aid::sketch("")), "good");
}

TEST(Deployment, asks_for_a_way_to_every_node) {
    auto const told = [](std::string const& inside) {
        std::string const whole = testing_aid::told(testing_aid::sketch(inside), For::deployment);
        std::string out;
        for (char const* rule : {"bpmn.node.unreached", "bpmn.end.no-start"}) {
            if (whole.find(rule) != std::string::npos) out += std::string(rule) + " ";
        }
        return out;
    };
    EXPECT_EQ(told("<startEvent id='s'/><task id='a'/>"), "bpmn.node.unreached ");
    EXPECT_EQ(told("<task id='a'/><endEvent id='e'/><sequenceFlow id='f' sourceRef='a' targetRef='e'/>"),
              "bpmn.end.no-start ");
    EXPECT_EQ(told("<receiveTask id='a' instantiate='true'/><endEvent id='e'/><sequenceFlow id='f' sourceRef='a' "
                   "targetRef='e'/>"),
              "");
    EXPECT_EQ(told("<task id='a'/>"), "");
    EXPECT_EQ(told("<startEvent id='s'/><task id='a' isForCompensation='true'/><subProcess id='u' "
                   "triggeredByEvent='true'/>"),
              "");
}

}  // namespace
}  // namespace keepword::bpmn
