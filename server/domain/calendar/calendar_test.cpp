#include "domain/calendar/calendar.hpp"

#include "domain/people/people.hpp"
#include "embedded/embedded.hpp"
#include "engine/audit/audit.hpp"
#include "testkit/call_driver.hpp"
#include "testkit/domain_test.hpp"

namespace keepword::calendars {
namespace {

using storage::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using testkit::code_of;

class CalendarsTest : public testkit::DomainTest {
  protected:
    using As = testkit::CallDriver::As;

    CalendarsTest() { seed_again(); }
    void seed_again() {
        write([](Transaction& tx) { return seed(tx, files_below("data/calendars/"), files_below("data/holidays/")); });
    }
    As admin() { return calls_.as(testkit::caller_with({"calendars.manage", "calendars.read"}, PersonId{7})); }
    Instant due(std::string const& key, std::string_view from, std::string_view length) {
        return read([&](Transaction& tx) -> Result<Instant> {
            auto const calendar = TRY(calendars_.load(tx, key));
            return calendar->due(*Instant::parse(from), *calendar::Length::parse(length));
        });
    }
    using Hours = std::vector<std::vector<std::string>>;  // {{"09:00", "12:00"}, …}
    // A week of seven equal days.
    static json::value week(Hours const& hours) {
        std::map<std::string, Hours> out;
        for (int day = 1; day <= 7; ++day) out[std::to_string(day)] = hours;
        return json::encode(out);
    }

    Calendars calendars_;
    std::vector<std::string> told_;  // which calendars' deadlines may have moved, by whom
    Result<std::int64_t> hook_answer_ = 3;
    Changed changed_ = [this](Transaction& tx, Instant, PersonId by, std::string const& key) -> Result<std::int64_t> {
        TRY(calendars_.load(tx, key));  // as the slice that recomputes deadlines does
        told_.push_back(key + " by " + by.str());
        return hook_answer_;
    };
    testkit::CallDriver calls_{*database_, clock_, routes(calendars_, changed_)};
};
KEEPWORD_ON_BOTH_DATABASES(CalendarsTest);

TEST_P(CalendarsTest, rights_hold_both_ways_on_every_route) {
    auto const roles = testkit::must(people::RoleBook::load(*embedded::find("data/roles.json")));
    EXPECT_THAT(testkit::broken_rights(calls_, roles.every_right()), IsEmpty());
}

TEST_P(CalendarsTest, a_new_centre_has_the_calendars_and_years_that_come_with_the_program) {
    auto const list = admin().get("/calendars");
    std::vector<std::string> keys;
    for (auto const& item : list["items"].as_array()) keys.emplace_back(item.at("key").as_string());
    EXPECT_THAT(keys, UnorderedElementsAre("office", "duty"));
    auto const year = admin().get("/holidays/2026");
    EXPECT_EQ(year["off"].at(1).at("name_zh"), "春节");
    EXPECT_EQ(year["work"].at(0), "2026-01-04");
    EXPECT_EQ(year.etag(), "\"1\"");
    EXPECT_EQ(admin().get("/holidays")["items"].at(0), json::value({{"year", 2024}, {"version", 1}}));
    EXPECT_EQ(due("office", "2026-02-13T09:00:00Z", "P1D"), *Instant::parse("2026-02-14T09:30:00Z"))
        << "the Saturday before Spring Festival is worked";
}

TEST_P(CalendarsTest, what_an_administrator_changed_is_not_seeded_over) {
    auto const office = admin()
                            .with("if-match", "\"1\"")
                            .put("/calendars/office",
                                 {{"name_zh", "办公"}, {"name_en", "Office"}, {"week", week({{"09:00", "18:00"}})}});
    ASSERT_EQ(office.status, 200) << office.text;
    EXPECT_EQ(office.etag(), "\"2\"");
    seed_again();
    EXPECT_EQ(due("office", "2026-03-02T01:00:00Z", "PT9H"), *Instant::parse("2026-03-02T10:00:00Z"));
}

TEST_P(CalendarsTest, a_change_is_versioned_audited_and_told_to_whoever_computes_deadlines) {
    json::value const body{{"name_zh", "办公日历"}, {"name_en", "Office"}, {"week", week({{"09:00", "12:00"}})}};
    EXPECT_EQ(admin().put("/calendars/office", body).code(), "version.required");
    EXPECT_EQ(admin().with("if-match", "\"9\"").put("/calendars/office", body).status, 412);
    EXPECT_EQ(admin().with("if-match", "\"1\"").put("/calendars/none", body).status, 404);
    EXPECT_THAT(told_, IsEmpty());
    EXPECT_EQ(admin().with("if-match", "\"1\"").put("/calendars/office", body).status, 200);
    EXPECT_THAT(told_, ElementsAre("office by 7"));
    auto const entries = read([](Transaction& tx) { return audit::entries(tx, audit::system_chain, 0, 10); });
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].action, "calendar.changed");
    EXPECT_EQ(entries[0].actor, "7");
    auto const data = testkit::must(json::parse(entries[0].data));
    EXPECT_EQ(data.at("old").at("week").at("1").at(0).at(0), "08:30");
    EXPECT_EQ(data.at("new").at("week").at("1").at(0).at(0), "09:00");
}

