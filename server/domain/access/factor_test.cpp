#include "domain/access/factor.hpp"

#include "domain/access/access_fixture.hpp"
#include "domain/access/qr.hpp"
#include "foundation/otp.hpp"

namespace keepword::access {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

std::string from_base32(std::string_view letters) {
    std::string out;
    unsigned held = 0;
    unsigned bits = 0;
    for (char c : letters) {
        held = held << 5U | static_cast<unsigned>(c >= 'A' ? c - 'A' : c - '2' + 26);
        for (bits += 5; bits >= 8; bits -= 8) out.push_back(static_cast<char>(held >> (bits - 8) & 255U));
    }
    return out;
}

class FactorTest : public AccessTest {
  protected:
    // What the authenticator shows now, or so many half minutes away.
    std::string shown(std::int64_t away = 0) const { return otp::code(secret_, clock_.now().ms / 30'000 + away); }
    // Sets up a second factor and gives its recovery codes.
    std::vector<std::string> set_up(As const& browser) {
        auto const begun = browser.post("/me/totp", json::object());
        EXPECT_EQ(begun.status, 200) << begun.text;
        secret_ = from_base32(begun["secret"].as_string());
        auto const confirmed = browser.post("/me/totp/confirm", {{"code", shown()}});
        EXPECT_EQ(confirmed.status, 200) << confirmed.text;
        auto codes = json::decode<std::vector<std::string>>(confirmed["codes"]);
        // What was used to confirm is used up.
        clock_.advance(seconds(30));
        return testkit::must(std::move(codes));
    }
    std::string secret_;
};
KEEPWORD_ON_BOTH_DATABASES(FactorTest);

TEST_P(FactorTest, a_second_factor_counts_once_a_code_has_confirmed_it) {
    enter("chen");
    auto const here = browser(sign_in("chen"));
    auto const begun = here.post("/me/totp", json::object());
    EXPECT_THAT(std::string(begun["uri"].as_string()), HasSubstr("secret=" + std::string(begun["secret"].as_string())));
    EXPECT_THAT(std::string(begun["qr"].as_string()), HasSubstr("<svg"));
    secret_ = from_base32(begun["secret"].as_string());
    EXPECT_EQ(sign_in("chen").status, 200) << "not confirmed";
    EXPECT_EQ(here.post("/me/totp/confirm", {{"code", "000000"}}).code(), "totp.setup");
    EXPECT_THAT(here.post("/me/totp/confirm", {{"code", shown()}})["codes"].as_array(), SizeIs(10));
    EXPECT_EQ(sign_in("chen").code(), "totp-required");
    EXPECT_EQ(sign_in("chen").status, 401);
    EXPECT_EQ(here.post("/me/totp", json::object()).code(), "totp.already");
    EXPECT_EQ(here.get("/me/totp")["codes_left"], 10);
}

TEST_P(FactorTest, a_code_is_used_once_and_a_clock_half_a_minute_off_will_do) {
    enter("chen");
    set_up(browser(sign_in("chen")));
    EXPECT_EQ(sign_in_with("chen", "123456").code(), "totp.wrong");
    EXPECT_EQ(sign_in_with("chen", shown(-2)).code(), "totp.wrong");
    EXPECT_EQ(sign_in_with("chen", shown(2)).code(), "totp.wrong");
    EXPECT_EQ(sign_in_with("chen", shown()).status, 200);
    EXPECT_EQ(sign_in_with("chen", shown()).code(), "totp.wrong") << "played again within its window";
    EXPECT_EQ(sign_in_with("chen", shown(-1)).code(), "totp.wrong") << "older than one that was used";
    EXPECT_EQ(sign_in_with("chen", shown(1).insert(3, " ")).status, 200) << "as it is shown, with a blank";
    EXPECT_EQ(
        calls_.nobody().post("/session", {{"login", "chen"}, {"password", "wrong horse"}, {"totp", shown(1)}}).code(),
        "session.wrong")
        << "a code says nothing about the password";
}

TEST_P(FactorTest, codes_are_tried_per_person_from_wherever) {
    enter("chen");
    set_up(browser(sign_in("chen")));
    for (int i = 0; i < 5; ++i) {
        calls_.set_remote("198.51.100." + std::to_string(i));
        EXPECT_EQ(sign_in_with("chen", "000000").code(), "totp.wrong") << i;
    }
    calls_.set_remote("203.0.113.7");
    EXPECT_EQ(sign_in_with("chen", shown()).code(), "session.too-many");
    clock_.advance(seconds(30));
    EXPECT_EQ(sign_in_with("chen", shown()).status, 200);
}

TEST_P(FactorTest, a_recovery_code_lets_in_once_and_new_ones_end_the_old) {
    enter("chen");
    auto const here = browser(sign_in("chen"));
    auto const codes = set_up(here);
    EXPECT_EQ(sign_in_with("chen", text::ascii_lower(codes[0])).status, 200);
    EXPECT_EQ(sign_in_with("chen", codes[0]).code(), "totp.wrong");
    EXPECT_EQ(here.get("/me/totp")["codes_left"], 9);
    auto const fresh = here.post("/me/recovery-codes", json::object());
    EXPECT_THAT(fresh["codes"].as_array(), SizeIs(10));
    EXPECT_EQ(sign_in_with("chen", codes[1]).code(), "totp.wrong");
    EXPECT_EQ(sign_in_with("chen", fresh["codes"].as_array()[9].as_string()).status, 200);
}

TEST_P(FactorTest, neither_secret_nor_codes_lie_open_in_the_database) {
    enter("chen");
    auto const codes = set_up(browser(sign_in("chen")));
    read([&](Transaction& tx) -> Result<> {
        auto const row = TRY(tx.one("SELECT secret FROM second_factor"));
        EXPECT_THAT(row->text(0), Not(HasSubstr(crypto::hex(secret_))));
        EXPECT_FALSE(TRY(tx.one("SELECT 1 FROM audit WHERE CAST(data AS TEXT) LIKE ?", "%" + codes[0] + "%")));
        return {};
    });
}

TEST_P(FactorTest, an_administrator_takes_a_lost_one_away_and_the_audit_says_so) {
    auto const person = enter("chen");
    set_up(browser(sign_in("chen")));
    auto const owner = enter("li");
    write([&](Transaction& tx) {
        return people::give_role(tx, act(), roles_, regions_, owner, {.role = {std::string(people::owner_role)}});
    });
    auto const manager = browser(sign_in("li"));
    EXPECT_EQ(manager.get("/people/" + person.str() + "/totp")["codes_left"], 10);
    EXPECT_EQ(manager.remove("/people/" + person.str() + "/totp").status, 204);
    EXPECT_EQ(manager.remove("/people/" + person.str() + "/totp").status, 404);
    EXPECT_EQ(sign_in("chen").status, 200);
    read([&](Transaction& tx) -> Result<> {
        EXPECT_TRUE(TRY(tx.one("SELECT 1 FROM audit WHERE action = 'person.second-factor-removed' AND subject = ?",
                               people::subject("person", person))));
        return {};
    });
}

TEST_P(FactorTest, what_is_sensitive_asks_again_after_ten_minutes) {
    enter("chen");
    auto const here = browser(sign_in("chen"));
    clock_.advance({minutes(10).ms - 1});
    EXPECT_EQ(here.post("/tokens", {{"name", "脚本"}}).status, 201);
    clock_.advance({1});
    EXPECT_EQ(here.post("/tokens", {{"name", "脚本"}}).code(), "session.step-up");
    EXPECT_EQ(here.post("/session/step-up", {{"password", "wrong horse"}}).code(), "password.wrong");
    EXPECT_EQ(here.post("/session/step-up", json::object()).status, 422);
    EXPECT_EQ(here.post("/session/step-up", {{"password", password}}).status, 204);
    EXPECT_EQ(here.post("/tokens", {{"name", "脚本"}}).status, 201);
}

TEST_P(FactorTest, a_code_proves_as_well_as_a_password_and_a_program_has_nobody_to_ask) {
    auto const person = enter("chen");
    auto const here = browser(sign_in("chen"));
    set_up(here);
    clock_.advance(minutes(11));
    EXPECT_EQ(here.remove("/me/totp").code(), "session.step-up");
    EXPECT_EQ(here.post("/session/step-up", {{"code", "000000"}}).code(), "totp.wrong");
    EXPECT_EQ(here.post("/session/step-up", {{"code", shown()}}).status, 204);
    EXPECT_EQ(here.remove("/me/totp").status, 204);
    EXPECT_EQ(program(new_token(person)).post("/session/step-up", {{"password", password}}).code(),
              "session.browser-only");
}

TEST(Qr, is_a_square_with_white_around_it) {
    auto const svg = testkit::must(qr_svg("otpauth://totp/x?secret=ABC"));
    EXPECT_THAT(svg, HasSubstr("viewBox=\"0 0 37 37\""));
    EXPECT_THAT(svg, HasSubstr("M4 4h1v1h-1z"));
    EXPECT_EQ(testkit::must(qr_svg("otpauth://totp/x?secret=ABC")), svg);
    EXPECT_EQ(qr_svg(std::string(10'000, 'x')).error().code, "qr.too-long");
}

}  // namespace
}  // namespace keepword::access
