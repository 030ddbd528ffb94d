#include "domain/case/case_repair.hpp"
#include "domain/case/case_fixture.hpp"
#include "domain/case/case_views.hpp"
#include "testkit/domain_test.hpp"

namespace keepword::cases {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Texts = std::vector<std::string>;

// Two tasks side by side, behind each of which a gateway finds no way on unless a variable says where. `left` is the
// name of the first one's gateway, so that another version can call it something else.
std::string two_ways(std::string const& left) {
    std::string const lane_nodes[]{"begin", "split", "a", "b", left, "right", "done"};
    std::string nodes;
    for (auto const& id : lane_nodes) nodes += "<flowNodeRef>" + id + "</flowNodeRef>";
    std::string flows;
    int number = 0;
    auto const flow = [&](std::string const& from, std::string const& to, std::string const& condition = "") {
        flows += "<sequenceFlow id=\"f" + std::to_string(++number) + "\" sourceRef=\"" + from + "\" targetRef=\"" + to +
                 "\">" + condition + "</sequenceFlow>";
    };
    flow("begin", "split");
    flow("split", "a");
    flow("split", "b");
    flow("a", left);
    flow("b", "right");
    flow(left, "done", "<conditionExpression>way = \"on\"</conditionExpression>");
    flow("right", "done", "<conditionExpression>way = \"on\"</conditionExpression>");
    return R"(<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kw="urn:keepword" id="d" targetNamespace="urn:test">
<process id="two-ways" name="两路" kw:nameEn="Two ways" isExecutable="true"><laneSet id="lanes">
<lane id="lane" name="网管" kw:nameEn="Network" kw:role="network-engineer">)" +
           nodes + R"(</lane></laneSet><startEvent id="begin"/><parallelGateway id="split"/>
<userTask id="a" name="甲" kw:nameEn="A"/><userTask id="b" name="乙" kw:nameEn="B"/>
<exclusiveGateway id=")" +
           left + R"("/><exclusiveGateway id="right"/><endEvent id="done"/>)" + flows + "</process></definitions>";
}

class RepairTest : public testing::TestWithParam<storage::Dialect>, protected DeskKit {
  protected:
    RepairTest() : DeskKit(GetParam()) {
        network_ = staff("吴", "network-engineer");
        deploy("left");
        id_ = testkit::must(by(network_, [&](Act const& act) {
            NewCase in{.kind = "two-ways"};
            in.facts.title = {"两路"};
            return desk_.open(act, in);
        }));
        came_to("a");
    }

    std::string deploy(std::string const& left) {
        return write([&](Transaction& tx) {
            return process::deploy(tx, {.xml = two_ways(left), .forms = {}}, clock_.now(), {});
        });
    }
    // The task is done, and its gateway stands.
    void came_to(std::string const& task) { testkit::must(complete(network_, id_, task, nullptr, {})); }
    Result<> migrated(std::string const& version) {
        return by(network_, [&](Act const& act) -> Result<> {
            bpmn::MigrationMap map;
            map.elements = {{"left", "first"}, {"right", "right"}, {"a", "a"}, {"b", "b"}};
            return desk_.migrate(act, id_, version, map);
        });
    }
    // "element code minutes": since how many minutes after the beginning each stands, in the order of the tokens.
    Texts list() {
        return read([&](Transaction& tx) -> Result<Texts> {
            Texts out;
            for (auto const& row : TRY(tx.query("SELECT element, code, at FROM incident ORDER BY case_id, instance"))) {
                auto const minutes = (row.instant(2) - begin_).ms / 60'000;
                out.push_back(row.text(0) + " " + row.text(1) + " " + std::to_string(minutes));
            }
            return out;
        });
    }
    bpmn::Instance first() {
        return read([&](Transaction& tx) -> Result<bpmn::Instance> {
            return TRY(tx.one("SELECT min(instance) FROM incident"))->integer(0);
        });
    }

    Instant const begin_ = clock_.now();
    PersonId network_;
    CaseId id_;
};
KEEPWORD_ON_BOTH_DATABASES(RepairTest);

