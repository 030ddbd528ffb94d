#include <fmt/core.h>

#include <cstdlib>

#include "domain/mailbox/mailbox_fixture.hpp"
#include "domain/mailbox/reply.hpp"
#include "outbound/mime.hpp"
#include "outbound/smtp.hpp"
#include "testkit/mail_server.hpp"

namespace keepword::mailbox {
namespace {

using Texts = std::vector<std::string>;

// A mailbox on a real IMAP and SMTP server, set up over HTTP. The servers start once; every test has addresses of its
// own.
class Mailboxes : public MailboxFixture {
  protected:
    static void SetUpTestSuite() {
        number_ = 0;  // where the suite is repeated, with servers of its own again
        Texts users;
        for (int i = 1; i <= 40; ++i) {
            users.push_back(fmt::format("service{}@keepword.test:s{}", i, i));
            users.push_back(fmt::format("wang{}@example.test:w{}", i, i));
        }
        server_ = testkit::must(testkit::MailServer::start(users));
    }
    static void TearDownTestSuite() { server_.reset(); }

    Mailboxes() {
        ++number_;
        service_ = fmt::format("service{}@keepword.test", number_);
        customer_ = fmt::format("wang{}@example.test", number_);
    }

    json::object settings() const {
        return {{"name", "客服邮箱"},
                {"address", service_},
                {"imap", {{"host", "127.0.0.1"}, {"port", server_->imap}, {"security", "none"}, {"login", service_}}},
                {"imap_password", server_->password(service_)},
                {"smtp", {{"host", "127.0.0.1"}, {"port", server_->smtp}, {"security", "none"}, {"login", service_}}},
                {"smtp_password", server_->password(service_)},
                {"folder", "INBOX"},
                {"active", true}};
    }
    testkit::Answer connect() { return admin_.post("/mailboxes", settings()); }
    Result<Passed> pass(MailboxId id) { return take_mails(parts_, desk_, id, *testkit::must(open_inbox(parts_, id))); }

    void swaks(std::string const& arguments) const {
        auto const command = fmt::format("swaks --server 127.0.0.1:{} --from {} --to {} {} > /dev/null 2>&1",
                                         server_->smtp, customer_, service_, arguments);
        ASSERT_EQ(std::system(command.c_str()), 0) << command;
    }
    // The mails in a folder of somebody, oldest first.
    std::vector<outbound::Mail> mails_of(std::string const& user, std::string const& folder = "INBOX") const {
        outbound::Imap imap(
            {"127.0.0.1", server_->imap, outbound::Security::none, user, Secret(server_->password(user))});
        std::vector<outbound::Mail> out;
        auto const listing = imap.list({folder, 0}, 0);
        if (!listing) return out;
        for (auto const& mail : listing->mails) {
            out.push_back(testkit::must(outbound::read_mail(testkit::must(imap.fetch(listing->place, mail.uid)))));
        }
        return out;
    }

