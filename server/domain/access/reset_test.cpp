#include "domain/access/access_fixture.hpp"

namespace keepword::access {
namespace {

using testing::Not;

class ResetTest : public AccessTest {
  protected:
    PersonId enter_with_mail(std::string const& login, std::string const& address) {
        auto const person = enter(login);
        write([&](Transaction& tx) -> Result<> {
            TRY(tx.execute("UPDATE person SET email = ? WHERE id = ?", address, person));
            return {};
        });
        return person;
    }
    testkit::Answer ask(std::string const& login) {
        return calls_.nobody().post("/password-resets", {{"login", login}});
    }
    testkit::Answer renew(std::string const& code, std::string_view next = "a new password") {
        return calls_.nobody().post("/password-resets/complete", {{"code", code}, {"password", next}});
    }
    // The letters that wait in the outbox, as they would be written now.
    std::vector<ResetLetter> letters() {
        return read([&](Transaction& tx) -> Result<std::vector<ResetLetter>> {
            std::vector<ResetLetter> out;
            for (auto const& row : TRY(tx.query("SELECT payload FROM job WHERE kind = ? ORDER BY key", reset_job))) {
                if (auto letter = TRY(reset_letter(tx, sealing_, row.json(0), clock_.now()))) out.push_back(*letter);
            }
            return out;
        });
    }
    std::int64_t jobs() {
        return read([](Transaction& tx) -> Result<std::int64_t> {
            return TRY(tx.one("SELECT count(*) FROM job"))->integer(0);
        });
    }
};
KEEPWORD_ON_BOTH_DATABASES(ResetTest);

TEST_P(ResetTest, a_code_by_mail_sets_a_new_password_once_and_ends_all_sessions) {
    enter_with_mail("chen", "chen@example.test");
    auto const here = browser(sign_in("chen"));
    EXPECT_EQ(ask("chen").status, 204);
    auto const sent = letters();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].address, "chen@example.test");
    EXPECT_EQ(renew(text::ascii_lower(sent[0].code)).status, 204);
    EXPECT_EQ(here.get("/session").code(), "session.ended");
    EXPECT_EQ(sign_in("chen").code(), "session.wrong");
    EXPECT_EQ(sign_in("chen", "a new password").status, 200);
    EXPECT_EQ(renew(sent[0].code, "another password").code(), "reset.code");
    EXPECT_TRUE(letters().empty()) << "what is used is sent no more";
}

TEST_P(ResetTest, where_no_letter_can_go_out_it_says_so_to_everybody) {
    enter_with_mail("chen", "chen@example.test");
    letters_go_ = false;
    EXPECT_EQ(ask("chen").code(), "reset.no-mail");
    EXPECT_EQ(ask("nobody").code(), "reset.no-mail");
    EXPECT_EQ(jobs(), 0);
}

TEST_P(ResetTest, the_answer_is_the_same_whether_there_is_such_a_person_or_not) {
    enter_with_mail("chen", "chen@example.test");
    enter("li");
    auto const there = ask(" CHEN ");
    for (auto const* none : {"nobody", "li", "", "chen@example.org"}) {
        auto const answer = ask(none);
        EXPECT_EQ(answer.status, there.status) << none;
        EXPECT_EQ(answer.headers, there.headers);
        EXPECT_EQ(answer.text, there.text);
    }
    EXPECT_EQ(jobs(), 1);
    EXPECT_EQ(ask("Chen@Example.TEST").status, there.status);
    EXPECT_EQ(jobs(), 2) << "by mail address too";
}

TEST_P(ResetTest, a_code_lasts_half_an_hour) {
    enter_with_mail("chen", "chen@example.test");
    ask("chen");
    auto const code = letters().at(0).code;
    clock_.advance(minutes(30));
    EXPECT_EQ(renew(code).code(), "reset.code");
    EXPECT_TRUE(letters().empty());
}

TEST_P(ResetTest, a_password_that_is_refused_costs_no_code_and_another_code_is_void_afterwards) {
    enter_with_mail("chen", "chen@example.test");
    ask("chen");
    ask("chen");
    auto const sent = letters();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_NE(sent[0].code, sent[1].code);
    EXPECT_EQ(renew(sent[0].code, "short").status, 422);
    EXPECT_EQ(renew(sent[0].code).status, 204);
    EXPECT_EQ(renew(sent[1].code).code(), "reset.code");
}

TEST_P(ResetTest, nobodys_mailbox_is_filled_and_codes_are_not_gone_through) {
    enter_with_mail("chen", "chen@example.test");
    for (int i = 0; i < 5; ++i) {
        calls_.set_remote("198.51.100." + std::to_string(i));
        EXPECT_EQ(ask("chen").status, 204);
    }
    EXPECT_EQ(jobs(), 3);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(renew("AAAA-AAAA-AAAA-AAAA").code(), "reset.code");
    EXPECT_EQ(renew("AAAA-AAAA-AAAA-AAAA").code(), "session.too-many");
    calls_.set_remote("192.0.2.9");
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ask("somebody").status, 204);
    EXPECT_EQ(ask("somebody").code(), "session.too-many");
}

TEST_P(ResetTest, no_code_lies_in_the_database) {
    enter_with_mail("chen", "chen@example.test");
    ask("chen");
    auto const code = letters().at(0).code;
    read([&](Transaction& tx) -> Result<> {
        for (auto const& row : TRY(tx.query("SELECT CAST(payload AS TEXT) FROM job")))
            EXPECT_THAT(row.text(0), Not(testing::HasSubstr(code)));
        EXPECT_TRUE(TRY(tx.one("SELECT 1 FROM audit WHERE action = 'person.reset-asked'")));
        return {};
    });
}

TEST_P(ResetTest, who_is_shut_out_gets_no_new_password) {
    auto const person = enter_with_mail("chen", "chen@example.test");
    ask("chen");
    auto const code = letters().at(0).code;
    write([&](Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE person SET active = 0 WHERE id = ?", person));
        return {};
    });
    EXPECT_EQ(renew(code).code(), "reset.code");
    EXPECT_TRUE(letters().empty());
}

}  // namespace
}  // namespace keepword::access