TEST_P(RepairTest, acts_on_a_case_do_not_change_since_when_it_stands) {
    clock_.advance(minutes(10));
    came_to("b");
    EXPECT_THAT(list(), ElementsAre("left process.no-flow 0", "right process.no-flow 10"));
    clock_.advance(minutes(10));
    testkit::must(by(network_, [&](Act const& act) { return desk_.retry(act, id_, first(), {{"other", 1}}); }));
    EXPECT_THAT(list(), ElementsAre("left process.no-flow 0", "right process.no-flow 10")) << "tried again in vain";
    testkit::must(by(network_, [&](Act const& act) { return desk_.retry(act, id_, first(), {{"way", "on"}}); }));
    EXPECT_THAT(list(), ElementsAre("right process.no-flow 10"));
    testkit::must(by(network_, [&](Act const& act) { return desk_.retry(act, id_, first(), {}); }));
    EXPECT_THAT(list(), IsEmpty());
}

TEST_P(RepairTest, another_reason_is_another_incident) {
    auto running = testkit::must(by(network_, [&](Act const& act) { return load_running(act, desk_.parts(), id_); }));
    auto const stood = standing(running.engine);
    clock_.advance(minutes(5));
    for (auto& token : running.engine.tokens) {
        if (token.incident()) token.code = "process.error";
    }
    testkit::must(by(network_, [&](Act const& act) { return note_incidents(act, running, stood); }));
    EXPECT_THAT(list(), ElementsAre("left process.error 5"));
}

TEST_P(RepairTest, a_cancelled_case_stands_nowhere) {
    came_to("b");
    testkit::must(by(network_, [&](Act const& act) { return desk_.cancel(act, id_, "录错了"); }));
    EXPECT_THAT(list(), IsEmpty());
}

TEST_P(RepairTest, a_case_moved_to_another_version_stands_under_the_new_name) {
    clock_.advance(minutes(10));
    came_to("b");
    testkit::must(migrated(deploy("first")));
    EXPECT_THAT(list(), ElementsAre("first process.no-flow 0", "right process.no-flow 10"));
}

TEST_P(RepairTest, cases_that_stood_before_there_was_a_list_are_put_into_it) {
    clock_.advance(minutes(10));
    came_to("b");
    auto const before = list();
    clock_.advance(minutes(10));
    write([&](Transaction& tx) -> Result<> {
        TRY(tx.execute("DELETE FROM incident WHERE element = 'right'"));
        TRY(tx.execute("UPDATE incident SET element = 'of-old', at = ?", clock_.now()));
        for (auto const& migration : testkit::all_migrations()) {
            if (migration.name == "incident_filled") TRY(tx.script(storage::for_dialect(migration.sql, tx.dialect())));
        }
        return {};
    });
    EXPECT_EQ(list(), before);
}

// Rules are for what is deployed; what was deployed before there was one runs on, and the centre with it.
TEST_P(RepairTest, a_stored_drawing_that_breaks_a_rule_of_today_goes_on) {
    write([&](Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE process_version SET xml = replace(xml, ' kw:nameEn=\"B\"', '') WHERE key = 'two-ways'"));
        return {};
    });
    process::Library after_a_start(std::vector<std::string>{});
    read([&](Transaction& tx) -> Result<bool> {
        auto const version = TRY(after_a_start.current(tx, "two-ways"));
        EXPECT_FALSE(bpmn::check(version->xml).violations.empty());
        EXPECT_NE(version->definition->find("b"), bpmn::none);
        return true;
    });
}

// What cannot be read at all keeps its own cases waiting.
TEST_P(RepairTest, a_stored_drawing_that_cannot_be_read_keeps_no_other_from_being_found) {
    auto const all = read([&](Transaction& tx) { return library_.all_current(tx); }).size();
    write([&](Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE process_version SET xml = 'gone' WHERE key = 'two-ways'"));
        return {};
    });
    process::Library after_a_start(std::vector<std::string>{});
    EXPECT_EQ(read([&](Transaction& tx) { return after_a_start.all_current(tx); }).size(), all - 1);
}

}  // namespace
}  // namespace keepword::cases
