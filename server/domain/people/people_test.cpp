#include "domain/people/people_fixture.hpp"

namespace keepword::people {
namespace {

using storage::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using testkit::code_of;
using testkit::must;

class PeopleTest : public PeopleFixture {};
KEEPWORD_ON_BOTH_DATABASES(PeopleTest);

TEST_P(PeopleTest, a_login_is_taken_whatever_its_case_and_width) {
    enter({.name = {"陈明"}, .login = json::Text<64>{"ChenMing"}});
    auto const again = database_->write([&](Transaction& tx) {
        return create_person(tx, act(), {.name = {"陈鸣"}, .login = json::Text<64>{"ｃhenming"}});
    });
    EXPECT_EQ(code_of(again), "people.login-taken");
    EXPECT_TRUE(read([](Transaction& tx) { return person_by_login(tx, " CHENMING "); }));
    EXPECT_FALSE(read([](Transaction& tx) { return person_by_login(tx, "chen"); }));
}

TEST_P(PeopleTest, several_people_may_have_no_login_and_nobody_signs_in_then) {
    enter({.name = {"李四"}, .kind = PersonKind::contact});
    enter({.name = {"王五"}, .kind = PersonKind::contact});
    EXPECT_FALSE(read([](Transaction& tx) { return anybody_signs_in(tx); }));
    staff("zhao");
    EXPECT_TRUE(read([](Transaction& tx) { return anybody_signs_in(tx); }));
}

TEST_P(PeopleTest, everything_wrong_with_a_person_is_said_at_once) {
    auto const refused = database_->write([&](Transaction& tx) {
        return create_person(tx, act(),
                             {.name = {"张三"},
                              .kind = PersonKind::contact,
                              .login = json::Text<64>{"zhangsan"},
                              .department = DepartmentId{99},
                              .organisation = OrganisationId{99},
                              .phone = json::Text<100>{"无"},
                              .email = json::Text<200>{"zhang san@example.com"}});
    });
    std::vector<FieldError> const expected{{"login", "contact-has-none"},
                                           {"department", "not-there"},
                                           {"organisation", "not-there"},
                                           {"phone", "phone"},
                                           {"email", "email"}};
    EXPECT_EQ(refused.error().fields, expected);
}

TEST_P(PeopleTest, a_role_counts_between_its_dates_only) {
    auto const person = staff("chen");
    give(person, NewGrant{.role = {"recorder"}, .from = clock_.now() + hours(1), .until = clock_.now() + hours(2)});
    EXPECT_THAT(roles_of(person), IsEmpty());
    clock_.advance(hours(1));
    EXPECT_THAT(roles_of(person), ElementsAre("recorder"));
    clock_.advance(hours(1));
    EXPECT_THAT(roles_of(person), IsEmpty()) << "the end is no longer in it";
}

TEST_P(PeopleTest, a_deputy_holds_the_role_in_the_others_stead_for_the_time_named) {
    auto const manager = staff("manager");
    auto const deputy = staff("deputy");
    auto const third = staff("third");
    give(manager, NewGrant{.role = {"general-manager"}});
    give(manager, NewGrant{.role = {"recorder"}});
    write([&](Transaction& tx) {
        return name_deputy(tx, act(), roles_, manager,
                           {.deputy = deputy,
                            .role = json::Text<60>{"general-manager"},
                            .from = clock_.now() + hours(1),
                            .until = clock_.now() + hours(3)});
    });
    write([&](Transaction& tx) {
        return name_deputy(tx, act(), roles_, deputy,
                           {.deputy = third, .from = clock_.now(), .until = clock_.now() + hours(9)});
    });
    EXPECT_THAT(roles_of(deputy), IsEmpty());
    clock_.advance(hours(2));
    auto const held = read([&](Transaction& tx) { return held_roles(tx, deputy, clock_.now()); });
    ASSERT_THAT(held, SizeIs(1));
    EXPECT_EQ(held[0].holding.role, "general-manager");
    EXPECT_EQ(held[0].holding.deputy_for, manager);
    EXPECT_EQ(held[0].until, clock_.now() + hours(1));
    EXPECT_THAT(roles_of(third), IsEmpty()) << "a deputy's deputy does not hold it";
    clock_.advance(hours(1));
    EXPECT_THAT(roles_of(deputy), IsEmpty());
}

TEST_P(PeopleTest, holders_are_those_active_now_with_their_deputies) {
    auto const a = staff("aa");
    auto const b = staff("bb");
    auto const c = staff("cc");
    give(a, NewGrant{.role = {"inspector"}, .scope_kind = ScopeKind::region, .scope = json::Text<20>{"360100"}});
    give(b, "inspector");
    write([&](Transaction& tx) {
        return name_deputy(tx, act(), roles_, a, {.deputy = c, .from = clock_.now(), .until = clock_.now() + days(1)});
    });
    auto const names = [&] {
        std::vector<std::string> out;
        for (auto const& holder : read([&](Transaction& tx) { return holders(tx, "inspector", clock_.now()); })) {
            out.push_back(holder.name + " " + holder.holding.scope_kind + " " + holder.holding.scope +
                          (holder.holding.deputy_for ? " for " + holder.holding.deputy_for.str() : ""));
        }
        return out;
    };
    EXPECT_THAT(names(), UnorderedElementsAre("aa region 360100", "bb all ", "cc region 360100 for " + a.str()));
    // Whoever has left takes the deputy along.
    write([&](Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE person SET active = 0 WHERE id = ?", a));
        return {};
    });
    EXPECT_THAT(names(), ElementsAre("bb all "));
}

TEST_P(PeopleTest, nobody_gives_a_role_to_themselves_nor_stands_in_for_others_by_their_own_word) {
    auto const owner = staff("owner");
    auto const other = staff("other");
    give(other, "general-manager");
    auto const grant = database_->write(
        [&](Transaction& tx) { return give_role(tx, act(owner), roles_, regions_, owner, {.role = {"recorder"}}); });
    EXPECT_EQ(code_of(grant), "people.grant-to-oneself");
    auto const deputy = database_->write([&](Transaction& tx) {
        return name_deputy(tx, act(owner), roles_, other,
                           {.deputy = owner, .from = clock_.now(), .until = clock_.now() + days(1)});
    });
    EXPECT_EQ(code_of(deputy), "people.grant-to-oneself");
    EXPECT_THAT(roles_of(owner), IsEmpty());
}

TEST_P(PeopleTest, a_grant_must_make_sense) {
    auto const person = staff("chen");
    auto const wrong = [&](NewGrant const& grant) {
        auto const refused =
            database_->write([&](Transaction& tx) { return give_role(tx, act(), roles_, regions_, person, grant); });
        return refused ? "" : refused.error().fields.front().field + " " + refused.error().fields.front().code;
    };
    auto const scope = [](std::string text) { return json::Text<20>{std::move(text)}; };
    EXPECT_EQ(wrong({.role = {"emperor"}}), "role choice");
    EXPECT_EQ(wrong({.role = {"recorder"}, .scope_kind = ScopeKind::region}), "scope required");
    EXPECT_EQ(wrong({.role = {"recorder"}, .scope_kind = ScopeKind::region, .scope = scope("999999")}),
              "scope not-there");
    EXPECT_EQ(wrong({.role = {"recorder"}, .scope_kind = ScopeKind::department, .scope = scope("5")}),
              "scope not-there");
    EXPECT_EQ(wrong({.role = {"recorder"}, .scope_kind = ScopeKind::all, .scope = scope("5")}), "scope not-there");
    EXPECT_EQ(wrong({.role = {"system-owner"}, .scope_kind = ScopeKind::region, .scope = scope("360100")}),
              "scope_kind unscoped");
    EXPECT_EQ(wrong({.role = {"recorder"}, .until = clock_.now()}), "until order");
    EXPECT_EQ(wrong({.role = {"recorder"}, .from = clock_.now() - days(2), .until = clock_.now() - days(1)}),
              "until past");
}

TEST_P(PeopleTest, a_caller_has_the_rights_of_the_roles_held_now) {
    auto const person = staff("chen");
    give(person, NewGrant{.role = {"acceptance-engineer"}, .until = clock_.now() + hours(1)});
    auto const rights = [&] {
        return read([&](Transaction& tx) { return caller_of(tx, person, clock_.now(), roles_); }).rights;
    };
    EXPECT_THAT(rights(), testing::Contains("hotline.take"));
    clock_.advance(hours(1));
    EXPECT_THAT(rights(), testing::Not(testing::Contains("hotline.take")));
    EXPECT_THAT(rights(), testing::Contains("cases.read"));
}

TEST_P(PeopleTest, who_is_not_active_or_has_no_login_makes_no_calls) {
    auto const contact = enter({.name = {"李四"}, .kind = PersonKind::contact});
    auto const call = [&](PersonId id) {
        return code_of(database_->read([&](Transaction& tx) { return caller_of(tx, id, clock_.now(), roles_); }));
    };
    EXPECT_EQ(call(contact), "session.none");
    EXPECT_EQ(call(PersonId{12345}), "session.none");
}

TEST_P(PeopleTest, a_person_of_an_outside_organisation_has_no_staff_rights) {
    auto const company = write([&](Transaction& tx) {
        return create_organisation(tx, act(), regions_,
                                   {.name = {"赣江装维公司"}, .kind = OrganisationKind::installer});
    });
    auto const person = enter({.name = {"外勤"}, .login = json::Text<64>{"outside"}, .organisation = company});
    EXPECT_THAT(read([&](Transaction& tx) { return caller_of(tx, person, clock_.now(), roles_); }).rights, IsEmpty());
}

TEST_P(PeopleTest, a_number_finds_its_owner_with_and_without_area_code) {
    auto const contact =
        enter({.name = {"李四"}, .kind = PersonKind::contact, .phone = json::Text<100>{"0791-86123456"}});
    auto const colleague = enter({.name = {"同事"}, .phone = json::Text<100>{"86123456 转 2"}});
    auto const organisation = write([&](Transaction& tx) {
        return create_organisation(
            tx, act(), regions_,
            {.name = {"青山学校"}, .kind = OrganisationKind::customer, .phone = json::Text<100>{"0791 86123456"}});
    });
    auto const owners = read([](Transaction& tx) { return owners_of_number(tx, "079186123456"); });
    EXPECT_THAT(owners.persons, ElementsAre(contact, colleague)) << "contacts come first";
    EXPECT_THAT(owners.organisations, ElementsAre(organisation));
    EXPECT_THAT(read([](Transaction& tx) { return owners_of_number(tx, "86123450"); }).persons, IsEmpty());
    EXPECT_THAT(read([](Transaction& tx) { return owners_of_number(tx, "未知"); }).persons, IsEmpty());
}

TEST_P(PeopleTest, names_that_begin_with_what_is_typed_come_first) {
    auto const add = [&](std::string name) {
        write([&](Transaction& tx) {
            return create_organisation(tx, act(), regions_, {.name = {name}, .kind = OrganisationKind::customer});
        });
    };
    add("江西青云学校");
    add("青云宾馆");
    add("100%满意_公司");
    std::vector<std::string> names;
    for (auto const& o : read([&](Transaction& tx) { return find_organisations(tx, regions_, "青云", 10); })) {
        names.push_back(o.name);
    }
    EXPECT_THAT(names, ElementsAre("青云宾馆", "江西青云学校"));
    EXPECT_THAT(read([&](Transaction& tx) { return find_organisations(tx, regions_, "%", 10); }), SizeIs(1))
        << "a per cent sign is one, not everything";
    EXPECT_THAT(read([&](Transaction& tx) { return find_organisations(tx, regions_, "学校　江西", 10); }), SizeIs(1))
        << "parts in any order, whatever blank is between";
}

TEST_P(PeopleTest, a_department_does_not_stand_below_itself_and_its_name_is_its_own) {
    auto const add = [&](NewDepartment const& in) {
        return database_->write([&](Transaction& tx) { return create_department(tx, act(), in); });
    };
    auto const centre = must(add({.name = {"用户服务中心"}, .kind = DepartmentKind::centre}));
    auto const service = must(add({.name = {"客服部"}, .parent = centre}));
    EXPECT_EQ(code_of(add({.name = {"客服部"}, .parent = centre})), "people.name-taken");
    EXPECT_EQ(code_of(add({.name = {"研发中心"}, .kind = DepartmentKind::centre, .parent = service})), "input.invalid");
    EXPECT_TRUE(add({.name = {"客服部"}, .parent = service})) << "elsewhere the name is free";
}

}  // namespace
}  // namespace keepword::people