TEST_P(CalendarsTest, a_change_that_the_deadlines_cannot_follow_is_taken_back_and_not_remembered) {
    // Fills the cache inside of the transaction that fails, with version 2 of hours that never come to be.
    hook_answer_ = fail(Kind::conflict, "calendar.too-far");
    auto const change = [&](char const* opens) {
        return admin()
            .with("if-match", "\"1\"")
            .put("/calendars/office", {{"name_zh", "办公"}, {"name_en", "Office"}, {"week", week({{opens, "24:00"}})}});
    };
    EXPECT_EQ(change("10:00").status, 409);
    EXPECT_EQ(due("office", "2026-03-02T00:00:00Z", "PT1H"), *Instant::parse("2026-03-02T01:30:00Z")) << "as before";
    hook_answer_ = 3;
    EXPECT_EQ(change("11:00").status, 200);
    EXPECT_EQ(due("office", "2026-03-02T00:00:00Z", "PT1H"), *Instant::parse("2026-03-02T04:00:00Z"));
}

TEST_P(CalendarsTest, hours_that_make_no_sense_are_refused) {
    auto const refused = [&](Hours const& hours) {
        return admin()
            .with("if-match", "\"1\"")
            .put("/calendars/office", {{"name_zh", "办公"}, {"name_en", "Office"}, {"week", week(hours)}});
    };
    std::vector<Hours> const senseless{
        {{"12:00", "08:00"}}, {{"08:00", "25:00"}}, {{"08:00", "12:00"}, {"11:00", "13:00"}}, {{"08:00"}}};
    for (auto const& hours : senseless) {
        auto const answer = refused(hours);
        EXPECT_EQ(answer.status, 422) << answer.text;
        ASSERT_EQ(answer.errors().size(), 1U);
        EXPECT_EQ(answer.errors()[0].code, "hours");
    }
    auto const nameless = admin()
                              .with("if-match", "\"1\"")
                              .put("/calendars/office", {{"name_zh", " "}, {"name_en", "x"}, {"week", week({})}});
    EXPECT_THAT(nameless.errors(), ElementsAre(FieldError{"name_zh", "hours"}));
}

TEST_P(CalendarsTest, next_years_holidays_are_entered_when_they_are_published) {
    auto const before = due("office", "2026-12-31T02:00:00Z", "P1D");
    json::value const body{
        {"source", "国务院办公厅通知"},
        {"off", json::array{json::object{
                    {"from", "2027-01-01"}, {"to", "2027-01-03"}, {"name_zh", "元旦"}, {"name_en", "New Year"}}}},
        {"work", json::array{"2027-02-20"}}};
    EXPECT_EQ(admin().with("if-match", "\"1\"").put("/holidays/2027", body).status, 412) << "there is no version 1 yet";
    auto const made = admin().put("/holidays/2027", body);
    ASSERT_EQ(made.status, 200) << made.text;
    EXPECT_EQ(made.etag(), "\"1\"");
    EXPECT_THAT(told_, ElementsAre("office by 7")) << "duty works through holidays";
    EXPECT_LT(before, due("office", "2026-12-31T02:00:00Z", "P1D"));
    EXPECT_EQ(admin().put("/holidays/2027", body).code(), "version.required");
    EXPECT_EQ(admin().with("if-match", "\"1\"").put("/holidays/2027", body).etag(), "\"2\"");
    EXPECT_EQ(admin().get("/holidays/2031").status, 404);
    EXPECT_EQ(admin().put("/holidays/1999", body).status, 422);
}

