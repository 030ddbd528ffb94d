#include "domain/access/access_fixture.hpp"

#include <chrono>
#include <thread>

#include "engine/audit/audit.hpp"

namespace keepword::access {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

KEEPWORD_ON_BOTH_DATABASES(AccessTest);

TEST_P(AccessTest, who_signs_in_is_known_from_then_on) {
    enter("chen");
    auto const answer = sign_in(" CHEN ");
    ASSERT_EQ(answer.status, 200) << answer.text;
    EXPECT_EQ(answer["me"].at("login"), "chen");
    auto const set = std::string(api::header(answer.headers, "set-cookie"));
    EXPECT_THAT(set, testing::StartsWith("keepword="));
    for (auto const* part : {"; HttpOnly", "; SameSite=Strict", "; Path=/"}) EXPECT_THAT(set, testing::HasSubstr(part));
    auto const again = calls_.nobody().with("cookie", "other=1; " + cookie(answer)).get("/session");
    EXPECT_EQ(again["csrf"], answer["csrf"]);
    EXPECT_EQ(again["me"], answer["me"]);
    EXPECT_EQ(calls_.nobody().get("/session").code(), "session.none");
}

TEST_P(AccessTest, over_tls_only_the_cookie_that_no_neighbour_can_plant_counts) {
    enter("chen");
    calls_.set_secure(true);
    auto const answer = sign_in("chen");
    auto const set = std::string(api::header(answer.headers, "set-cookie"));
    EXPECT_THAT(set, testing::StartsWith("__Host-keepword="));
    EXPECT_THAT(set, testing::HasSubstr("; Secure"));
    EXPECT_EQ(browser(answer).get("/session").status, 200);
    auto const planted = "keepword=" + cookie(answer).substr(cookie(answer).find('=') + 1);
    EXPECT_EQ(calls_.nobody().with("cookie", planted).get("/session").status, 401);
}

TEST_P(AccessTest, a_wrong_login_and_a_wrong_password_are_told_alike) {
    enter("chen");
    auto const wrong_password = sign_in("chen", "wrong horse");
    auto const wrong_login = sign_in("nobody");
    EXPECT_EQ(wrong_password.status, 401);
    EXPECT_EQ(wrong_password.text, wrong_login.text);
    EXPECT_EQ(wrong_password.code(), "session.wrong");
}

TEST_P(AccessTest, a_change_needs_the_csrf_token_and_a_program_needs_none) {
    auto const person = enter("chen");
    auto const answer = sign_in("chen");
    auto const without = calls_.nobody().with("cookie", cookie(answer));
    EXPECT_EQ(without.patch("/me", {{"locale", "en"}}).code(), "csrf.missing");
    EXPECT_EQ(without.with("x-csrf-token", "x").patch("/me", {{"locale", "en"}}).code(), "csrf.missing");
    EXPECT_EQ(browser(answer).patch("/me", {{"locale", "en"}})["locale"], "en");
    EXPECT_EQ(program(new_token(person)).patch("/me", {{"locale", "zh"}})["locale"], "zh");
}

TEST_P(AccessTest, a_session_ends_after_twelve_idle_hours_and_lives_on_while_it_is_used) {
    enter("chen");
    auto const answer = sign_in("chen");
    // Being seen is noted by a writer afterwards, for which no caller waits; the test does.
    auto const noted = [&] {
        auto const seen = read([](Transaction& tx) { return tx.one("SELECT seen_at FROM browser_session"); });
        return seen->instant(0) == clock_.now();
    };
    auto const settle = [&] {
        for (auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
             !noted() && std::chrono::steady_clock::now() < end;) {
            std::this_thread::yield();
        }
    };
    for (int i = 0; i < 28; ++i) {
        clock_.advance({hours(12).ms - 1});
        EXPECT_EQ(browser(answer).get("/session").status, 200) << i;
        settle();
    }
    clock_.advance(seconds(1));
    EXPECT_EQ(browser(answer).get("/session").code(), "session.ended") << "fourteen days are over";
    auto const second = sign_in("chen");
    clock_.advance(hours(12));
    EXPECT_EQ(browser(second).get("/session").code(), "session.ended") << "twelve hours without a request";
}

TEST_P(AccessTest, signing_out_ends_the_session_and_clears_the_cookie) {
    enter("chen");
    auto const answer = sign_in("chen");
    auto const out = browser(answer).remove("/session");
    EXPECT_EQ(out.status, 204);
    EXPECT_THAT(std::string(api::header(out.headers, "set-cookie")), testing::HasSubstr("keepword=; "));
    EXPECT_EQ(browser(answer).get("/session").status, 401);
}

TEST_P(AccessTest, signing_in_again_ends_the_browsers_former_session) {
    enter("chen");
    auto const first = sign_in("chen");
    auto const second = browser(first).post("/session", {{"login", "chen"}, {"password", password}});
    EXPECT_EQ(second.status, 200);
    EXPECT_EQ(browser(first).get("/session").status, 401);
    EXPECT_EQ(browser(second).get("/session").status, 200);
}

TEST_P(AccessTest, one_sees_where_one_is_signed_in_and_ends_it_but_not_others_sessions) {
    enter("chen");
    enter("li");
    auto const here = sign_in("chen");
    auto const there =
        calls_.nobody().with("user-agent", "Firefox").post("/session", {{"login", "chen"}, {"password", password}});
    auto const others = sign_in("li");
    auto const list = browser(here).get("/me/sessions");
    ASSERT_THAT(list["items"].as_array(), SizeIs(2));
    std::string other_id;
    for (auto const& item : list["items"].as_array()) {
        if (item.at("current").as_bool()) continue;
        other_id = item.at("id").as_string();
        EXPECT_EQ(item.at("agent"), "Firefox");
    }
    EXPECT_EQ(browser(others).remove("/me/sessions/" + other_id).status, 404);
    EXPECT_EQ(browser(here).remove("/me/sessions/" + other_id).status, 204);
    EXPECT_EQ(browser(there).get("/session").status, 401);
    EXPECT_EQ(browser(here).get("/session").status, 200);
}

TEST_P(AccessTest, a_changed_password_ends_all_other_sessions) {
    enter("chen");
    auto const here = sign_in("chen");
    auto const there = sign_in("chen");
    auto const change = [&](std::string_view current, std::string_view next) {
        return browser(here).post("/me/password", {{"current", current}, {"next", next}});
    };
    EXPECT_EQ(change("wrong", "battery staple").code(), "password.wrong");
    EXPECT_THAT(change(password, "short").errors(), ElementsAre(FieldError{"next", "password-short"}));
    EXPECT_THAT(change(password, password).errors(), ElementsAre(FieldError{"next", "password-same"}));
    EXPECT_EQ(change(password, "battery staple").status, 204);
    EXPECT_EQ(browser(here).get("/session").status, 200);
    EXPECT_EQ(browser(there).get("/session").status, 401);
    EXPECT_EQ(sign_in("chen").status, 401);
    EXPECT_EQ(sign_in("chen", "battery staple").status, 200);
}

TEST_P(AccessTest, hammering_a_login_makes_that_place_wait_and_says_how_long) {
    enter("chen");
    for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("chen", "wrong horse").status, 401);
    auto const refused = sign_in("chen");
    EXPECT_EQ(refused.status, 429) << "even with the right password";
    EXPECT_EQ(refused["params"].at("seconds"), "5");
    EXPECT_EQ(api::header(refused.headers, "retry-after"), "5");
    calls_.set_remote("198.51.100.7");
    EXPECT_EQ(sign_in("chen").status, 200) << "the owner, elsewhere, is not locked out";
}

