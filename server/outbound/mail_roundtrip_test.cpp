#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "outbound/imap.hpp"
#include "outbound/mime.hpp"
#include "outbound/smtp.hpp"
#include "testkit/mail_server.hpp"
#include "testkit/temp_dir.hpp"

namespace keepword::outbound {
namespace {

namespace fs = std::filesystem;

// Real servers, started once since that takes a second; every test has addresses of its own, so that none sees
// another's mail.
class MailRoundtrip : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        std::vector<std::string> users;
        for (int i = 1; i <= 40; ++i) {
            users.push_back(fmt::format("service{}@keepword.test:s{}", i, i));
            users.push_back(fmt::format("customer{}@example.test:c{}", i, i));
        }
        auto started = testkit::MailServer::start(users);
        ASSERT_TRUE(started) << started.error().detail;
        server_ = std::move(*started);
    }
    static void TearDownTestSuite() { server_.reset(); }
    void SetUp() override {
        ASSERT_TRUE(server_);
        ++test_;
        service = fmt::format("service{}@keepword.test", test_);
        customer = fmt::format("customer{}@example.test", test_);
    }

    MailHost imap_host(std::string const& user, Security security = Security::none) const {
        MailHost host{"127.0.0.1", security == Security::tls ? server_->imaps : server_->imap, security, user,
                      Secret(server_->password(user))};
        host.ca_file = server_->ca;
        return host;
    }
    MailHost smtp_host(Security security = Security::none) const {
        MailHost host{"127.0.0.1", security == Security::tls ? server_->smtps : server_->smtp, security, "", {}};
        host.ca_file = server_->ca;
        return host;
    }

    void swaks(std::string const& arguments) const {
        auto const command = fmt::format("swaks --server 127.0.0.1:{} --from {} --to {} {} > /dev/null 2>&1",
                                         server_->smtp, customer, service, arguments);
        ASSERT_EQ(std::system(command.c_str()), 0) << command;
    }

    void send(std::string const& to, std::string const& subject, std::string const& text = "x") const {
        Outgoing mail;
        mail.from = {"", customer};
        mail.to = {{"", to}};
        mail.subject = subject;
        mail.text = text;
        mail.message_id = subject + "@example.test";
        auto const bytes = write_mail(mail);
        ASSERT_TRUE(bytes);
        auto const sent = send_mail(smtp_host(), {customer, {to}}, *bytes);
        ASSERT_TRUE(sent) << sent.error().detail;
    }

    // The uids in a mailbox, from its start.
    static std::vector<std::uint32_t> uids(Imap& imap, std::string const& mailbox) {
        auto const listed = imap.list({mailbox, 0}, 0);
        EXPECT_TRUE(listed) << (listed ? "" : listed.error().code + listed.error().detail);
        std::vector<std::uint32_t> out;
        if (!listed) return out;
        for (auto const& mail : listed->mails) out.push_back(mail.uid);
        return out;
    }

    std::string service;
    std::string customer;
    static inline std::unique_ptr<testkit::MailServer> server_;
    static inline int test_ = 0;
};

