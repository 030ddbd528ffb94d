#include "domain/place/place.hpp"

#include "embedded/embedded.hpp"
#include "testkit/call_driver.hpp"
#include "testkit/domain_test.hpp"

namespace keepword::place {
namespace {

using storage::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;

class PlaceTest : public testkit::DomainTest {
  protected:
    using As = testkit::CallDriver::As;

    people::Act act() { return {.by = {}, .now = clock_.now(), .ids = ids_}; }
    As intake() { return calls_.as(testkit::caller_with({"customers.read", "customers.manage", "people.read"})); }
    people::OrganisationId organisation(std::string name, std::string phone = "10010") {
        return write([&](Transaction& tx) {
            return people::create_organisation(tx, act(), regions_,
                                               {.name = {name},
                                                .kind = people::OrganisationKind::customer,
                                                .region = json::Text<12>{"360102"},
                                                .phone = json::Text<100>{phone}});
        });
    }
    PersonId contact(std::string name, std::string phone, people::OrganisationId of) {
        return write([&](Transaction& tx) {
            return people::create_person(tx, act(),
                                         {.name = {name},
                                          .kind = people::PersonKind::contact,
                                          .organisation = of,
                                          .phone = json::Text<100>{phone}});
        });
    }
    // "kind name" of what the type-ahead finds, in order.
    std::vector<std::string> looked_up(As const& who, std::string const& query) {
        std::vector<std::string> out;
        auto const answer = who.get("/lookup?q=" + query);
        for (auto const& item : answer["items"].as_array()) {
            out.push_back(std::string(item.at("kind").as_string()) + " " + std::string(item.at("name").as_string()));
        }
        return out;
    }
    static std::string path_of(std::string_view kind, testkit::Answer const& answer) {
        return "/" + std::string(kind) + "/" + std::string(answer["id"].as_string());
    }