TEST_P(AccessTest, finding_out_a_password_through_an_open_browser_is_limited_too) {
    enter("chen");
    auto const here = sign_in("chen");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(browser(here).post("/me/password", {{"current", "guess"}, {"next", "battery staple"}}).status, 403);
    }
    EXPECT_EQ(browser(here).post("/me/password", {{"current", password}, {"next", "battery staple"}}).status, 429);
}

TEST_P(AccessTest, a_token_makes_calls_until_it_expires_or_is_revoked) {
    auto const person = enter("chen");
    auto const here = sign_in("chen");
    auto const until = clock_.now() + hours(1);
    auto const made = browser(here).post("/tokens", {{"name", "报表"}, {"expires_at", until.str()}});
    ASSERT_EQ(made.status, 201) << made.text;
    std::string const token(made["token"].as_string());
    EXPECT_EQ(program(token).get("/session")["me"].at("login"), "chen");
    EXPECT_EQ(program(token + "x").get("/session").code(), "session.ended");
    EXPECT_EQ(program(token).post("/tokens", {{"name", "后继"}}).code(), "token.needs-session");
    auto const list = browser(here).get("/tokens");
    EXPECT_EQ(list["items"].at(0).at("name"), "报表");
    EXPECT_EQ(list.text.find(token), std::string::npos);
    clock_.advance(hours(1));
    EXPECT_EQ(program(token).get("/session").status, 401);
    auto const lasting = new_token(person);
    auto const id = write([&](Transaction& tx) { return list_tokens(tx, person); }).at(1).id;
    enter("li");
    EXPECT_EQ(browser(sign_in("li")).remove("/tokens/" + id.str()).status, 404);
    EXPECT_EQ(browser(here).remove("/tokens/" + id.str()).status, 204);
    EXPECT_EQ(program(lasting).get("/session").status, 401);
    // An hour has gone by since it was last proven who uses the browser.
    EXPECT_EQ(browser(here).post("/session/step-up", {{"password", password}}).status, 204);
    EXPECT_THAT(browser(here).post("/tokens", {{"name", " "}, {"expires_at", clock_.now().str()}}).errors(),
                ElementsAre(FieldError{"name", "required"}, FieldError{"expires_at", "past"}));
}