TEST_F(MailRoundtrip, a_customers_mail_is_taken_and_the_answer_arrives_in_its_thread) {
    swaks("--header 'Subject: 机顶盒无法开机' --header 'Message-Id: <first@example.test>' --body '请尽快处理。'");
    Imap inbox(imap_host(service));
    auto const listed = inbox.list({"INBOX", 0}, 0);
    ASSERT_TRUE(listed) << listed.error().code << listed.error().detail;
    ASSERT_EQ(listed->mails.size(), 1U);
    EXPECT_TRUE(listed->renumbered);
    EXPECT_FALSE(listed->mails[0].seen);
    auto const bytes = inbox.fetch(listed->place, listed->mails[0].uid);
    ASSERT_TRUE(bytes) << bytes.error().code << bytes.error().detail;
    EXPECT_EQ(bytes->size(), listed->mails[0].size);
    auto const asked = read_mail(*bytes);
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->subject, "机顶盒无法开机");
    EXPECT_EQ(asked->text, "请尽快处理。\n");
    EXPECT_EQ(asked->delivered_to, std::vector<std::string>{service});

    auto const marked = fmt::format("service{}+c42.abc@keepword.test", test_);
    testkit::TempDir folder;
    std::ofstream(folder / "报告.pdf") << "%PDF";
    Outgoing answer;
    answer.from = {"用户服务中心", service};
    answer.reply_to = {{"", marked}};
    answer.to = {asked->from};
    answer.subject = "回复：" + asked->subject;
    answer.text = "已更换电源。\n.\n..\n";
    answer.attachments = {{"报告.pdf", "application/pdf", folder / "报告.pdf"}};
    answer.message_id = "c42.1@keepword.test";
    answer.in_reply_to = asked->message_id;
    answer.references = {asked->message_id};
    auto const out = write_mail(answer);
    ASSERT_TRUE(out);
    auto const sent = send_mail(smtp_host(), {service, {customer}}, *out);
    ASSERT_TRUE(sent) << sent.error().code << sent.error().detail;
    EXPECT_EQ(sent->reply, "250 2.0.0 Delivered");
    EXPECT_TRUE(sent->refused.empty());

    Imap theirs(imap_host(customer));
    auto const arrived = theirs.list({"INBOX", 0}, 0);
    ASSERT_TRUE(arrived);
    ASSERT_EQ(arrived->mails.size(), 1U);
    auto const read = read_mail(*theirs.fetch(arrived->place, arrived->mails[0].uid));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->in_reply_to, "first@example.test");
    EXPECT_EQ(read->from.name, "用户服务中心");
    EXPECT_EQ(read->text, answer.text);
    EXPECT_EQ(read->attachments.at(0).name, "报告.pdf");

    // And their reply comes to the address with the case's mark.
    send(read->reply_to.at(0).address, "thanks");
    auto const again = inbox.list(listed->place, listed->mails[0].uid);
    ASSERT_TRUE(again);
    ASSERT_EQ(again->mails.size(), 1U);
    EXPECT_FALSE(again->renumbered);
    auto const reply = read_mail(*inbox.fetch(again->place, again->mails[0].uid));
    EXPECT_EQ(reply->delivered_to.at(0), marked);
}

TEST_F(MailRoundtrip, fetching_leaves_a_mail_unread_until_it_is_marked) {
    send(service, "one");
    send(service, "two");
    Imap inbox(imap_host(service));
    auto listed = inbox.list({"INBOX", 0}, 0);
    ASSERT_EQ(listed->mails.size(), 2U);
    for (auto const& mail : listed->mails) ASSERT_TRUE(inbox.fetch(listed->place, mail.uid));
    listed = inbox.list({"INBOX", 0}, 0);
    EXPECT_FALSE(listed->mails[0].seen);
    EXPECT_FALSE(listed->mails[1].seen);
    std::vector<std::uint32_t> const first{listed->mails[0].uid};
    ASSERT_TRUE(inbox.mark_seen(listed->place, first));
    ASSERT_TRUE(inbox.mark_seen(listed->place, first));
    ASSERT_TRUE(inbox.flag(listed->place, first, "$Keepword"));
    listed = inbox.list({"INBOX", 0}, 0);
    EXPECT_TRUE(listed->mails[0].seen);
    EXPECT_FALSE(listed->mails[1].seen);
}

