#include "engine/bpmn/check_test.hpp"

namespace keepword::bpmn {
namespace {

// The lines begin at line 3 of the file, at column 1; the process is called p.
std::string in_process(std::string const& inside) {
    return "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:kw=\"urn:keepword\">\n"
           "<process id=\"p\" isExecutable=\"true\" name=\"流程\" kw:nameEn=\"Process\">\n" +
           inside + "\n</process></definitions>";
}
std::string in_definitions(std::string const& inside) {
    return "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:kw=\"urn:keepword\">\n" + inside +
           "\n</definitions>";
}

using testing_aid::Row;
using testing_aid::told;

class Drawing : public testing::TestWithParam<Row> {};
TEST_P(Drawing, is_judged) {
    EXPECT_EQ(told(in_process(GetParam().inside), For::simulation), GetParam().expected) << GetParam().inside;
}

INSTANTIATE_TEST_SUITE_P(
    good, Drawing,
    testing::Values(
        Row{"<userTask id='a'/>", "good"},
        Row{"<startEvent id='s'/><task id='a'/><endEvent id='e'/>"
            "<sequenceFlow id='f' sourceRef='s' targetRef='a'/>"
            "<sequenceFlow id='g' sourceRef='a' targetRef='e'/>",
            "good"},
        Row{"<textAnnotation id='t'><text>x</text></textAnnotation><association id='x' sourceRef='t' "
            "targetRef='a'/><group id='g'/><task id='a'/>",
            "good"},
        Row{"<dataObject id='d'/><dataObjectReference id='r' dataObjectRef='d'/><task id='a'>"
            "<dataInputAssociation id='i'><sourceRef>r</sourceRef></dataInputAssociation></task>",
            "good"},
        Row{"<task id='a' xmlns:x='urn:x' x:color='red'><extensionElements><x:y/></extensionElements></task>",
            "good"}));

INSTANTIATE_TEST_SUITE_P(
    ids, Drawing,
    testing::Values(Row{"<task/>", "3:1 bpmn.id.missing"},
                    Row{"<task id='a'/>\n <task id='a'/>", "4:2 bpmn.id.duplicate"},
                    Row{"<task id='1a'/>", "3:1 bpmn.id.invalid"}, Row{"<task id=''/>", "3:1 bpmn.id.invalid"},
                    Row{"<task id='p'/>", "3:1 bpmn.id.duplicate"},
                    Row{"<task id='a'/><task id='b'/><sequenceFlow sourceRef='a' targetRef='b'/>",
                        "3:29 bpmn.id.missing"},
                    Row{"<laneSet id='l'><lane/></laneSet>", "2:1 bpmn.process.empty, 3:17 bpmn.id.missing"}));

INSTANTIATE_TEST_SUITE_P(
    flows, Drawing,
    testing::Values(Row{"<task id='a'/>\n<sequenceFlow id='f' sourceRef='a' targetRef='b'/>", "4:1 bpmn.flow.dangling"},
                    Row{"<task id='a'/>\n<sequenceFlow id='f' targetRef='a'/>", "4:1 bpmn.flow.dangling"},
                    Row{"<task id='a'/>\n<sequenceFlow id='f' sourceRef='p' targetRef='a'/>", "4:1 bpmn.flow.dangling"},
                    Row{"<task id='a'/><endEvent id='e'/>\n<sequenceFlow id='f' sourceRef='e' targetRef='a'/>",
                        "4:1 bpmn.flow.out-of-end"},
                    Row{"<task id='a'/><startEvent id='s'/>\n<sequenceFlow id='f' sourceRef='s' targetRef='a'/>\n"
                        "<sequenceFlow id='g' sourceRef='a' targetRef='s'/>",
                        "5:1 bpmn.flow.into-start"},
                    Row{"<task id='a'><incoming>f</incoming></task>", "3:14 bpmn.flow.reference"},
                    Row{"<task id='a'><outgoing>f</outgoing></task><task id='b'/><sequenceFlow id='f' sourceRef='b' "
                        "targetRef='a'/>",
                        "3:14 bpmn.flow.reference"},
                    Row{"<startEvent id='s'/>\n<task id='a'/>", "good"},
                    Row{"<startEvent id='s'/><task id='a'/><boundaryEvent id='b' "
                        "attachedToRef='a'><timerEventDefinition><timeDuration>PT1H</timeDuration>"
                        "</timerEventDefinition></boundaryEvent><sequenceFlow id='f' sourceRef='b' targetRef='a'/>\n"
                        "<sequenceFlow id='g' sourceRef='a' targetRef='b'/>",
                        "4:1 bpmn.flow.into-boundary"},
                    Row{"<task id='a'/><subProcess id='u'><task id='b'/></subProcess>\n<sequenceFlow id='f' "
                        "sourceRef='a' targetRef='b'/>",
                        "4:1 bpmn.flow.crosses-sub-process"}));

INSTANTIATE_TEST_SUITE_P(
    gateways, Drawing,
    testing::Values(
        Row{"<exclusiveGateway id='g' default='f'/>", "3:1 bpmn.default.dangling, 3:1 bpmn.gateway.alone"},
        Row{"<task id='a'/><exclusiveGateway id='g' default='f'/>\n<sequenceFlow id='f' sourceRef='a' targetRef='g'/>",
            "3:15 bpmn.default.dangling"},
        Row{"<task id='a'/><exclusiveGateway id='g' default='f'/>\n<sequenceFlow id='f' sourceRef='g' targetRef='a'>"
            "<conditionExpression>true</conditionExpression></sequenceFlow>",
            "4:1 bpmn.default.condition"},
        Row{"<task id='a'/><parallelGateway id='g' default='f'/><sequenceFlow id='f' sourceRef='g' targetRef='a'/>",
            "3:15 bpmn.default.misplaced"},
        Row{"<task id='a'/><parallelGateway id='g'/><sequenceFlow id='f' sourceRef='g' targetRef='a'>"
            "<conditionExpression>true</conditionExpression></sequenceFlow>",
            "3:40 bpmn.condition.misplaced"},
        Row{"<task id='a'/><startEvent id='g'/><sequenceFlow id='f' sourceRef='g' targetRef='a'>"
            "<conditionExpression>true</conditionExpression></sequenceFlow>",
            "3:35 bpmn.condition.misplaced"},
        Row{"<task id='a'/><task id='b'/><sequenceFlow id='f' sourceRef='a' targetRef='b'>"
            "<conditionExpression>true</conditionExpression></sequenceFlow>",
            "3:29 bpmn.condition.alone"},
        Row{"<task id='a'/><exclusiveGateway id='g' gatewayDirection='Converging'/>"
            "<sequenceFlow id='f' sourceRef='g' targetRef='a'/><sequenceFlow id='h' sourceRef='g' targetRef='a'/>",
            "3:15 bpmn.gateway.direction"},
        Row{"<task id='a'/><exclusiveGateway id='g' gatewayDirection='Diverging'/>"
            "<sequenceFlow id='f' sourceRef='g' targetRef='a'/><sequenceFlow id='h' sourceRef='g' targetRef='a'/>",
            "good"},
        Row{"<task id='a'/><exclusiveGateway id='g'/>\n<sequenceFlow id='f' sourceRef='g' targetRef='a'>\n"
            "  <conditionExpression>outcome = </conditionExpression></sequenceFlow>",
            "5:3 feel.syntax"},
        Row{"<task id='a'/><exclusiveGateway id='g'/>\n<sequenceFlow id='f' sourceRef='g' targetRef='a'>\n"
            "  <conditionExpression language='http://groovy'>x</conditionExpression></sequenceFlow>",
            "5:3 bpmn.unsupported.expression-language"}));

INSTANTIATE_TEST_SUITE_P(
    events, Drawing,
    testing::Values(
        Row{"<startEvent id='a'><terminateEventDefinition/></startEvent>", "3:1 bpmn.event.definition"},
        Row{"<endEvent id='a'><timerEventDefinition/></endEvent>",
            "2:1 bpmn.process.no-start, 3:1 bpmn.event.definition"},
        Row{"<intermediateCatchEvent id='a'/>", "3:1 bpmn.event.definition"},
        Row{"<intermediateThrowEvent id='a'><timerEventDefinition/></intermediateThrowEvent>",
            "3:1 bpmn.event.definition"},
        Row{"<task id='a'/><boundaryEvent id='b' attachedToRef='x'><timerEventDefinition/></boundaryEvent>"
            "<sequenceFlow id='f' sourceRef='b' targetRef='c'/><task id='c'/>",
            "3:15 bpmn.boundary.attached"},
        Row{"<exclusiveGateway id='a'/><task id='t'/><boundaryEvent id='b' "
            "attachedToRef='a'><timerEventDefinition/></boundaryEvent>"
            "<sequenceFlow id='f' sourceRef='b' targetRef='t'/>",
            "3:1 bpmn.gateway.alone, 3:41 bpmn.boundary.attached"},
        Row{"<task id='a'/><boundaryEvent id='b' attachedToRef='a'><timerEventDefinition/></boundaryEvent>",
            "3:15 bpmn.boundary.no-flow"},
        Row{"<task id='a'/><boundaryEvent id='b' attachedToRef='a' "
            "cancelActivity='false'><errorEventDefinition/></boundaryEvent>"
            "<sequenceFlow id='f' sourceRef='b' targetRef='c'/><task id='c'/>",
            "3:15 bpmn.boundary.interrupting"},
        Row{"<intermediateCatchEvent id='a'><timerEventDefinition><timeDuration>half an hour</timeDuration>"
            "</timerEventDefinition></intermediateCatchEvent>",
            "3:54 bpmn.timer.syntax"},
        Row{"<intermediateCatchEvent id='a'><timerEventDefinition><timeDuration>PT30</timeDuration>"
            "</timerEventDefinition></intermediateCatchEvent>",
            "3:54 bpmn.timer.syntax"},
        Row{"<intermediateCatchEvent "
            "id='a'><timerEventDefinition><timeDuration>PT1H</timeDuration><timeDate>x</timeDate>"
            "</timerEventDefinition></intermediateCatchEvent>",
            "3:32 bpmn.timer.length"},
        Row{"<intermediateCatchEvent id='a'><timerEventDefinition><timeCycle>R/PT1H</timeCycle>"
            "</timerEventDefinition></intermediateCatchEvent>",
            "3:1 bpmn.unsupported.time-cycle-of-a-catch-event"},
        Row{"<intermediateCatchEvent id='a'><messageEventDefinition messageRef='m'/></intermediateCatchEvent>",
            "3:32 bpmn.message.dangling"},
        Row{"<receiveTask id='a' messageRef='m'/>", "3:1 bpmn.message.dangling"},
        Row{"<intermediateCatchEvent id='a'><messageEventDefinition/><timerEventDefinition/></intermediateCatchEvent>",
            "3:1 bpmn.unsupported.multiple-intermediate-catch-event"}));

INSTANTIATE_TEST_SUITE_P(
    lanes, Drawing,
    testing::Values(
        Row{"<laneSet id='l'><lane id='x'><flowNodeRef>nowhere</flowNodeRef></lane></laneSet><task id='a'/>",
            "3:30 bpmn.lane.dangling"},
        Row{"<laneSet id='l'><lane id='x'><flowNodeRef>a</flowNodeRef></lane>\n"
            "<lane id='y'><flowNodeRef>a</flowNodeRef></lane></laneSet><task id='a'/>",
            "4:14 bpmn.lane.twice"},
        Row{"<laneSet id='l'><lane id='x'><flowNodeRef>a</flowNodeRef><childLaneSet id='c'><lane id='y'>"
            "<flowNodeRef>a</flowNodeRef></lane></childLaneSet></lane></laneSet><task id='a'/>",
            "good"}));

INSTANTIATE_TEST_SUITE_P(
    not_executed, Drawing,
    testing::Values(Row{"<complexGateway id='a'/>", "3:1 bpmn.gateway.alone, 3:1 bpmn.unsupported.complex-gateway"},
                    Row{"<scriptTask id='a'><script>x</script></scriptTask>", "3:1 bpmn.unsupported.script-format"},
                    Row{"<scriptTask id='a' scriptFormat='groovy'><script>x</script></scriptTask>",
                        "3:1 bpmn.unsupported.script-format"},
                    Row{"<businessRuleTask id='a'/>", "3:1 bpmn.unsupported.business-rule-task"},
                    Row{"<adHocSubProcess id='a'/>", "3:1 bpmn.unsupported.ad-hoc-sub-process"},
                    Row{"<transaction id='a'/>", "3:1 bpmn.unsupported.transaction"},
                    Row{"<task id='b'/>\n<task id='a' isForCompensation='true'/>", "4:1 bpmn.unsupported.compensation"},
                    Row{"<task id='a' startQuantity='2'/>", "3:1 bpmn.unsupported.start-quantity"},
                    Row{"<userTask id='a'><potentialOwner id='o'/></userTask>",
                        "3:18 bpmn.unsupported.potential-owner"},
                    Row{"<task id='a'><dataInputAssociation "
                        "id='d'><assignment><from/><to/></assignment></dataInputAssociation></task>",
                        "3:43 bpmn.unsupported.assignment"},
                    Row{"<callActivity id='a'/>", "3:1 bpmn.call.target"},
                    Row{"<choreographyTask id='a'/><task id='b'/>", "3:1 bpmn.unsupported.choreography-task"},
                    Row{"<intermediateThrowEvent id='a'><compensateEventDefinition/></intermediateThrowEvent>",
                        "3:1 bpmn.unsupported.compensation-intermediate-throw-event"},
                    Row{"<startEvent id='a'><conditionalEventDefinition><condition>x</condition>"
                        "</conditionalEventDefinition></startEvent>",
                        "3:1 bpmn.unsupported.conditional-start-event"},
                    Row{"<task id='t'/><boundaryEvent id='a' attachedToRef='t' cancelActivity='false'>"
                        "<conditionalEventDefinition><condition>x = 1</condition></conditionalEventDefinition>"
                        "</boundaryEvent><sequenceFlow id='f' sourceRef='a' targetRef='u'/><task id='u'/>",
                        "3:15 bpmn.unsupported.conditional-non-interrupting"},
                    Row{"<intermediateThrowEvent id='a'><linkEventDefinition name='x'/></intermediateThrowEvent>",
                        "3:1 bpmn.link.target"},
                    Row{"<eventBasedGateway id='g'/><sequenceFlow id='f' sourceRef='g' targetRef='a'/>"
                        "<sequenceFlow id='h' sourceRef='g' targetRef='b'/><receiveTask id='b'/>\n"
                        "<receiveTask id='a'><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
                        "</multiInstanceLoopCharacteristics></receiveTask>",
                        "4:1 bpmn.unsupported.rounds-behind-event-gateway"},
                    Row{"", "2:1 bpmn.process.empty"}));

class Whole : public testing::TestWithParam<Row> {};
TEST_P(Whole, file_is_judged) {
    EXPECT_EQ(told(in_definitions(GetParam().inside), For::simulation), GetParam().expected) << GetParam().inside;
}
INSTANTIATE_TEST_SUITE_P(
    files, Whole,
    testing::Values(
        Row{"", "1:1 bpmn.process.missing"}, Row{"<process id='p'/>", "good"},
        Row{"<process id='p'><task id='a'/></process>\n<process id='q'><task id='b'/></process>", "good"},
        Row{"<collaboration id='c'><participant id='x' processRef='p'/><participant id='customer'/></collaboration>"
            "<process id='p'><task id='a'/></process>",
            "good"},
        Row{"<collaboration id='c'><participant id='x' processRef='q'/></collaboration><process id='p'/>",
            "2:23 bpmn.participant.dangling"},
        Row{"<choreography id='c'/><process id='p'/>", "2:1 bpmn.unsupported.choreography"},
        Row{"<process id='p'><task id='a'/><task id='b'/></process><process id='q'><task id='c'/>"
            "<sequenceFlow id='f' sourceRef='a' targetRef='c'/></process>",
            "2:85 bpmn.flow.crosses-pool"}));

// What deployment asks beyond the standard; lane l has a role, lane m has none.
class Deployed : public testing::TestWithParam<Row> {};
TEST_P(Deployed, file_is_judged) {
    std::string const lanes =
        "<laneSet id='ls'><lane id='l' name='道' kw:nameEn='Lane' kw:role='inspector'><flowNodeRef>a</flowNodeRef>"
        "</lane><lane id='m' name='道' kw:nameEn='Lane'><flowNodeRef>b</flowNodeRef></lane></laneSet><task id='b'/>\n";
    EXPECT_EQ(told(in_process(lanes + GetParam().inside), For::deployment), GetParam().expected) << GetParam().inside;
}
INSTANTIATE_TEST_SUITE_P(
    rules, Deployed,
    testing::Values(
        Row{"<userTask id='a' name='办' kw:nameEn='Do'/>", "good"},
        Row{"<userTask id='a'/>", "4:1 kw.name.english, 4:1 kw.name.missing"},
        Row{"<userTask id='a' name='办' kw:nameEn='Do'/><userTask id='c' name='办' kw:nameEn='Do'/>",
            "4:43 kw.task.lane"},
        Row{"<userTask id='a' name='办' kw:nameEn='Do' kw:mark='x'/>", "4:1 kw.attribute.unknown"},
        Row{"<serviceTask id='a'/>", "4:1 kw.service.missing"},
        Row{"<serviceTask id='a' kw:service='warn' kw:to='task-holder'/>", "good"},
        Row{"<intermediateCatchEvent id='a'><timerEventDefinition/></intermediateCatchEvent>",
            "4:1 bpmn.timer.missing"},
        Row{"<intermediateCatchEvent id='a' kw:calendar='moon'><timerEventDefinition><timeDuration>PT1H</timeDuration>"
            "</timerEventDefinition></intermediateCatchEvent>",
            "4:1 kw.calendar"},
        Row{"<intermediateCatchEvent id='a' kw:from='1 +'><timerEventDefinition><timeDuration>PT1H</timeDuration>"
            "</timerEventDefinition></intermediateCatchEvent>",
            "4:46 feel.syntax"},
        Row{"<receiveTask id='a'/>", "4:1 bpmn.message.missing"},
        Row{"<intermediateCatchEvent id='a'><timerEventDefinition><timeDuration>P1DT1H</timeDuration>"
            "</timerEventDefinition></intermediateCatchEvent>",
            "4:1 kw.timer.length"},
        Row{"<startEvent id='a' kw:calendar='office'><timerEventDefinition><timeCycle>R/P1M</timeCycle>"
            "</timerEventDefinition></startEvent><sequenceFlow id='f' sourceRef='a' targetRef='b'/>",
            "4:1 kw.start.timer"},
        Row{"<task id='a'><multiInstanceLoopCharacteristics behavior='Complex'><loopCardinality>2</loopCardinality>"
            "<complexBehaviorDefinition><condition>true</condition><event id='e'><signalEventDefinition/></event>"
            "</complexBehaviorDefinition></multiInstanceLoopCharacteristics></task>",
            "4:1 bpmn.signal.missing"},
        Row{"<task id='a'/><exclusiveGateway id='g'/><sequenceFlow id='f' sourceRef='g' targetRef='a'/>\n"
            "<sequenceFlow id='h' sourceRef='g' targetRef='b'/>",
            "4:41 bpmn.gateway.condition, 5:1 bpmn.gateway.condition"},
        Row{"<userTask id='a' name='办' kw:nameEn='Do'/><exclusiveGateway id='g'/><sequenceFlow id='e' sourceRef='a' "
            "targetRef='g'/>\n"
            "<sequenceFlow id='f' sourceRef='g' targetRef='b'><conditionExpression>outcome = "
            "\"x\"</conditionExpression></sequenceFlow>",
            "5:1 kw.name.english, 5:1 kw.name.missing"}));

TEST(Deployment, asks_for_roles_names_and_an_executable_process) {
    auto const file = [](std::string const& lane, std::string const& process) {
        return "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:kw='urn:keepword'>\n<process "
               "id='p' " +
               process + ">\n<laneSet id='s'>" + lane +
               "<flowNodeRef>a</flowNodeRef></lane></laneSet><userTask id='a' name='办' "
               "kw:nameEn='Do'/></process></definitions>";
    };
    std::string const named = "name='流' kw:nameEn='P' isExecutable='true'";
    std::string const lane = "<lane id='l' name='道' kw:nameEn='L' ";
    EXPECT_EQ(told(file(lane + "kw:role='inspector'>", named), For::deployment), "good");
    EXPECT_EQ(told(file(lane + ">", named), For::deployment), "3:99 kw.lane.role");
    EXPECT_EQ(told(file(lane + "kw:role='x' kw:rolle='y'>", named), For::deployment), "3:17 kw.attribute.unknown");
    EXPECT_EQ(told(file(lane + "kw:role='x' kw:not-by='b'>", named), For::deployment), "3:17 kw.lane.not-by");
    EXPECT_EQ(told(file(lane + "kw:role='x' kw:scope='1 +'>", named), For::deployment), "3:17 feel.syntax");
    EXPECT_EQ(told(file(lane + "kw:role='x'>", "name='流' kw:nameEn='P'"), For::deployment),
              "2:1 bpmn.process.not-executable");
    EXPECT_EQ(told(file(lane + "kw:role='x'>", "isExecutable='true'"), For::deployment),
              "2:1 kw.name.english, 2:1 kw.name.missing");
}

TEST(Purpose, of_its_kind_follows_the_namespace) {
    std::string const plain =
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='p'><userTask "
        "id='a'/></process></definitions>";
    EXPECT_EQ(told(plain, For::its_kind), "good");
    EXPECT_NE(told(in_process("<userTask id='a'/>"), For::its_kind), "good");
}

TEST(Load, refuses_with_the_first_violation_and_their_number) {
    auto const refused = load(in_process("<task/><task/>"), For::simulation);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "process.invalid");
    EXPECT_EQ(
        fmt::format("{}", fmt::join(refused.error().params, " ")),
        R"(("line", "3") ("column", "1") ("rule", "bpmn.id.missing") ("message", "task has no id") ("count", "2"))");
    EXPECT_TRUE(load(in_process("<task id='a'/>"), For::simulation));
}

}  // namespace
}  // namespace keepword::bpmn