TEST_P(AccessTest, who_has_left_is_out_with_all_sessions_and_tokens) {
    auto const owner = enter("owner");
    write([&](Transaction& tx) {
        return people::give_role(tx, act(), roles_, regions_, owner, {.role = {"system-owner"}});
    });
    auto const leaver = enter("leaver");
    auto const session = sign_in("leaver");
    auto const token = new_token(leaver);
    auto const path = "/people/" + leaver.str();
    auto const as_owner = browser(sign_in("owner"));
    auto const gone = as_owner.with("if-match", as_owner.get(path).etag()).patch(path, {{"active", false}});
    ASSERT_EQ(gone.status, 200) << gone.text;
    EXPECT_EQ(browser(session).get("/session").status, 401);
    EXPECT_EQ(program(token).get("/session").status, 401);
    EXPECT_EQ(sign_in("leaver").code(), "session.wrong");
    // Coming back brings nothing of that back.
    as_owner.with("if-match", gone.etag()).patch(path, {{"active", true}});
    EXPECT_EQ(program(token).get("/session").status, 401);
    EXPECT_EQ(sign_in("leaver").status, 200);
}

TEST_P(AccessTest, the_first_run_makes_an_owner_once_and_only_with_the_code) {
    auto const run = [&](std::string const& code, std::string const& login) {
        return calls_.nobody().post("/first-run",
                                    {{"code", code}, {"login", login}, {"name", "王主任"}, {"password", password}});
    };
    EXPECT_EQ(calls_.nobody().get("/first-run")["needed"], true);
    EXPECT_EQ(run("AAAA-AAAA-AAAA", "wang").code(), "first-run.code");
    auto code = first_run_.code();
    ASSERT_THAT(code, SizeIs(14));
    auto const weak =
        calls_.nobody().post("/first-run", {{"code", code}, {"login", "wang"}, {"name", "王"}, {"password", "short"}});
    EXPECT_THAT(weak.errors(), ElementsAre(FieldError{"password", "password-short"}));
    auto const made = run(text::ascii_lower(code), "wang");
    ASSERT_EQ(made.status, 200) << made.text;
    EXPECT_EQ(made["me"].at("roles").at(0).at("role"), "system-owner");
    EXPECT_EQ(browser(made).get("/people").status, 200);
    EXPECT_EQ(calls_.nobody().get("/first-run")["needed"], false);
    EXPECT_EQ(run(code, "zhang").code(), "first-run.done");
    EXPECT_EQ(first_run_.code(), "");
}

TEST_P(AccessTest, without_a_need_there_is_no_code_that_fits) {
    FirstRun const none(false);
    EXPECT_FALSE(none.matches(""));
    EXPECT_FALSE(none.matches("-"));
}