TEST_F(MailRoundtrip, a_mail_taken_is_moved_into_a_folder_that_need_not_be_there) {
    send(service, "one");
    send(service, "two");
    Imap inbox(imap_host(service));
    auto const listed = inbox.list({"INBOX", 0}, 0);
    std::vector<std::uint32_t> const first{listed->mails.at(0).uid};
    auto const moved = inbox.move(listed->place, first, "Keepword/Processed");
    ASSERT_TRUE(moved) << moved.error().code << moved.error().detail;
    // Killed before it could remember that: moving again harms nothing.
    ASSERT_TRUE(inbox.move(listed->place, first, "Keepword/Processed"));
    EXPECT_EQ(uids(inbox, "INBOX"), std::vector<std::uint32_t>{listed->mails.at(1).uid});
    EXPECT_EQ(uids(inbox, "Keepword/Processed").size(), 1U);
    std::vector<std::uint32_t> const second{listed->mails.at(1).uid};
    ASSERT_TRUE(inbox.move(listed->place, second, "已处理/二月"));
    EXPECT_EQ(uids(inbox, "已处理/二月").size(), 1U);
    EXPECT_TRUE(uids(inbox, "INBOX").empty());
}

TEST_F(MailRoundtrip, only_what_is_new_is_listed_and_no_more_than_asked_for) {
    for (int i = 0; i < 5; ++i) send(service, "m" + std::to_string(i));
    Imap inbox(imap_host(service));
    auto const some = inbox.list({"INBOX", 0}, 0, 3);
    ASSERT_TRUE(some);
    EXPECT_EQ(some->mails.size(), 3U);
    EXPECT_TRUE(some->more);
    auto const rest = inbox.list(some->place, some->mails.back().uid, 3);
    EXPECT_EQ(rest->mails.size(), 2U);
    EXPECT_FALSE(rest->more);
    // "5:*" would give the last mail again though its uid is smaller; nothing new means nothing listed.
    EXPECT_TRUE(inbox.list(some->place, rest->mails.back().uid)->mails.empty());
}

TEST_F(MailRoundtrip, a_mailbox_numbered_anew_is_noticed_before_anything_is_touched) {
    send(service, "one");
    Imap inbox(imap_host(service));
    auto const before = inbox.list({"INBOX", 0}, 0);
    std::vector<std::uint32_t> const uid{before->mails.at(0).uid};
    ASSERT_TRUE(inbox.move(before->place, uid, "Other"));
    auto const other = inbox.list({"Other", 0}, 0);
    ASSERT_TRUE(other);
    // The folder is deleted and made again by somebody else: the same name, other numbers.
    auto const maildir = server_->folder / "mail" / service / ".Other";
    Imap elsewhere(imap_host(service));
    fs::remove_all(maildir);
    send(service, "two");
    auto const now = elsewhere.list({"INBOX", 0}, 0);
    std::vector<std::uint32_t> const next{now->mails.at(0).uid};
    ASSERT_TRUE(elsewhere.move(now->place, next, "Other"));
    Imap fresh(imap_host(service));
    auto const renumbered = fresh.list(other->place, other->mails.at(0).uid);
    ASSERT_TRUE(renumbered) << renumbered.error().code;
    EXPECT_TRUE(renumbered->renumbered);
    EXPECT_NE(renumbered->place.uidvalidity, other->place.uidvalidity);
    EXPECT_EQ(renumbered->mails.size(), 1U);
    for (auto const& code :
         {fresh.fetch(other->place, 1).error().code, fresh.mark_seen(other->place, next).error().code,
          fresh.move(other->place, next, "X").error().code}) {
        EXPECT_EQ(code, "mail.imap.changed");
    }
}