TEST_P(CalendarsTest, days_that_no_notice_would_name_are_refused) {
    auto const errors = [&](json::array const& off, json::array const& work) {
        return admin().put("/holidays/2027", {{"off", off}, {"work", work}}).errors();
    };
    auto const off = [](char const* from, char const* to) {
        return json::object{{"from", from}, {"to", to}, {"name_zh", "节"}, {"name_en", "Day"}};
    };
    EXPECT_THAT(errors({off("2027-05-01", "2027-05-05"), off("2027-05-05", "2027-05-06")}, {}),
                ElementsAre(FieldError{"off.1.from", "overlap"}));
    EXPECT_THAT(errors({off("2027-05-02", "2027-05-03"), off("2027-05-01", "2027-05-05")}, {}),
                ElementsAre(FieldError{"off.1.from", "overlap"}));
    EXPECT_THAT(errors({off("2027-05-01", "2027-05-05")}, {"2027-05-02", "2027-05-11"}),
                ElementsAre(FieldError{"work.0", "overlap"}, FieldError{"work.1", "weekend"}));
    EXPECT_THAT(errors({off("2027-05-05", "2027-05-01")}, {}), ElementsAre(FieldError{"off.0.to", "order"}));
    EXPECT_THAT(errors({off("2029-05-01", "2029-05-02")}, {}), ElementsAre(FieldError{"off.0.from", "year"}));
}

TEST_P(CalendarsTest, a_preview_says_why_step_by_step) {
    auto const asked =
        admin().post("/calendars/office/preview", {{"from", "2026-02-13T09:00:00Z"}, {"length", "PT1H"}});
    ASSERT_EQ(asked.status, 200) << asked.text;
    EXPECT_EQ(asked["due"], "2026-02-14T01:00:00.000Z")
        << "half an hour on Friday, half an hour on the shifted Saturday";
    EXPECT_EQ(asked["length"], "PT1H");
    EXPECT_EQ(asked["calendar"], "office");
    EXPECT_EQ(asked["complete"], true);
    std::vector<std::string> kinds;
    std::int64_t counted = 0;
    for (auto const& step : asked["steps"].as_array()) {
        kinds.emplace_back(step.at("kind").as_string());
        counted += step.at("counted_ms").as_int64();
    }
    EXPECT_THAT(kinds, ElementsAre("work", "night", "shifted-workday"));
    EXPECT_EQ(counted, hours(1).ms);
    auto const festival =
        admin().post("/calendars/office/preview", {{"from", "2026-02-14T09:00:00Z"}, {"length", "PT1H"}});
    EXPECT_NE(festival.text.find(R"("kind":"holiday","name_zh":"春节")"), std::string::npos) << festival.text;
}

TEST_P(CalendarsTest, a_preview_into_a_year_not_yet_published_says_so) {
    auto const asked =
        admin().post("/calendars/office/preview", {{"from", "2027-03-05T09:00:00Z"}, {"length", "PT1H"}});
    ASSERT_EQ(asked.status, 200) << asked.text;
    EXPECT_EQ(asked["complete"], false);
    EXPECT_NE(asked.text.find(R"("kind":"unpublished")"), std::string::npos) << "the weekend might be worked";
    EXPECT_EQ(
        admin().post("/calendars/duty/preview", {{"from", "2027-03-05T09:00:00Z"}, {"length", "PT1H"}})["complete"],
        true);
    EXPECT_THAT(
        admin().post("/calendars/office/preview", {{"from", "2027-03-05T09:00:00Z"}, {"length", "soon"}}).errors(),
        ElementsAre(FieldError{"length", "length"}));
    EXPECT_EQ(admin().post("/calendars/none/preview", {{"from", "2027-03-05T09:00:00Z"}, {"length", "P1D"}}).status,
              404);
}