    std::string service_;
    std::string customer_;
    testkit::CallDriver calls_{*database_, clock_, routes(parts_, desk_)};
    testkit::CallDriver::As admin_ = calls_.as(testkit::caller_with({"mailboxes.manage"}));
    static inline std::unique_ptr<testkit::MailServer> server_;
    static inline int number_ = 0;
};
KEEPWORD_ON_BOTH_DATABASES(Mailboxes);

TEST_P(Mailboxes, a_mail_a_receipt_a_reply_and_an_answer_over_real_servers) {
    auto const created = connect();
    ASSERT_EQ(created.status, 201) << created.text;
    auto const id = *MailboxId::parse(created["id"].as_string());
    swaks("--header 'Subject: 机顶盒无法开机' --body '请尽快处理。' --attach-type text/plain --attach @/etc/hostname");
    EXPECT_EQ(testkit::must(pass(id)).filed, 1);
    EXPECT_EQ(only("SELECT title FROM cases"), "机顶盒无法开机");
    EXPECT_EQ(only("SELECT name FROM attachment"), "hostname");
    EXPECT_TRUE(mails_of(service_).empty());
    EXPECT_EQ(mails_of(service_, "Keepword").size(), 1U);

    // The receipt arrives in the customer's thread, says the number, and says that a machine wrote it.
    for (auto const& sent : send_all()) EXPECT_TRUE(sent) << sent.error().code << sent.error().detail;
    auto const theirs = mails_of(customer_);
    ASSERT_EQ(theirs.size(), 1U);
    EXPECT_EQ(theirs[0].subject, "回复：机顶盒无法开机 [KF20260302-0001]");
    EXPECT_EQ(theirs[0].from.name, "用户服务中心");
    EXPECT_NE(theirs[0].text.find("工单编号：KF20260302-0001"), std::string::npos);
    EXPECT_EQ(theirs[0].origin, outbound::MailOrigin::automatic);
    EXPECT_EQ(theirs[0].in_reply_to, only("SELECT message_id FROM mail WHERE direction = 'in'"));

    swaks(fmt::format("--header 'Subject: Re: 机顶盒' --header 'In-Reply-To: <{}>' --body '型号 HD-200'",
                      theirs[0].message_id));
    EXPECT_EQ(testkit::must(pass(id)).taken, 1);
    EXPECT_EQ(outcomes(), (Texts{"opened", "threaded"}));

    // What a person writes is no machine's work, and threads with what the customer wrote last.
    auto const case_id = *cases::CaseId::parse(only("SELECT id FROM cases"));
    write([&](storage::Transaction& tx) -> Result<> {
        auto const entry = TRY(desk_.note({tx, clock_.now(), PersonId{7}}, case_id, "commented", "已更换电源", {}));
        return tell_customer(parts_, desk_, tx,
                             {.id = case_id,
                              .number = "KF20260302-0001",
                              .title = "机顶盒无法开机",
                              .to_address = customer_,
                              .to_name = "王芳",
                              .text = "已更换电源，请试用。",
                              .entry = entry},
                             clock_.now());
    });
    for (auto const& sent : send_all()) EXPECT_TRUE(sent) << sent.error().code;
    auto const answers = mails_of(customer_);
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[1].origin, outbound::MailOrigin::person);
    EXPECT_NE(answers[1].text.find("尊敬的王芳：\n\n您好！\n\n已更换电源，请试用。"), std::string::npos)
        << answers[1].text;
    EXPECT_EQ(answers[1].references.size(), 3U);
    EXPECT_EQ(only("SELECT actor FROM timeline WHERE kind = 'mail-out' ORDER BY id DESC LIMIT 1"), "7");
    EXPECT_EQ(column("SELECT outcome FROM mail WHERE direction = 'out'"), (Texts{"sent", "sent"}));
    // Sending again what was sent already sends nothing.
    auto const mail = column("SELECT id FROM mail WHERE direction = 'out'").at(0);
    EXPECT_TRUE(send(parts_, desk_, {.kind = mail_job, .key = "k", .payload = json::object{{"mail", mail}}}));
    EXPECT_EQ(mails_of(customer_).size(), 2U);
}

TEST_P(Mailboxes, killed_between_commit_and_move_over_a_real_server) {
    auto const id = *MailboxId::parse(connect()["id"].as_string());
    testkit::must(pass(id));
    swaks("--header 'Subject: one' --body one");
    KilledDatabase killed(*database_);
    auto parts = parts_over(killed);
    killed.kill_next = true;
    EXPECT_EQ(testkit::code_of(take_mails(parts, desk_, id, *testkit::must(open_inbox(parts_, id)))), "test.killed");
    EXPECT_TRUE(column("SELECT id FROM cases").empty());
    // The commit holds; then the program is gone before it moves anything.
    class NotMoving final : public Inbox {
      public:
        explicit NotMoving(Inbox& real) : real_(real) {}
        Result<outbound::MailListing> list(outbound::MailboxPlace const& known, std::uint32_t last,
                                           std::size_t limit) override {
            return real_.list(known, last, limit);
        }
        Result<> fetch(outbound::MailboxPlace const& place, std::uint32_t uid, std::uint64_t limit,
                       outbound::Imap::Sink const& sink) override {
            return real_.fetch(place, uid, limit, sink);
        }
        Result<> file(outbound::MailboxPlace const&, std::span<std::uint32_t const>) override {
            return fail(Kind::unavailable, "test.killed");
        }

      private:
        Inbox& real_;
    };
    auto const real = testkit::must(open_inbox(parts_, id));
    NotMoving inbox(*real);
    EXPECT_EQ(testkit::code_of(take_mails(parts_, desk_, id, inbox)), "test.killed");
    EXPECT_EQ(column("SELECT id FROM cases").size(), 1U);
    EXPECT_EQ(mails_of(service_).size(), 1U);
    EXPECT_EQ(testkit::must(pass(id)).filed, 1);
    EXPECT_EQ(column("SELECT id FROM cases").size(), 1U);
    EXPECT_TRUE(mails_of(service_).empty());
}

TEST_P(Mailboxes, a_forged_reply_makes_a_case_of_its_own) {
    auto const id = *MailboxId::parse(connect()["id"].as_string());
    swaks("--header 'Subject: one' --body one");
    testkit::must(pass(id));
    for (auto const& sent : send_all()) ASSERT_TRUE(sent);
    auto const mark = mails_of(customer_).at(0).message_id;
    swaks(fmt::format(
        "--h-From somebody@example.test --header 'Subject: Re: one' --header 'In-Reply-To: <{}>' --body two", mark));
    testkit::must(pass(id));
    EXPECT_EQ(outcomes(), (Texts{"opened", "related"}));
}

TEST_P(Mailboxes, the_runner_takes_what_comes_and_stops_at_once) {
    auto const id = *MailboxId::parse(connect()["id"].as_string());
    std::mutex mutex;
    std::condition_variable changed;
    int commits = 0;
    database_->on_commit([&] {
        std::lock_guard const lock(mutex);
        ++commits;
        changed.notify_all();
    });
    swaks("--header 'Subject: one' --body one");
    IntakeRunner runner(parts_, desk_, seconds(3600));
    runner.start();
    // Looks again after every commit; whatever is committed while it looks makes it look once more.
    auto const wait_for = [&](std::string const& filed) {
        for (auto const until = std::chrono::steady_clock::now() + std::chrono::seconds(60);;) {
            int seen = 0;
            {
                std::lock_guard const lock(mutex);
                seen = commits;
            }
            if (only("SELECT count(*) FROM mail WHERE direction = 'in' AND ended_at IS NOT NULL") == filed) return true;
            std::unique_lock lock(mutex);
            if (!changed.wait_until(lock, until, [&] { return commits != seen; })) return false;
        }
    };
    EXPECT_TRUE(wait_for("1"));
    swaks("--header 'Subject: two' --body two");
    runner.wake();
    EXPECT_TRUE(wait_for("2"));
    runner.stop();
    database_->stop();
    EXPECT_TRUE(id);
}

TEST_P(Mailboxes, a_mail_that_is_refused_for_good_is_told_on_its_case_and_one_refused_for_now_is_not) {
    auto const created = connect();
    swaks("--header 'Subject: one' --body one");
    testkit::must(pass(*MailboxId::parse(created["id"].as_string())));
    ASSERT_TRUE(send_all().at(0));
    auto const id = *cases::CaseId::parse(only("SELECT id FROM cases"));
    auto const tell = [&](std::string const& to) {
        write([&](storage::Transaction& tx) {
            return tell_customer(parts_, desk_, tx,
                                 {.id = id,
                                  .number = "KF20260302-0001",
                                  .title = "one",
                                  .to_address = to,
                                  .to_name = {},
                                  .text = "x",
                                  .entry = {}},
                                 clock_.now());
        });
    };
    tell("full@keepword.test");
    EXPECT_EQ(testkit::code_of(send_all().at(0)), "mail.smtp.later");
    EXPECT_TRUE(column("SELECT id FROM timeline WHERE kind = 'incident'").empty());
    auto const mail = only("SELECT id FROM mail WHERE outcome = 'waiting'");
    EXPECT_FALSE(
        send(parts_, desk_,
             {.kind = mail_job, .key = "k", .payload = json::object{{"mail", mail}}, .tries = jobs::max_tries}));
    EXPECT_EQ(column("SELECT id FROM timeline WHERE kind = 'incident'").size(), 1U);
    tell("nobody@keepword.test");
    EXPECT_EQ(testkit::code_of(send_all().at(0)), "mail.smtp.refused");
    EXPECT_EQ(column("SELECT id FROM timeline WHERE kind = 'incident'").size(), 2U);
    EXPECT_EQ(column("SELECT outcome FROM mail WHERE direction = 'out' ORDER BY id"),
              (Texts{"sent", "refused", "refused"}));
}

TEST_P(Mailboxes, without_a_mailbox_nothing_can_be_sent) {
    auto const told = database_->write([&](storage::Transaction& tx) {
        return tell_customer(
            parts_, desk_, tx,
            {.id = {}, .number = "x", .title = "x", .to_address = "a@b.test", .to_name = {}, .text = "x", .entry = {}},
            clock_.now());
    });
    EXPECT_EQ(testkit::code_of(told), "channel.none");
}

TEST_P(Mailboxes, passwords_are_shown_nowhere_and_belong_to_their_server) {
    auto body = settings();
    body["imap_password"] = "tre-sec-ret";
    auto const created = admin_.post("/mailboxes", body);
    ASSERT_EQ(created.status, 201) << created.text;
    auto const path = "/mailboxes/" + std::string(created["id"].as_string());
    auto const changed = admin_.with("if-match", created.etag()).patch(path, json::object{{"name", "热线邮箱"}});
    EXPECT_EQ(changed.status, 200) << changed.text;
    EXPECT_EQ(changed["name"], "热线邮箱");
    // A server of somebody else's does not get the old password.
    auto imap = settings()["imap"].as_object();
    imap["host"] = "evil.example.test";
    auto const moved = admin_.with("if-match", changed.etag()).patch(path, json::object{{"imap", imap}});
    EXPECT_EQ(moved.status, 422);
    EXPECT_EQ(moved.errors(), (std::vector<FieldError>{{"imap_password", "required"}}));
    // Nor where the database itself was changed.
    write([](storage::Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE mailbox SET imap_host = 'evil.example.test'"));
        return {};
    });
    EXPECT_EQ(testkit::code_of(open_inbox(parts_, *MailboxId::parse(created["id"].as_string()))),
              "mailbox.password-of-another-server");
    EXPECT_EQ(admin_.with("if-match", created.etag()).patch(path, json::object{{"name", "x"}}).status, 412);
    EXPECT_EQ(admin_.post("/mailboxes", body).code(), "mailbox.address-taken");
    EXPECT_EQ(admin_.remove(path).status, 204);
    EXPECT_EQ(admin_.get("/mailboxes")["items"].as_array().size(), 0U);
    EXPECT_EQ(admin_.post("/mailboxes", body).status, 201);
    auto const everything = column("SELECT data FROM audit");
    EXPECT_GE(everything.size(), 5U);
    for (auto const& data : everything) EXPECT_EQ(data.find("tre-sec-ret"), std::string::npos);
    for (auto const& answer : {created, changed, admin_.get("/mailboxes")})
        EXPECT_EQ(answer.text.find("ssword"), std::string::npos);
    for (auto const& sealed : column("SELECT imap_password FROM mailbox"))
        EXPECT_EQ(sealed.find(crypto::hex("tre-sec-ret")), std::string::npos);
}

TEST_P(Mailboxes, what_is_set_up_wrongly_is_named) {
    auto const errors = admin_.post("/mailboxes", json::object{{"name", "x"}}).errors();
    EXPECT_EQ(errors, (std::vector<FieldError>{{"address", "required"}, {"imap", "required"}, {"smtp", "required"}}));
    auto body = settings();
    body["address"] = "no address";
    body["imap"].as_object()["host"] = "a b/c";
    body["smtp"].as_object()["port"] = 70000;
    body["processed"] = "inbox";
    body.erase("smtp_password");
    EXPECT_EQ(admin_.post("/mailboxes", body).errors(), (std::vector<FieldError>{{"address", "email"},
                                                                                 {"imap.host", "invalid"},
                                                                                 {"smtp.port", "range"},
                                                                                 {"smtp_password", "required"},
                                                                                 {"processed", "same-folder"}}));
}

TEST_P(Mailboxes, the_test_says_what_is_wrong_and_leaves_no_case_behind) {
    auto const created = connect();
    auto const path = "/mailboxes/" + std::string(created["id"].as_string());
    auto const good = admin_.post(path + "/test");
    ASSERT_EQ(good.status, 200) << good.text;
    EXPECT_EQ(good["imap"].at("ok"), true) << good.text;
    EXPECT_EQ(good["smtp"].at("ok"), true) << good.text;
    testkit::must(pass(*MailboxId::parse(created["id"].as_string())));
    EXPECT_EQ(outcomes(), Texts{"loop"});
    EXPECT_TRUE(column("SELECT id FROM cases").empty());
    auto const taken = admin_.get(path + "/mails?outcome=loop");
    ASSERT_EQ(taken["items"].as_array().size(), 1U) << taken.text;
    EXPECT_EQ(taken["items"].at(0).at("reason"), "from");

    auto const changed =
        admin_.with("if-match", created.etag())
            .patch(path,
                   json::object{{"imap_password", "wrong"},
                                {"smtp", {{"host", "127.0.0.1"}, {"port", 1}, {"security", "none"}, {"login", ""}}}});
    ASSERT_EQ(changed.status, 200) << changed.text;
    auto const bad = admin_.with("accept-language", "en").post(path + "/test");
    EXPECT_EQ(bad["imap"].at("ok"), false);
    EXPECT_NE(bad["imap"].at("message").as_string().find("password"), json::string::npos) << bad.text;
    EXPECT_EQ(bad["smtp"].at("ok"), false);
    EXPECT_NE(bad["smtp"].at("message").as_string().find("does not take connections"), json::string::npos) << bad.text;
}

TEST_P(Mailboxes, every_route_wants_its_right) {
    EXPECT_EQ(testkit::broken_rights(calls_, {"mailboxes.manage", "cases.read", "people.manage"}), Texts{});
}

TEST(Letters, greet_once_and_close_with_the_centre) {
    auto const now = *Instant::parse("2026-11-22T20:00:00Z");
    EXPECT_EQ(write_letter({"", " 已处理。\n", "KF20261122-0001", "断网", "用户服务中心"}, now),
              "尊敬的用户：\n\n您好！\n\n已处理。\n\n工单编号：KF20261122-"
              "0001\n工单标题：断网\n如需补充情况，请直接回复本邮件。\n\n"
              "用户服务中心\n2026年11月23日\n");
    EXPECT_TRUE(
        write_letter({"王", "您好，已处理。", "x", "x", "x"}, now).starts_with("尊敬的王：\n\n您好，已处理。\n"));
    EXPECT_TRUE(write_letter({"王", "尊敬的王总：\n您好", "x", "x", "x"}, now).starts_with("尊敬的王总："));
}

}  // namespace
}  // namespace keepword::mailbox