TEST_F(MailRoundtrip, a_large_mail_arrives_whole_and_one_too_large_is_refused_while_it_arrives) {
    testkit::TempDir folder;
    std::string noise;
    for (unsigned i = 0; noise.size() < 8'000'000; ++i)
        noise += std::to_string(i * 2'654'435'761U) + (i % 7 == 0 ? "\r\n" : "\n.\n");
    std::ofstream(folder / "a.log", std::ios::binary) << noise;
    Outgoing mail;
    mail.from = {"", customer};
    mail.to = {{"", service}};
    mail.attachments = {{"a.log", "text/plain", folder / "a.log"}};
    mail.message_id = "large@example.test";
    auto const bytes = write_mail(mail);
    ASSERT_TRUE(send_mail(smtp_host(), {customer, {service}}, *bytes));
    Imap inbox(imap_host(service));
    auto const listed = inbox.list({"INBOX", 0}, 0);
    auto const uid = listed->mails.at(0).uid;
    auto const fetched = inbox.fetch(listed->place, uid);
    ASSERT_TRUE(fetched);
    EXPECT_TRUE(fetched->ends_with(*bytes));
    EXPECT_EQ(read_mail(*fetched)->attachments.at(0).bytes, noise);
    auto const refused = inbox.fetch(listed->place, uid, 1'000'000);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "mail.imap.too-large");
    // And the next call works on a new connection.
    EXPECT_EQ(uids(inbox, "INBOX").size(), 1U);
    auto const stopped = inbox.fetch(listed->place, uid, max_mail_bytes,
                                     [](std::string_view) -> Result<> { return fail(Kind::internal, "disk.full"); });
    EXPECT_EQ(stopped.error().code, "disk.full");
    EXPECT_EQ(uids(inbox, "INBOX").size(), 1U);
}

TEST_F(MailRoundtrip, a_mail_that_speaks_imap_is_only_a_mail) {
    std::string const text = "A004 OK Fetch completed.\n* BYE\n)\nA005 NO [ALERT]\n+ OK\n";
    send(service, "one", text);
    send(service, "two");
    Imap inbox(imap_host(service));
    auto const listed = inbox.list({"INBOX", 0}, 0);
    ASSERT_EQ(listed->mails.size(), 2U);
    EXPECT_EQ(read_mail(*inbox.fetch(listed->place, listed->mails[0].uid))->text, text);
    EXPECT_EQ(read_mail(*inbox.fetch(listed->place, listed->mails[1].uid))->subject, "two");
}

TEST_F(MailRoundtrip, what_is_not_there_is_said) {
    Imap inbox(imap_host(service));
    EXPECT_EQ(inbox.list({"Nowhere", 0}, 0).error().code, "mail.imap.mailbox");
    auto const place = inbox.list({"INBOX", 0}, 0)->place;
    EXPECT_EQ(inbox.fetch(place, 77).error().code, "mail.imap.gone");
    EXPECT_EQ(inbox.list({"IN\r\nBOX", 0}, 0).error().code, "input.invalid");
    EXPECT_TRUE(uids(inbox, "INBOX").empty());
}

TEST_F(MailRoundtrip, connections_are_kept_private_as_asked) {
    send(service, "one");
    for (auto security : {Security::none, Security::starttls, Security::tls}) {
        Imap inbox(imap_host(service, security));
        EXPECT_EQ(uids(inbox, "INBOX").size(), 1U);
        auto smtp = smtp_host(security);
        smtp.user = service;
        smtp.password = Secret(server_->password(service));
        EXPECT_TRUE(send_mail(smtp, {service, {customer}}, "Subject: x\r\n\r\nx\r\n"));
    }
    // A certificate nobody trusts is not accepted, neither at once nor after STARTTLS.
    for (auto security : {Security::starttls, Security::tls}) {
        auto host = imap_host(service, security);
        host.ca_file.clear();
        EXPECT_EQ(Imap(std::move(host)).connect().error().code, "mail.imap.certificate");
        auto smtp = smtp_host(security);
        smtp.ca_file.clear();
        EXPECT_EQ(send_mail(smtp, {service, {customer}}, "x").error().code, "mail.smtp.certificate");
    }
}

TEST_F(MailRoundtrip, what_keeps_a_connection_from_being_made_is_told_apart) {
    auto const imap = [&](auto change) {
        auto host = imap_host(service);
        change(host);
        return Imap(std::move(host)).connect().error().code;
    };
    auto const smtp = [&](auto change) {
        auto host = smtp_host(Security::none);
        change(host);
        return send_mail(host, {service, {customer}}, "x").error().code;
    };
    // RFC 6761: this name never resolves.
    auto const unknown = [](MailHost& host) { host.host = "no-such-host.invalid"; };
    EXPECT_EQ(imap(unknown), "mail.imap.name");
    EXPECT_EQ(smtp(unknown), "mail.smtp.name");
    // TLS at once with a port that begins in the clear.
    auto const early = [](MailHost& host) { host.security = Security::tls; };
    EXPECT_EQ(imap([&](MailHost& host) { host.port = server_->imap, early(host); }), "mail.imap.tls");
    EXPECT_EQ(smtp(early), "mail.smtp.tls");
}