TEST_P(AccessTest, me_says_what_one_holds_for_whom_and_how_long) {
    auto const manager = enter("manager");
    auto const deputy = enter("deputy");
    write([&](Transaction& tx) -> Result<> {
        TRY(people::give_role(tx, act(), roles_, regions_, manager,
                              {.role = {"technical-supervisor"},
                               .scope_kind = people::ScopeKind::region,
                               .scope = json::Text<20>{"360100"}}));
        TRY(people::name_deputy(tx, act(), roles_, manager,
                                {.deputy = deputy, .from = clock_.now(), .until = clock_.now() + days(3)}));
        return {};
    });
    auto const role = sign_in("deputy")["me"].at("roles").at(0);
    EXPECT_EQ(role.at("role"), "technical-supervisor");
    EXPECT_EQ(role.at("scope_kind"), "region");
    EXPECT_EQ(role.at("scope_name"), "南昌市");
    EXPECT_EQ(role.at("until"), json::value(json::string((clock_.now() + days(3)).str())));
    EXPECT_EQ(role.at("deputy_for").at("name"), "manager");
}

TEST_P(AccessTest, the_audit_tells_of_every_way_in_and_holds_no_secret) {
    auto const person = enter("chen");
    sign_in("chen", "wrong horse");
    auto const here = sign_in("chen");
    auto const token = browser(here).post("/tokens", {{"name", "报表"}});
    browser(here).post("/me/password", {{"current", password}, {"next", "battery staple"}});
    browser(here).remove("/session");
    std::vector<std::string> actions;
    std::string everything;
    for (auto const& entry : read([](Transaction& tx) { return audit::entries(tx, audit::system_chain, 0, 100); })) {
        if (entry.subject == "person:" + person.str()) actions.push_back(entry.action);
        everything += entry.data;
    }
    EXPECT_THAT(actions, ElementsAre("person.created", "session.refused", "session.opened", "token.issued",
                                     "person.password-changed", "session.ended"));
    std::string const session_token = cookie(here).substr(cookie(here).find('=') + 1);
    for (std::string const& secret : {std::string(password), std::string("wrong horse"), std::string("battery staple"),
                                      std::string(token["token"].as_string()), session_token, csrf(here), hash_}) {
        EXPECT_EQ(everything.find(secret), std::string::npos);
    }
}

TEST_P(AccessTest, the_database_holds_nothing_one_could_sign_in_with) {
    auto const person = enter("chen");
    auto const here = sign_in("chen");
    auto const session_token = cookie(here).substr(cookie(here).find('=') + 1);
    auto const token = new_token(person);
    read([&](Transaction& tx) -> Result<> {
        auto const session = TRY(tx.one("SELECT token_hash FROM browser_session"));
        EXPECT_EQ(session->blob(0), crypto::view(crypto::sha256(session_token)));
        auto const kept = TRY(tx.one("SELECT token_hash FROM api_token"));
        EXPECT_EQ(kept->blob(0), crypto::view(crypto::sha256(token)));
        EXPECT_THAT(TRY(tx.one("SELECT hash FROM password"))->text(0), testing::StartsWith("$argon2id$"));
        return {};
    });
}

TEST_P(AccessTest, what_has_ended_is_forgotten) {
    auto const person = enter("chen");
    sign_in("chen");
    sign_in("chen", "wrong horse");
    new_token(person, clock_.now() + hours(1));
    clock_.advance(days(31));
    write([&](Transaction& tx) { return forget_ended(tx, clock_.now()); });
    auto const count = read([](Transaction& tx) -> Result<std::int64_t> {
        return TRY(tx.one("SELECT (SELECT count(*) FROM browser_session) + (SELECT count(*) FROM api_token) + "
                          "(SELECT count(*) FROM sign_in_try)"))
            ->integer(0);
    });
    EXPECT_EQ(count, 0);
}

// Rights both ways, for the routes of this slice: with callers that the test names, not with real sessions.
TEST_P(AccessTest, rights_hold_both_ways_on_every_route) {
    testkit::CallDriver driver(*database_, clock_,
                               routes(parts_, regions_, [](Transaction&) -> Result<bool> { return true; }));
    EXPECT_THAT(testkit::broken_rights(driver, roles_.every_right()), IsEmpty());
}

}  // namespace
}  // namespace keepword::access