TEST_P(CalendarsTest, a_parsed_calendar_is_kept_as_long_as_its_data_stays) {
    auto const load = [&] { return read([&](Transaction& tx) { return calendars_.load(tx, "office"); }); };
    auto const first = load();
    EXPECT_EQ(load(), first);
    admin().put("/holidays/2027", {{"off", json::array{}}, {"work", json::array{}}});
    EXPECT_NE(load(), first);
    EXPECT_EQ(code_of(database_->read([&](Transaction& tx) { return calendars_.load(tx, "none"); })),
              "calendar.unknown");
}

TEST_P(CalendarsTest, a_file_shows_what_it_changes_and_is_taken_whole_or_not_at_all) {
    std::string const text =
        R"([{"year":2026,"off":[{"from":"2026-01-01","to":"2026-01-02","name":{"zh":"元旦","en":"New Year"}}],"work":[]},
            {"year":2027,"source":"通知","off":[{"from":"2027-01-01","to":"2027-01-03","name":{"zh":"元旦","en":"New Year"}}],
             "work":["2027-01-09"]}])";
    auto const shown = admin().post("/holidays/import/preview", {{"text", text}});
    ASSERT_EQ(shown.status, 200) << shown.text;
    EXPECT_EQ(shown["format"], "json");
    auto const& fresh = shown["years"].at(1);
    EXPECT_EQ(fresh.at("version"), 0);
    EXPECT_EQ(fresh.at("days_off"), 3);
    EXPECT_EQ(fresh.at("missing").as_array().size(), 6U);
    EXPECT_EQ(fresh.at("changes").as_array().size(), 4U);
    EXPECT_EQ(fresh.at("changes").at(3), json::value({{"day", "2027-01-09"},
                                                      {"before", "weekend"},
                                                      {"after", "shifted-workday"},
                                                      {"name_zh", nullptr},
                                                      {"name_en", nullptr}}));
    auto const& known = shown["years"].at(0);
    EXPECT_EQ(known.at("version"), 1);
    EXPECT_EQ(known.at("changes").at(0).at("before"), "holiday");
    EXPECT_EQ(known.at("changes").at(0).at("after"), "weekend");
    EXPECT_THAT(told_, IsEmpty());

    auto const take = [&](json::array years) {
        return admin().post("/holidays/import", {{"text", text}, {"years", std::move(years)}});
    };
    auto const year = [](int number, int version) { return json::object{{"year", number}, {"version", version}}; };
    EXPECT_EQ(take({year(2027, 0), year(2026, 7)}).status, 412);
    EXPECT_EQ(admin().get("/holidays/2027").status, 404) << "nothing of it is kept";
    EXPECT_EQ(take({}).errors()[0].code, "required");
    EXPECT_EQ(take({year(2028, 0)}).errors()[0].code, "unknown");
    EXPECT_EQ(take({year(2027, 0), year(2027, 0)}).errors()[0].code, "twice");
    EXPECT_THAT(told_, IsEmpty());

    auto const taken = take({year(2027, 0)});
    ASSERT_EQ(taken.status, 200) << taken.text;
    EXPECT_EQ(taken["moved"], 3) << "as many as the hook says";
    EXPECT_THAT(told_, ElementsAre("office by 7"));
    EXPECT_EQ(admin().get("/holidays/2027")["source"], "通知");
    EXPECT_EQ(admin().get("/holidays/2026").etag(), "\"1\"") << "was not asked for";
    EXPECT_EQ(take({year(2027, 0)}).status, 412) << "somebody has entered it meanwhile";
    auto const entries = read([](Transaction& tx) { return audit::entries(tx, audit::system_chain, 0, 10); });
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].action, "holidays.imported");
    EXPECT_EQ(admin().post("/holidays/import/preview", {{"text", text}})["years"].at(1).at("changes"), json::array());
}

}  // namespace
}  // namespace keepword::calendars
