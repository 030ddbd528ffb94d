#include "domain/access/tries.hpp"

#include "domain/access/password.hpp"
#include "testkit/domain_test.hpp"

namespace keepword::access {
namespace {

using storage::Transaction;

TEST(Tries, the_first_ones_are_free_and_then_the_wait_doubles_up_to_a_quarter_of_an_hour) {
    EXPECT_EQ(wait_after(0, 5), seconds(0));
    EXPECT_EQ(wait_after(4, 5), seconds(0));
    EXPECT_EQ(wait_after(5, 5), seconds(5));
    EXPECT_EQ(wait_after(6, 5), seconds(10));
    EXPECT_EQ(wait_after(12, 5), seconds(640));
    EXPECT_EQ(wait_after(13, 5), minutes(15));
    EXPECT_EQ(wait_after(1'000'000, 5), minutes(15));
}

TEST(Tries, a_place_is_an_address_or_an_ipv6_network) {
    EXPECT_EQ(place_of("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(place_of("::ffff:192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(place_of("2001:db8:1:2:3:4:5:6"), place_of("2001:db8:1:2:ffff::1"));
    EXPECT_NE(place_of("2001:db8:1:2::1"), place_of("2001:db8:1:3::1"));
}

class TriesTest : public testkit::DomainTest {
  protected:
    // The seconds to wait, or 0 for a try that is let through (and counted).
    std::int64_t attempt(std::string const& login, std::string const& remote) {
        auto const begun =
            database_->write([&](Transaction& tx) { return begin_try(tx, {login, remote}, clock_.now()); });
        if (begun) return 0;
        EXPECT_EQ(begun.error().code, "session.too-many");
        return std::stoll(begun.error().params.at(0).second);
    }
};
KEEPWORD_ON_BOTH_DATABASES(TriesTest);

TEST_P(TriesTest, the_sixth_wrong_password_from_one_place_has_to_wait_and_the_owner_elsewhere_has_not) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(attempt("chen", "192.0.2.1"), 0);
    EXPECT_EQ(attempt("chen", "192.0.2.1"), 5);
    EXPECT_EQ(attempt("chen", "198.51.100.1"), 0) << "the owner at their own desk";
    EXPECT_EQ(attempt("li", "192.0.2.1"), 0) << "a colleague at the same address";
    clock_.advance(milliseconds(4'500));
    EXPECT_EQ(attempt("chen", "192.0.2.1"), 1);
    clock_.advance(milliseconds(500));
    EXPECT_EQ(attempt("chen", "192.0.2.1"), 0);
    EXPECT_EQ(attempt("chen", "192.0.2.1"), 10) << "trying while waiting does not count, failing after it does";
}

TEST_P(TriesTest, one_place_cannot_go_through_all_logins) {
    for (int i = 0; i < 100; ++i) EXPECT_EQ(attempt("person" + std::to_string(i), "192.0.2.1"), 0);
    EXPECT_EQ(attempt("somebody else", "192.0.2.1"), 5);
    EXPECT_EQ(attempt("somebody else", "192.0.2.2"), 0);
}

TEST_P(TriesTest, a_right_password_forgets_the_wrong_ones_and_is_no_failure_of_its_place) {
    for (int i = 0; i < 120; ++i) {
        ASSERT_EQ(attempt("chen", "192.0.2.1"), 0) << i;
        write([&](Transaction& tx) { return forgive_try(tx, {"chen", "192.0.2.1"}); });
    }
}

TEST_P(TriesTest, tries_of_yesterday_do_not_count) {
    for (int i = 0; i < 6; ++i) attempt("chen", "192.0.2.1");
    clock_.advance(hours(24));
    for (int i = 0; i < 5; ++i) EXPECT_EQ(attempt("chen", "192.0.2.1"), 0);
    EXPECT_EQ(attempt("chen", "192.0.2.1"), 5);
}

TEST_P(TriesTest, what_was_typed_as_a_login_is_not_kept) {
    attempt("my secret password", "192.0.2.1");
    read([](Transaction& tx) -> Result<> {
        for (auto const& row : TRY(tx.query("SELECT key FROM sign_in_try"))) {
            EXPECT_EQ(row.text(0).size(), 64U);
            EXPECT_EQ(row.text(0).find_first_not_of("0123456789abcdef"), std::string::npos);
        }
        return {};
    });
}

TEST(Password, what_is_tried_first_is_refused) {
    auto const why = [](std::string_view login, std::string password) {
        return weakness(login, Secret(std::move(password))).value_or("");
    };
    EXPECT_EQ(why("chen", "short"), "password-short");
    EXPECT_EQ(why("chen", std::string(201, 'x')), "too-long");
    EXPECT_EQ(why("chenming123", "ChenMing123"), "password-login");
    EXPECT_EQ(why("chenming", "chenming2026"), "password-login");
    EXPECT_EQ(why("chen", "1234567890"), "password-common");
    EXPECT_EQ(why("chen", "WoAiNi5201314"), "password-common");
    EXPECT_EQ(why("chen", "abababababab"), "password-common");
    EXPECT_EQ(why("chen", "correct horse"), "");
    EXPECT_EQ(why("chen", "chen likes rain in Nanchang"), "");
    EXPECT_EQ(why("chen", "守诺守信九江南昌赣州吉安"), "") << "ten characters, not ten bytes";
    EXPECT_EQ(why("chen", "守诺守信"), "password-short");
}

TEST(Password, an_unknown_login_costs_as_much_as_a_known_one) {
    auto const real = testkit::must(crypto::hash_password(Secret("correct horse")));
    std::string_view const nobodys(nobodys_hash);
    EXPECT_EQ(real.substr(0, real.find("p=1$")), nobodys.substr(0, nobodys.find("p=1$")));
    EXPECT_EQ(real.size(), nobodys.size());
    EXPECT_FALSE(crypto::verify_password(std::string(nobodys), Secret("")));
}

}  // namespace
}  // namespace keepword::access
