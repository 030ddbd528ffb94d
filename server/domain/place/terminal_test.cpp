#include "domain/place/terminal.hpp"

#include "domain/place/place.hpp"
#include "embedded/embedded.hpp"
#include "testkit/call_driver.hpp"
#include "testkit/domain_test.hpp"

namespace keepword::place {
namespace {

using storage::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;

class TerminalTest : public testkit::DomainTest {
  protected:
    using As = testkit::CallDriver::As;
    As intake() { return calls_.as(testkit::caller_with({"customers.read", "customers.manage", "people.read"})); }
    people::Act act() { return {.by = {}, .now = clock_.now(), .ids = ids_}; }
    // The serial numbers of a list, in order.
    std::vector<std::string> serials(std::string const& query) {
        auto const answer = intake().get("/terminals?" + query);
        EXPECT_EQ(answer.status, 200) << answer.text;
        std::vector<std::string> out;
        for (auto const& item : answer["items"].as_array()) out.emplace_back(item.at("serial").as_string());
        return out;
    }
    testkit::Answer enter(json::object const& terminal) { return intake().post("/terminals", terminal); }

    people::RegionBook regions_ = testkit::must(people::RegionBook::load(*embedded::find("data/regions.json")));
    testkit::CallDriver calls_{*database_, clock_, routes(ids_, regions_)};
};
KEEPWORD_ON_BOTH_DATABASES(TerminalTest);

TEST_P(TerminalTest, one_is_entered_changed_and_found_by_what_its_user_says) {
    auto const made = enter({{"serial", "STB 00-36A"},
                             {"customer_name", "李小明"},
                             {"phone", "0791-86123456"},
                             {"address", "叠山路1号"},
                             {"region", "360102"},
                             {"installed_on", "2026-11-23"}});
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made["kind"], "set-top-box");
    EXPECT_EQ(made["state"], "in-use");
    EXPECT_EQ(made["region_name"], "南昌市东湖区");
    EXPECT_EQ(made["installed_on"], "2026-11-23");
    for (char const* q : {"q=stb00", "q=李小", "q=0791-8612", "q=86123456", "q=6123456", "region=360100",
                          "state=in-use", "kind=set-top-box", "q=STB%2000-36a&state=in-use"}) {
        EXPECT_THAT(serials(q), ElementsAre("STB 00-36A")) << q;
    }
    for (char const* q : {"q=小明", "q=36A", "q=1234", "region=360400", "state=removed", "kind=router"})
        EXPECT_THAT(serials(q), IsEmpty()) << q;
    EXPECT_EQ(intake().get("/terminals?state=nowhere").status, 422);
    EXPECT_EQ(intake().get("/terminals?region=999999").status, 422);

    auto const path = "/terminals/" + std::string(made["id"].as_string());
    auto const changed =
        intake().with("if-match", made.etag()).patch(path, {{"phone", "13870001234"}, {"state", "suspended"}});
    ASSERT_EQ(changed.status, 200) << changed.text;
    EXPECT_THAT(serials("q=86123456"), IsEmpty()) << "the old number is nobody's";
    EXPECT_THAT(serials("q=1387000"), ElementsAre("STB 00-36A"));
    EXPECT_EQ(intake().with("if-match", made.etag()).patch(path, {{"state", "removed"}}).status, 412);
}

TEST_P(TerminalTest, a_serial_number_is_one_terminals_however_it_is_written) {
    ASSERT_EQ(enter({{"serial", "AB 12"}}).status, 201);
    EXPECT_EQ(enter({{"serial", "ａｂ12"}}).code(), "place.serial-taken");
    EXPECT_EQ(enter({{"serial", " "}}).status, 422);
    EXPECT_EQ(enter({{"serial", "C1"}, {"phone", "12"}}).status, 422);
    EXPECT_EQ(enter({{"serial", "C1"}, {"organisation", "77"}}).status, 422);
    EXPECT_EQ(enter({{"serial", "C1"}, {"installed_on", "2026-02-30"}}).status, 422);
}

TEST_P(TerminalTest, the_type_ahead_finds_terminals_and_a_caller_is_no_terminal) {
    ASSERT_EQ(enter({{"serial", "T-1"}, {"customer_name", "王强"}, {"phone", "13900001111"}}).status, 201);
    auto const found = intake().get("/lookup?q=1390000");
    ASSERT_EQ(found["items"].as_array().size(), 1U) << found.text;
    EXPECT_EQ(found["items"].at(0).at("kind"), "terminal");
    EXPECT_EQ(found["items"].at(0).at("customer_name"), "王强");
    auto const owners = read([](Transaction& tx) { return people::owners_of_number(tx, "13900001111"); });
    EXPECT_THAT(owners.persons, IsEmpty());
    EXPECT_THAT(owners.organisations, IsEmpty()) << "whoever has a terminal is no organisation";
}

TEST_P(TerminalTest, many_come_at_once_and_pages_do_not_overlap) {
    std::vector<TerminalRecord> many;
    for (int i = 0; i < 350; ++i) {
        TerminalRecord one{.id = ids_.next<TerminalTag>(), .serial = "M" + std::to_string(1000 + i)};
        one.customer_name = "用户" + std::to_string(i % 7);
        one.phone = "1380000" + std::to_string(1000 + i) + " / 07911234567";
        many.push_back(std::move(one));
    }
    write([&](Transaction& tx) -> Result<bool> {
        TRY(add_terminals(tx, many));
        return true;
    });
    auto const first = intake().get("/terminals?limit=200");
    EXPECT_EQ(first["items"].as_array().size(), 200U);
    auto const rest = intake().get("/terminals?limit=200&cursor=" + std::string(first["next"].as_string()));
    EXPECT_EQ(rest["items"].as_array().size(), 150U);
    EXPECT_EQ(serials("q=M12&limit=200").size(), 100U);
    EXPECT_EQ(serials("q=用户3&limit=200").size(), 50U);
    EXPECT_EQ(serials("q=13800001007").size(), 1U);
    auto const kept = read([&](Transaction& tx) { return terminals_of(tx, {"m1003", "m1004", "x"}); });
    EXPECT_EQ(kept.size(), 2U);
    auto after = many[3];
    EXPECT_FALSE(write([&](Transaction& tx) { return replace_terminal(tx, act(), many[3], after); }));
    after.note = "换过电源";
    EXPECT_TRUE(write([&](Transaction& tx) { return replace_terminal(tx, act(), many[3], after); }));
}

}  // namespace
}  // namespace keepword::place
