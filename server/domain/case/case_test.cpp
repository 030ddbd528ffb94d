#include "domain/case/case_fixture.hpp"
#include "testkit/domain_test.hpp"
#include "zip/zip.hpp"

namespace keepword::cases {
namespace {

using testing::ElementsAre;
using Texts = std::vector<std::string>;

// Two organisations, and an engineer for each thing that is asked about.
class CaseTest : public testing::TestWithParam<storage::Dialect>, protected DeskKit {
  protected:
    CaseTest() : DeskKit(GetParam()) {
        write([&](Transaction& tx) {
            return tx.script(
                "INSERT INTO department (id, name, kind, parent, version) VALUES "
                "(10,'网络部','department',NULL,1), (11,'骨干网组','department',10,1), "
                "(12,'客服部','department',NULL,1)");
        });
        acceptance_ = staff("陈", "acceptance-engineer");
        network_ = staff("吴", "network-engineer");
    }

    OtherId organisation(std::string const& name) {
        return write([&](Transaction& tx) -> Result<OtherId> {
            people::Act const act{.by = {}, .now = clock_.now(), .ids = ids_};
            auto const id = TRY(people::create_organisation(
                tx, act, regions_, {.name = {name}, .kind = people::OrganisationKind::customer}));
            return OtherId{id.value};
        });
    }
    CaseId opened(OtherId organisation = {}, json::object variables = {}) {
        NewCase in{.channel = Channel::hotline, .variables = std::move(variables)};
        in.facts.title = {"点播失败"};
        in.facts.description = {"点击节目后提示无法播放"};
        in.facts.category = {"vod-failure"};
        in.facts.contact_name = {"王老师"};
        in.facts.contact_phone = {"0791-80000011"};
        if (organisation) in.facts.organisation = organisation;
        return testkit::must(by(acceptance_, [&](Act const& act) { return desk_.open(act, in); }));
    }
    // To the network engineers, as far as acceptance goes.
    CaseId at_network(OtherId organisation = {}, json::object variables = {}) {
        auto const id = opened(organisation, std::move(variables));
        testkit::must(complete(acceptance_, id, "accept", nullptr, {}));
        testkit::must(complete(acceptance_, id, "handle-first", "unsolved", {{"tried", "远程指导"}}));
        return id;
    }
    Texts entries(CaseId id) {
        return read([&](Transaction& tx) -> Result<Texts> {
            Texts out;
            for (auto const& row : TRY(tx.query("SELECT kind FROM timeline WHERE case_id = ? ORDER BY id", id)))
                out.push_back(row.text(0));
            return out;
        });
    }
    // The network engineers' lane narrowed by a FEEL expression, as a centre might draw it.
    void narrow_network_lane(std::string const& scope) {
        auto packages = process::packages_of(process_files());
        auto& xml = packages.at("customer-acceptance").xml;
        std::string const role = "kw:role=\"network-engineer\"";
        xml.replace(xml.find(role), role.size(), role + " kw:scope='" + scope + "'");
        write(
            [&](Transaction& tx) { return process::deploy(tx, packages.at("customer-acceptance"), clock_.now(), {}); });
    }
    std::string network_says(PersonId person, CaseId id) {
        return code_of(complete(person, id, "handle-network", "unsolved", {{"tried", "查看日志"}}));
    }