    people::RoleBook roles_ = testkit::must(people::RoleBook::load(*embedded::find("data/roles.json")));
    people::RegionBook regions_ = testkit::must(people::RegionBook::load(*embedded::find("data/regions.json")));
    testkit::CallDriver calls_{*database_, clock_, routes(ids_, regions_)};
};
KEEPWORD_ON_BOTH_DATABASES(PlaceTest);

TEST_P(PlaceTest, rights_hold_both_ways_on_every_route) {
    EXPECT_THAT(testkit::broken_rights(calls_, roles_.every_right()), IsEmpty());
}

TEST_P(PlaceTest, a_site_and_its_assets_are_entered_changed_and_found) {
    auto const school = organisation("青山学校");
    auto const site =
        intake().post("/sites", {{"name", "青山学校机房"}, {"organisation", school.str()}, {"region", "360102"}});
    ASSERT_EQ(site.status, 201) << site.text;
    EXPECT_EQ(site["region_name"], "南昌市东湖区");
    EXPECT_EQ(site["organisation"].at("name"), "青山学校");
    auto const server = intake().post("/assets", {{"name", "视频服务器1"},
                                                  {"class", "video-server"},
                                                  {"serial", "VS20260001"},
                                                  {"ip", "10.36.1.5"},
                                                  {"site", site["id"]}});
    ASSERT_EQ(server.status, 201) << server.text;
    EXPECT_EQ(server["class"], "video-server");
    EXPECT_EQ(server["organisation"].at("id"), json::value(json::string(school.str()))) << "the site's";
    auto const names = [&](std::string const& list) {
        auto const found = intake().get(list);
        std::vector<std::string> out;
        for (auto const& item : found["items"].as_array()) out.emplace_back(item.at("name").as_string());
        return out;
    };
    EXPECT_THAT(names("/assets?q=vs2026"), ElementsAre("视频服务器1"));
    EXPECT_THAT(names("/assets?q=10.36"), ElementsAre("视频服务器1"));
    EXPECT_THAT(names("/assets?site=" + std::string(site["id"].as_string())), ElementsAre("视频服务器1"));
    EXPECT_THAT(names("/assets?site=1"), IsEmpty());
    EXPECT_THAT(names("/sites?organisation=" + school.str()), ElementsAre("青山学校机房"));
    EXPECT_EQ(intake().get("/sites?organisation=x").status, 422);
    EXPECT_EQ(intake().patch(path_of("assets", server), {{"ip", nullptr}}).code(), "version.required");
    auto const changed = intake().with("if-match", server.etag()).patch(path_of("assets", server), {{"ip", nullptr}});
    ASSERT_EQ(changed.status, 200) << changed.text;
    EXPECT_TRUE(changed["ip"].is_null());
    EXPECT_EQ(changed["serial"], "VS20260001");
    EXPECT_EQ(intake().with("if-match", server.etag()).patch(path_of("assets", server), {{"ip", nullptr}}).status, 412);
}

TEST_P(PlaceTest, what_is_wrong_with_an_asset_is_said_field_by_field) {
    auto const refused = intake().post("/assets", {{"name", "机器"},
                                                   {"class", "Video Server"},
                                                   {"ip", "10.36.1.500"},
                                                   {"site", "5"},
                                                   {"organisation", "6"},
                                                   {"parent", "7"}});
    EXPECT_THAT(refused.errors(), ElementsAre(FieldError{"class", "word"}, FieldError{"ip", "ip"},
                                              FieldError{"organisation", "not-there"}, FieldError{"site", "not-there"},
                                              FieldError{"parent", "not-there"}));
    EXPECT_THAT(intake().post("/sites", {{"name", " "}}).errors(), ElementsAre(FieldError{"name", "required"}));
    EXPECT_THAT(intake().post("/sites", {{"name", "机房"}, {"region", "999999"}}).errors(),
                ElementsAre(FieldError{"region", "not-there"}));
}

TEST_P(PlaceTest, an_asset_is_never_a_part_of_its_own_part) {
    auto const whole = intake().post("/assets", {{"name", "机柜"}, {"class", "rack"}});
    auto const part = intake().post("/assets", {{"name", "服务器"}, {"class", "server"}, {"parent", whole["id"]}});
    auto const circle =
        intake().with("if-match", whole.etag()).patch(path_of("assets", whole), {{"parent", part["id"]}});
    EXPECT_THAT(circle.errors(), ElementsAre(FieldError{"parent", "circle"}));
    auto const itself =
        intake().with("if-match", whole.etag()).patch(path_of("assets", whole), {{"parent", whole["id"]}});
    EXPECT_THAT(itself.errors(), ElementsAre(FieldError{"parent", "circle"}));
}

TEST_P(PlaceTest, the_type_ahead_finds_everything_by_what_a_caller_says_beginnings_first) {
    auto const school = organisation("南昌青山学校", "0791-86120000");
    contact("青山", "13870001234", school);
    intake().post("/sites", {{"name", "青山路机房"}});
    intake().post("/assets", {{"name", "青山终端"}, {"class", "terminal"}, {"serial", "QS-0001"}, {"ip", "10.0.0.9"}});
    EXPECT_THAT(looked_up(intake(), "%E9%9D%92%E5%B1%B1"),
                ElementsAre("contact 青山", "site 青山路机房", "asset 青山终端", "organisation 南昌青山学校"));
    EXPECT_THAT(looked_up(intake(), "qs-00"), ElementsAre("asset 青山终端"));
    EXPECT_THAT(looked_up(intake(), "10.0.0.9"), ElementsAre("asset 青山终端"));
    EXPECT_THAT(looked_up(intake(), "1387000"), ElementsAre("contact 青山"));
    EXPECT_THAT(looked_up(intake(), "8612"), ElementsAre("organisation 南昌青山学校"));
    EXPECT_THAT(looked_up(intake(), "%E9%9D%92%E5%B1%B1&limit=2"), ElementsAre("contact 青山", "site 青山路机房"));
    EXPECT_THAT(looked_up(intake(), "%20"), IsEmpty());
}

TEST_P(PlaceTest, the_type_ahead_shows_persons_only_to_whoever_may_read_them) {
    contact("青山", "13870001234", organisation("青山学校"));
    auto const places_only = calls_.as(testkit::caller_with({"customers.read"}));
    EXPECT_THAT(looked_up(places_only, "%E9%9D%92%E5%B1%B1"), ElementsAre("organisation 青山学校"));
}

TEST_P(PlaceTest, a_caller_is_found_by_number_with_their_organisation) {
    auto const school = organisation("青山学校", "0791-86120000");
    auto const other = organisation("滕王阁宾馆", "0791-86130000");
    contact("李老师", "13870001234 / 0791-86130000", school);
    auto const caller = [&](std::string const& phone) {
        auto const match = read([&](Transaction& tx) { return find_caller(tx, regions_, phone, clock_.now()); });
        return (match.contact ? match.contact->name : "") + "/" + (match.organisation ? match.organisation->name : "");
    };
    EXPECT_EQ(caller("+86 138 7000 1234"), "李老师/青山学校");
    EXPECT_EQ(caller("86120000"), "/青山学校");
    EXPECT_EQ(caller("079186130000"), "李老师/青山学校") << "the person, where the number is both theirs and a house's";
    EXPECT_EQ(caller("13999999999"), "/");
    EXPECT_EQ(caller(""), "/");
    static_cast<void>(other);
}

TEST_P(PlaceTest, regions_are_listed_with_what_they_lie_in) {
    auto const regions = intake().get("/regions")["items"].as_array();
    ASSERT_GT(regions.size(), 100U);
    EXPECT_EQ(regions[0], json::value({{"code", "360000"}, {"name", "江西省"}, {"parent", nullptr}}));
    EXPECT_EQ(regions[1].at("parent"), "360000");
}

}  // namespace
}  // namespace keepword::place
