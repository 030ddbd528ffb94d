#include "domain/people/roles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/people/regions.hpp"
#include "testkit/domain_test.hpp"

namespace keepword::people {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testkit::must;

constexpr std::string_view small_book = R"({"rights": {"signed-in": ["people.read", "cases.read"]}, "roles": [
    {"key": "system-owner", "zh": "系统管理员", "en": "System owner", "rights": ["people.manage"], "unscoped": true},
    {"key": "recorder", "zh": "投诉记录员", "en": "Recorder", "rights": ["cases.read", "cases.create"]},
    {"key": "other-centre", "zh": "相关中心接口人", "en": "Other centre", "rights": ["cases.one"], "outside": true}]})";

TEST(RoleBook, rights_are_the_sorted_union_of_staff_and_roles) {
    auto const book = must(RoleBook::load(small_book));
    EXPECT_THAT(book.rights_of({{.role = "recorder"}, {.role = "system-owner"}, {.role = "recorder"}}, false),
                ElementsAre("cases.create", "cases.read", "people.manage", "people.read"));
    EXPECT_THAT(book.rights_of({}, false), ElementsAre("cases.read", "people.read"));
}

TEST(RoleBook, kinds_are_closed_only_where_the_file_says_so) {
    EXPECT_THAT(must(RoleBook::load(small_book)).closed_kinds(), IsEmpty());
    auto const ours = must(RoleBook::load(*embedded::find("data/roles.json")));
    EXPECT_THAT(ours.closed_kinds(), testing::IsSupersetOf({"complaint", "leak"}));
}

TEST(RoleBook, who_is_from_outside_has_only_what_the_role_gives) {
    auto const book = must(RoleBook::load(small_book));
    EXPECT_THAT(book.rights_of({{.role = "other-centre"}}, false), ElementsAre("cases.one"));
    EXPECT_THAT(book.rights_of({}, true), IsEmpty()) << "a person of an outside organisation";
}

TEST(RoleBook, a_role_for_a_region_brings_no_right_over_the_whole_centre) {
    auto const book = testkit::must(RoleBook::load(R"({"rights": {"signed-in": []}, "whole": ["cases.all"], "roles": [
        {"key": "system-owner", "zh": "主", "en": "Owner", "rights": []},
        {"key": "manager", "zh": "经理", "en": "Manager", "rights": ["cases.all", "cases.create"]}]})"));
    EXPECT_THAT(book.rights_of({{.role = "manager"}}, false), ElementsAre("cases.all", "cases.create"));
    for (auto const* kind : {"region", "organisation"}) {
        EXPECT_THAT(book.rights_of({{.role = "manager", .scope_kind = kind, .scope = "360400"}}, false),
                    ElementsAre("cases.create"));
    }
}

TEST(RoleBook, standing_in_for_somebody_outside_takes_nothing_away) {
    auto const book = must(RoleBook::load(small_book));
    EXPECT_THAT(book.rights_of({{.role = "other-centre", .deputy_for = PersonId{7}}}, false),
                ElementsAre("cases.one", "cases.read", "people.read"));
}

TEST(RoleBook, a_role_that_is_not_in_the_book_gives_nothing) {
    auto const book = must(RoleBook::load(small_book));
    EXPECT_THAT(book.rights_of({{.role = "emperor"}}, true), IsEmpty());
}

TEST(RoleBook, a_broken_file_is_refused) {
    EXPECT_FALSE(RoleBook::load("[]"));
    EXPECT_FALSE(RoleBook::load(R"({"rights": {}, "roles": []})")) << "somebody must be able to give roles";
    std::string twice(small_book);
    twice.replace(twice.find("recorder"), 8, "system-owner");
    EXPECT_EQ(testkit::code_of(RoleBook::load(twice)), "roles.invalid");
}

TEST(RegionBook, a_region_lies_in_its_city_and_province) {
    auto const book = must(RegionBook::load(
        R"({"province": {"code": "360000", "name": "江西省"}, "cities": [{"code": "360100", "name": "南昌市",
            "counties": [{"code": "360102", "name": "东湖区"}]}]})"));
    EXPECT_TRUE(book.within("360102", "360100"));
    EXPECT_TRUE(book.within("360102", "360000"));
    EXPECT_TRUE(book.within("360100", "360100"));
    EXPECT_FALSE(book.within("360100", "360102"));
    EXPECT_FALSE(book.within("999999", "360000"));
    EXPECT_EQ(book.full_name("360102"), "南昌市东湖区");
    EXPECT_EQ(book.full_name("360100"), "南昌市");
    EXPECT_EQ(book.full_name("1"), "");
}

TEST(RegionBook, a_file_without_a_name_is_refused) {
    EXPECT_EQ(testkit::code_of(RegionBook::load(R"({"province": {"code": "360000"}, "cities": []})")),
              "regions.invalid");
}

}  // namespace
}  // namespace keepword::people