    PersonId acceptance_;
    PersonId network_;
};
KEEPWORD_ON_BOTH_DATABASES(CaseTest);

TEST_P(CaseTest, the_second_who_completes_a_task_hears_who_was_first) {
    auto const id = at_network();
    auto const task = read([&](Transaction& tx) { return desk_.open_task(tx, id, "handle-network"); });
    auto const again = [&](PersonId person) {
        return by(person,
                  [&](Act const& act) { return desk_.complete(act, *task, "unsolved", {{"tried", "查看日志"}}); });
    };
    EXPECT_EQ(code_of(again(network_)), "");
    auto const second = again(network_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, Kind::conflict);
    EXPECT_EQ(second.error().code, "task.already-done");
    EXPECT_EQ(second.error().params.at(0), (std::pair<std::string, std::string>("by", "吴")));
}

TEST_P(CaseTest, only_who_holds_the_lanes_role_may_do_its_tasks) {
    auto const id = at_network();
    EXPECT_EQ(network_says(acceptance_, id), "right.lane");
    EXPECT_EQ(network_says(network_, id), "");
}

TEST_P(CaseTest, a_role_held_for_one_customer_reaches_that_customers_cases_only) {
    auto const ours = organisation("青山学校");
    auto const other = organisation("赣江学校");
    auto const engineer = staff("为青山学校", "network-engineer",
                                {.scope_kind = people::ScopeKind::organisation, .scope = json::Text<20>{ours.str()}});
    EXPECT_EQ(network_says(engineer, at_network(other)), "right.lane");
    EXPECT_EQ(network_says(engineer, at_network(ours)), "");
}

TEST_P(CaseTest, a_lanes_scope_names_the_department_that_may_act_with_what_is_inside_it) {
    narrow_network_lane("responsible");
    auto const backbone = staff("骨干网", "network-engineer", {}, 11);
    auto const desk = staff("客服", "network-engineer", {}, 12);
    auto const id = at_network({}, {{"responsible", "10"}});
    EXPECT_EQ(network_says(desk, id), "right.lane");
    EXPECT_EQ(network_says(network_, id), "right.lane") << "of no department";
    EXPECT_EQ(network_says(backbone, id), "");
}

TEST_P(CaseTest, a_lanes_scope_names_persons_or_the_customer) {
    narrow_network_lane("responsible");
    auto const chosen = staff("指定", "network-engineer");
    auto const person = at_network({}, {{"responsible", json::array{chosen.str(), "12"}}});
    EXPECT_EQ(network_says(network_, person), "right.lane");
    EXPECT_EQ(network_says(chosen, person), "");
    // Whoever holds the role for everything is responsible for each customer too.
    auto const customer = organisation("青山学校");
    EXPECT_EQ(network_says(network_, at_network(customer, {{"responsible", customer.str()}})), "");
}

TEST_P(CaseTest, a_lanes_scope_that_names_nothing_lets_nobody_act) {
    narrow_network_lane("responsible");
    EXPECT_EQ(network_says(network_, at_network()), "right.lane");
}

TEST_P(CaseTest, what_an_earlier_step_wrote_is_not_this_persons_word) {
    auto const id = at_network();
    auto const silent = complete(network_, id, "handle-network", "unsolved", {});
    ASSERT_FALSE(silent);
    EXPECT_THAT(silent.error().fields, ElementsAre(FieldError{"tried", "required"}));
}

TEST_P(CaseTest, a_refused_act_leaves_no_trace) {
    auto const id = at_network();
    auto const before = entries(id);
    EXPECT_FALSE(complete(network_, id, "handle-network", "solved", {{"tried", "重启"}})) << "without a solution";
    EXPECT_FALSE(complete(network_, id, "handle-network", "perhaps", {{"tried", "重启"}}));
    EXPECT_EQ(entries(id), before);
    EXPECT_EQ(network_says(network_, id), "");
}

TEST_P(CaseTest, waiting_for_the_customer_moves_the_clocks_by_as_long) {
    auto const id = at_network();
    auto const due = [&] {
        return read([&](Transaction& tx) -> Result<Instant> {
            return TRY(tx.one("SELECT due_at FROM clock WHERE case_id = ? AND element = 'handle-network-limit'", id))
                ->instant(0);
        });
    };
    auto const before = due();
    testkit::must(by(network_, [&](Act const& act) { return desk_.pause(act, id, "等客户开门", std::nullopt); }));
    EXPECT_EQ(network_says(network_, id), "") << "work may go on";
    auto const other = at_network();
    testkit::must(by(network_, [&](Act const& act) { return desk_.pause(act, other, "等客户开门", std::nullopt); }));
    clock_.advance(minutes(30));
    testkit::must(by(network_, [&](Act const& act) { return desk_.resume(act, other); }));
    auto const moved = read([&](Transaction& tx) -> Result<Instant> {
        return TRY(tx.one("SELECT due_at FROM clock WHERE case_id = ? AND element = 'handle-network-limit'", other))
            ->instant(0);
    });
    EXPECT_EQ((moved - before).ms, minutes(30).ms);
}

TEST_P(CaseTest, a_correction_keeps_the_old_value_and_a_closed_case_takes_none) {
    auto const id = opened();
    Facts facts;
    facts.title = {"点播失败（全校）"};
    auto const correct = [&] {
        return by(acceptance_, [&](Act const& act) { return desk_.correct(act, id, facts, "客户来电更正"); });
    };
    EXPECT_EQ(code_of(correct()), "");
    auto const data = read([&](Transaction& tx) -> Result<std::string> {
        return TRY(tx.one("SELECT data FROM timeline WHERE case_id = ? AND kind = 'corrected'", id))->text(0);
    });
    EXPECT_THAT(data, testing::HasSubstr("点播失败（全校）"));
    EXPECT_THAT(data, testing::HasSubstr("\"点播失败\""));
    testkit::must(by(acceptance_, [&](Act const& act) { return desk_.cancel(act, id, "重复报修"); }));
    facts.title = {"再改"};
    EXPECT_NE(code_of(correct()), "");
}

TEST_P(CaseTest, a_case_that_ends_while_it_waits_leaves_no_alarm_and_no_open_pause) {
    auto const id = opened();
    auto const until = clock_.now() + hours(48);
    testkit::must(by(acceptance_, [&](Act const& act) { return desk_.pause(act, id, "等客户开门", until); }));
    testkit::must(by(acceptance_, [&](Act const& act) { return desk_.cancel(act, id, "重复报修"); }));
    auto const count = [&](storage::Sql sql) {
        return read([&](Transaction& tx) -> Result<std::int64_t> { return TRY(tx.one(sql))->integer(0); });
    };
    EXPECT_EQ(count("SELECT count(*) FROM alarm WHERE kind = 'resume'"), 0);
    EXPECT_EQ(count("SELECT count(*) FROM case_pause WHERE to_at IS NULL"), 0);
    EXPECT_EQ(count("SELECT count(*) FROM cases WHERE paused_until IS NOT NULL"), 0);
}

TEST_P(CaseTest, a_version_in_use_never_gets_other_forms) {
    auto package = process::packages_of(process_files()).at("customer-acceptance");
    auto const deploy = [&] {
        return code_of(database_->write([&](Transaction& tx) -> Result<> {
            TRY(process::deploy(tx, package, clock_.now(), {}));
            return {};
        }));
    };
    EXPECT_EQ(deploy(), "") << "the same again";
    package.forms.erase("sum-up");
    EXPECT_EQ(deploy(), "process.same-drawing");
    package.xml += "<!-- 第二版 -->";
    EXPECT_EQ(deploy(), "");
}

TEST_P(CaseTest, a_case_that_is_moved_stands_where_its_task_is_in_the_other_version) {
    auto const id = opened();
    auto package = process::packages_of(process_files()).at("customer-acceptance");
    for (std::string const before : {"\"accept\"", ">accept<"}) {
        std::string after = before;
        after.replace(1, 6, "take-in");
        for (auto at = package.xml.find(before); at != std::string::npos; at = package.xml.find(before))
            package.xml.replace(at, before.size(), after);
    }
    package.forms["take-in"] = package.forms.extract("accept").mapped();
    auto const version = write([&](Transaction& tx) { return process::deploy(tx, package, clock_.now(), {}); });
    testkit::must(
        by(acceptance_, [&](Act const& act) { return desk_.migrate(act, id, version, {{{"accept", "take-in"}}}); }));
    auto const stands = [&] {
        return read([&](Transaction& tx) -> Result<Texts> {
            Texts out;
            for (auto const& row :
                 TRY(tx.query("SELECT element FROM case_visit WHERE case_id = ? AND left_at IS NULL", id)))
                out.push_back(row.text(0));
            return out;
        });
    };
    EXPECT_THAT(stands(), ElementsAre("take-in"));
    testkit::must(complete(acceptance_, id, "take-in", nullptr, {}));
    EXPECT_THAT(stands(), ElementsAre("handle-first"));
    EXPECT_TRUE(read([&](Transaction& tx) { return replay_agrees(tx, library_, id); }));
}

TEST_P(CaseTest, a_form_names_only_persons_who_are_there_and_hold_the_role) {
    auto const supervisor = staff("钟", "technical-supervisor");
    auto const support = staff("廖", "support-engineer");
    auto const id = at_network();
    testkit::must(complete(network_, id, "handle-network", "unsolved", {{"tried", "查看日志"}}));
    testkit::must(
        complete(network_, id, "report-supervisor", nullptr, {{"tried", "重启"}, {"why_failed", "硬件坏了"}}));
    auto const coordinate = [&](std::string const& person) -> std::string {
        auto const done = complete(supervisor, id, "coordinate", "support",
                                   {{"support_engineer", person}, {"coordination", "到现场看看"}});
        if (done) return "";
        return done.error().fields.empty() ? done.error().code : done.error().fields.at(0).code;
    };
    EXPECT_EQ(coordinate("999"), "not-there");
    EXPECT_EQ(coordinate(acceptance_.str()), "not-in-role");
    EXPECT_EQ(coordinate(support.str()), "");
}

TEST(CaseExport, a_zip_that_is_not_ours_does_not_hold_and_says_so) {
    zip::Writer writer;
    ASSERT_TRUE(writer.add("manifest.json", "{}"));
    auto packed = std::move(writer).finish(128);
    ASSERT_TRUE(packed);
    auto const verified = verify_export(*packed);
    EXPECT_TRUE(!verified || !verified->holds);
    EXPECT_FALSE(verify_export("PK no zip at all")->holds);
}

}  // namespace
}  // namespace keepword::cases