TEST_F(MailRoundtrip, a_wrong_password_is_said_by_both) {
    auto host = imap_host(service);
    host.password = Secret("wrong");
    EXPECT_EQ(Imap(std::move(host)).connect().error().code, "mail.imap.login");
    auto smtp = smtp_host();
    smtp.user = service;
    smtp.password = Secret("wrong");
    auto const sent = send_mail(smtp, {service, {customer}}, "x");
    EXPECT_EQ(sent.error().code, "mail.smtp.login");
    EXPECT_EQ(sent.error().kind, Kind::unavailable);
}

TEST_F(MailRoundtrip, refusals_for_good_and_for_now_are_told_apart) {
    auto const bytes = "Subject: x\r\n\r\nx\r\n";
    std::string const full = "full@example.test";
    auto const never = send_mail(smtp_host(), {service, {"nobody@example.test"}}, bytes);
    ASSERT_FALSE(never);
    EXPECT_EQ(never.error().code, "mail.smtp.refused");
    EXPECT_EQ(never.error().kind, Kind::invalid);
    ASSERT_FALSE(never.error().params.empty());
    EXPECT_EQ(never.error().params[0].second, "550 5.1.1 No such user here");
    auto const later = send_mail(smtp_host(), {service, {full}}, bytes);
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().code, "mail.smtp.later");
    EXPECT_EQ(later.error().kind, Kind::unavailable);

    auto const some = send_mail(smtp_host(), {"", {"nobody@example.test", customer, full}}, bytes);
    ASSERT_TRUE(some) << some.error().detail;
    ASSERT_EQ(some->refused.size(), 2U);
    EXPECT_EQ(some->refused[0].address, "nobody@example.test");
    EXPECT_EQ(some->refused[0].code, 550);
    EXPECT_EQ(some->refused[1].address, full);
    EXPECT_EQ(some->refused[1].code, 452);
    Imap theirs(imap_host(customer));
    EXPECT_EQ(uids(theirs, "INBOX").size(), 1U);
    for (std::string bad : {"", "a", "a@b\r\nRCPT TO:<c@d>", "a b@c", "<a@b>"}) {
        EXPECT_EQ(send_mail(smtp_host(), {service, {bad}}, bytes).error().code, "mail.smtp.address");
    }
}

TEST_F(MailRoundtrip, a_server_that_went_away_is_said) {
    auto mortal = testkit::MailServer::start();
    ASSERT_TRUE(mortal);
    auto const account = [&] {
        return MailHost{"127.0.0.1", (*mortal)->imap, Security::none, (*mortal)->users[0].address,
                        Secret((*mortal)->users[0].password)};
    };
    Imap inbox(account());
    ASSERT_TRUE(uids(inbox, "INBOX").empty());
    auto gone = account();
    MailHost const smtp{"127.0.0.1", (*mortal)->smtp, Security::none, "", {}};
    auto const folder = (*mortal)->folder;
    mortal->reset();
    EXPECT_FALSE(fs::exists(folder));
    auto const listed = inbox.list({"INBOX", 0}, 0);
    ASSERT_FALSE(listed);
    EXPECT_EQ(listed.error().kind, Kind::unavailable) << listed.error().code;
    EXPECT_EQ(Imap(std::move(gone)).connect().error().code, "mail.imap.connect");
    EXPECT_EQ(send_mail(smtp, {service, {customer}}, "x").error().code, "mail.smtp.connect");
}

}  // namespace
}  // namespace keepword::outbound
