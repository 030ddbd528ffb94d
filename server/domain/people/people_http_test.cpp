#include "domain/people/people_fixture.hpp"

namespace keepword::people {
namespace {

using storage::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;

// The slice's routes, called as people with and without rights; passwords are only noted down.
class PeopleHttpTest : public PeopleFixture {
  protected:
    SignIns sign_ins() {
        return {.hash = [](std::string_view login, Secret const& password) -> Result<std::string> {
                    if (password.reveal().size() < 10) return invalid("password", "password-short");
                    return "hash of " + std::string(login) + " " + std::string(password.reveal());
                },
                .set_password = [this](Transaction&, PersonId person, std::string const& hash, Instant) -> Result<> {
                    hashes_[person] = hash;
                    return {};
                },
                .shut_out = [this](Transaction&, PersonId person) -> Result<> {
                    shut_out_.push_back(person);
                    return {};
                }};
    }
    testkit::CallDriver::As manager() {
        return calls_.as(testkit::caller_with({"people.manage", "people.read"}, manager_));
    }
    testkit::CallDriver::As reader() { return calls_.as(testkit::caller_with({"people.read", "customers.read"})); }
    testkit::CallDriver::As intake() { return calls_.as(testkit::caller_with({"customers.manage", "customers.read"})); }

    std::map<PersonId, std::string> hashes_;
    std::vector<PersonId> shut_out_;
    testkit::CallDriver calls_{*database_, clock_, people_routes({*database_, ids_, roles_, regions_, sign_ins()})};
    PersonId manager_ = staff("manager");
};
KEEPWORD_ON_BOTH_DATABASES(PeopleHttpTest);

std::vector<std::string> names_in(testkit::Answer const& answer) {
    std::vector<std::string> names;
    for (auto const& item : answer["items"].as_array()) names.emplace_back(item.at("name").as_string());
    return names;
}
std::string path_of(std::string_view kind, testkit::Answer const& answer) {
    return "/" + std::string(kind) + "/" + std::string(answer["id"].as_string());
}

TEST_P(PeopleHttpTest, rights_hold_both_ways_on_every_route) {
    EXPECT_THAT(testkit::broken_rights(calls_, roles_.every_right()), IsEmpty());
}

TEST_P(PeopleHttpTest, a_person_is_entered_with_a_password_that_nobody_sees_again) {
    auto const made = manager().post("/people", {{"name", " 陈明 "},
                                                 {"kind", "staff"},
                                                 {"login", "chen"},
                                                 {"password", "correct horse"},
                                                 {"phone", "138 7000 1234"}});
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made["name"], "陈明");
    EXPECT_EQ(made.etag(), "\"1\"");
    EXPECT_EQ(made.text.find("horse"), std::string::npos);
    auto const id = PersonId::parse(made["id"].as_string());
    EXPECT_EQ(hashes_.at(*id), "hash of chen correct horse");
    auto const audit = audited("person:" + id->str());
    ASSERT_EQ(audit.size(), 1U);
    EXPECT_EQ(audit[0].action, "person.created");
    EXPECT_EQ(audit[0].actor, manager_.str());
    EXPECT_EQ(audit[0].data.find("horse"), std::string::npos);
}

TEST_P(PeopleHttpTest, a_weak_password_enters_nobody) {
    auto const refused =
        manager().post("/people", {{"name", "陈明"}, {"kind", "staff"}, {"login", "chen"}, {"password", "short"}});
    EXPECT_EQ(refused.status, 422);
    EXPECT_THAT(refused.errors(), ElementsAre(FieldError{"password", "password-short"}));
    EXPECT_FALSE(read([](Transaction& tx) { return person_by_login(tx, "chen"); }));
}

TEST_P(PeopleHttpTest, entering_a_person_twice_with_one_key_enters_one) {
    json::value const body{{"name", "陈明"}, {"kind", "contact"}};
    auto const first = manager().with("idempotency-key", "k1").post("/people", body);
    auto const second = manager().with("idempotency-key", "k1").post("/people", body);
    EXPECT_EQ(second.status, 201);
    EXPECT_EQ(first["id"], second["id"]);
    EXPECT_EQ(manager().with("idempotency-key", "k1").post("/people", {{"name", "别人"}, {"kind", "contact"}}).code(),
              "idempotency.other-body");
}

TEST_P(PeopleHttpTest, a_change_needs_the_current_version_and_keeps_what_it_leaves_out) {
    auto const made =
        manager().post("/people", {{"name", "陈明"}, {"kind", "staff"}, {"phone", "10086"}, {"email", "c@x.example"}});
    auto const path = path_of("people", made);
    EXPECT_EQ(manager().patch(path, {{"name", "陈鸣"}}).code(), "version.required");
    auto const changed = manager().with("if-match", made.etag()).patch(path, {{"name", "陈鸣"}, {"phone", nullptr}});
    ASSERT_EQ(changed.status, 200) << changed.text;
    EXPECT_EQ(changed["name"], "陈鸣");
    EXPECT_TRUE(changed["phone"].is_null());
    EXPECT_EQ(changed["email"], "c@x.example");
    EXPECT_EQ(manager().with("if-match", made.etag()).patch(path, {{"name", "陈名"}}).status, 412);
    auto const audit = audited("person:" + std::string(made["id"].as_string()));
    ASSERT_EQ(audit.size(), 2U);
    EXPECT_EQ(audit[1].data, R"({"old":{"name":"陈明","phone":"10086"},"new":{"name":"陈鸣","phone":null}})");
}

TEST_P(PeopleHttpTest, a_name_cannot_be_cleared) {
    auto const made = manager().post("/people", {{"name", "陈明"}, {"kind", "staff"}});
    auto const refused = manager().with("if-match", made.etag()).patch(path_of("people", made), {{"name", "　"}});
    EXPECT_THAT(refused.errors(), ElementsAre(FieldError{"name", "required"}));
}

TEST_P(PeopleHttpTest, whoever_is_made_inactive_is_shut_out_at_once) {
    auto const person = staff("leaver");
    auto const path = "/people/" + person.str();
    auto const gone = manager().with("if-match", "\"1\"").patch(path, {{"active", false}});
    ASSERT_EQ(gone.status, 200) << gone.text;
    EXPECT_THAT(shut_out_, ElementsAre(person));
    EXPECT_EQ(
        testkit::code_of(database_->read([&](Transaction& tx) { return caller_of(tx, person, clock_.now(), roles_); })),
        "session.none");
}

TEST_P(PeopleHttpTest, the_last_system_owner_stays) {
    auto const owner = staff("owner");
    auto const path = "/people/" + owner.str();
    auto const grant = give(owner, "system-owner");
    auto const take_back = [&] { return manager().remove(path + "/grants/" + grant.str()); };
    EXPECT_EQ(take_back().code(), "people.last-owner");
    EXPECT_EQ(manager().with("if-match", "\"2\"").patch(path, {{"active", false}}).code(), "people.last-owner");
    EXPECT_EQ(manager().with("if-match", "\"2\"").patch(path, {{"login", nullptr}}).code(), "people.last-owner");
    EXPECT_THAT(shut_out_, IsEmpty());
    // One whose time is limited does not count: the day would come when nobody is left.
    auto const second = staff("second");
    give(second, NewGrant{.role = {"system-owner"}, .until = clock_.now() + days(30)});
    EXPECT_EQ(take_back().code(), "people.last-owner");
    give(second, "system-owner");
    EXPECT_EQ(take_back().status, 200);
}

TEST_P(PeopleHttpTest, roles_and_deputies_come_and_go_with_their_audit) {
    auto const person = staff("chen");
    auto const deputy = staff("li");
    auto const path = "/people/" + person.str();
    auto const given = manager().post(
        path + "/grants", {{"role", "technical-supervisor"}, {"scope_kind", "region"}, {"scope", "360102"}});
    ASSERT_EQ(given.status, 200) << given.text;
    EXPECT_EQ(given["roles"], json::value({"technical-supervisor"}));
    auto const& grant = given["grants"].at(0);
    EXPECT_EQ(grant.at("scope"), json::value({{"id", "360102"}, {"name", "南昌市东湖区"}}));
    EXPECT_EQ(grant.at("given_by").at("name"), "manager");
    auto const named = manager().post(
        path + "/deputies",
        {{"deputy", deputy.str()}, {"from", clock_.now().str()}, {"until", (clock_.now() + days(5)).str()}});
    ASSERT_EQ(named.status, 200) << named.text;
    EXPECT_EQ(named["deputies"].at(0).at("deputy").at("name"), "li");
    EXPECT_THAT(roles_of(deputy), ElementsAre("technical-supervisor"));
    manager().remove(path + "/deputies/" + std::string(named["deputies"].at(0).at("id").as_string()));
    EXPECT_THAT(roles_of(deputy), IsEmpty());
    auto const taken = manager().remove(path + "/grants/" + std::string(grant.at("id").as_string()));
    EXPECT_EQ(taken["grants"], json::array());
    EXPECT_EQ(manager().remove(path + "/grants/" + std::string(grant.at("id").as_string())).status, 404);
    EXPECT_THAT(actions_on("person:" + person.str()),
                ElementsAre("person.created", "grant.given", "deputy.named", "deputy.dismissed", "grant.taken"));
}

TEST_P(PeopleHttpTest, people_are_found_by_every_filter) {
    auto const centre = manager().post("/departments", {{"name", "用户服务中心"}, {"kind", "centre"}});
    auto const department =
        manager().post("/departments", {{"name", "客服部"}, {"kind", "department"}, {"parent", centre["id"]}});
    ASSERT_EQ(department.status, 201) << department.text;
    auto const chen = manager().post("/people", {{"name", "陈明"},
                                                 {"kind", "staff"},
                                                 {"login", "chenming"},
                                                 {"department", department["id"]},
                                                 {"phone", "0791-86123456"}});
    ASSERT_EQ(chen.status, 201) << chen.text;
    manager().post("/people", {{"name", "李四"}, {"kind", "contact"}, {"email", "Li@Example.com"}});
    give(*PersonId::parse(chen["id"].as_string()), "recorder");
    auto const found = [&](std::string const& query) { return names_in(reader().get("/people?" + query)); };
    EXPECT_THAT(found("q=%E9%99%88"), ElementsAre("陈明"));
    EXPECT_THAT(found("q=CHENM"), ElementsAre("陈明"));
    EXPECT_THAT(found("q=6123"), ElementsAre("陈明"));
    EXPECT_THAT(found("q=li@example"), ElementsAre("李四"));
    EXPECT_THAT(found("kind=contact"), ElementsAre("李四"));
    EXPECT_THAT(found("role=recorder"), ElementsAre("陈明"));
    EXPECT_THAT(found("department=" + std::string(centre["id"].as_string())), ElementsAre("陈明")) << "below it too";
    EXPECT_THAT(found("active=false"), IsEmpty());
    EXPECT_EQ(reader().get("/people?role=emperor").status, 422);
    EXPECT_EQ(reader().get("/people?active=perhaps").status, 422);
    EXPECT_EQ(reader().get("/people?department=x").status, 422);
}

TEST_P(PeopleHttpTest, a_list_goes_on_where_its_page_ended) {
    for (int i = 0; i < 5; ++i) staff("person" + std::to_string(i));
    std::vector<std::string> all;
    std::string cursor;
    for (int pages = 0; pages < 10; ++pages) {
        auto const page = reader().get("/people?limit=2" + cursor);
        auto const names = names_in(page);
        all.insert(all.end(), names.begin(), names.end());
        if (page["next"].is_null()) break;
        cursor = "&cursor=" + std::string(page["next"].as_string());
    }
    EXPECT_THAT(all, ElementsAre("manager", "person0", "person1", "person2", "person3", "person4"));
    EXPECT_EQ(reader().get("/people?cursor=x").status, 422);
    EXPECT_EQ(reader().get("/people?limit=201").status, 422);
}

TEST_P(PeopleHttpTest, customers_are_organisations_of_that_kind) {
    auto const school =
        intake().post("/customers", {{"name", "青山学校"}, {"region", "360102"}, {"phone", "0791-86120000"}});
    ASSERT_EQ(school.status, 201) << school.text;
    EXPECT_EQ(school["kind"], "customer");
    EXPECT_EQ(school["region_name"], "南昌市东湖区");
    auto const carrier = intake().post("/organisations", {{"name", "江西移动"}, {"kind", "operator"}});
    EXPECT_EQ(intake().post("/organisations", {{"name", "谁"}}).errors(),
              (std::vector<FieldError>{{"kind", "required"}}));
    EXPECT_EQ(intake().post("/customers", {{"name", "谁"}, {"kind", "operator"}}).status, 422);
    EXPECT_EQ(intake().get("/customers/" + std::string(carrier["id"].as_string())).status, 404);
    EXPECT_THAT(names_in(intake().get("/customers")), ElementsAre("青山学校"));
    EXPECT_THAT(names_in(intake().get("/organisations?kind=operator")), ElementsAre("江西移动"));
    EXPECT_THAT(names_in(intake().get("/organisations?q=8612")), ElementsAre("青山学校"));
    auto const moved =
        intake().with("if-match", school.etag()).patch(path_of("organisations", school), {{"region", "999999"}});
    EXPECT_THAT(moved.errors(), ElementsAre(FieldError{"region", "not-there"}));
}

TEST_P(PeopleHttpTest, an_organisation_shows_its_contacts_and_not_those_who_left) {
    auto const school = intake().post("/customers", {{"name", "青山学校"}});
    manager().post("/people", {{"name", "李老师"}, {"kind", "contact"}, {"organisation", school["id"]}});
    auto const left =
        manager().post("/people", {{"name", "王老师"}, {"kind", "contact"}, {"organisation", school["id"]}});
    manager().with("if-match", left.etag()).patch(path_of("people", left), {{"active", false}});
    EXPECT_THAT(names_in(reader().get(path_of("organisations", school) + "/contacts")), ElementsAre("李老师"));
    EXPECT_EQ(reader().get("/organisations/1/contacts").status, 404);
}

TEST_P(PeopleHttpTest, an_administrator_sets_others_passwords_and_not_their_own) {
    auto const person = staff("chen");
    EXPECT_EQ(manager().post("/people/" + person.str() + "/password", {{"password", "correct horse"}}).status, 204);
    EXPECT_EQ(hashes_.at(person), "hash of chen correct horse");
    EXPECT_EQ(manager().post("/people/" + manager_.str() + "/password", {{"password", "correct horse"}}).code(),
              "people.own-password");
    auto const contact = enter({.name = {"李四"}, .kind = PersonKind::contact});
    EXPECT_EQ(manager().post("/people/" + contact.str() + "/password", {{"password", "correct horse"}}).code(),
              "people.no-login");
}

TEST_P(PeopleHttpTest, a_department_moves_but_not_below_itself) {
    auto const top = manager().post("/departments", {{"name", "客服部"}, {"kind", "department"}});
    auto const group =
        manager().post("/departments", {{"name", "网管组"}, {"kind", "department"}, {"parent", top["id"]}});
    auto const circle =
        manager().with("if-match", top.etag()).patch(path_of("departments", top), {{"parent", group["id"]}});
    EXPECT_THAT(circle.errors(), ElementsAre(FieldError{"parent", "circle"}));
    auto const freed =
        manager().with("if-match", group.etag()).patch(path_of("departments", group), {{"parent", nullptr}});
    EXPECT_TRUE(freed["parent"].is_null());
    EXPECT_EQ(freed.etag(), "\"2\"");
}

}  // namespace
}  // namespace keepword::people
