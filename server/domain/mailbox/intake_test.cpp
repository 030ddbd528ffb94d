#include <fmt/core.h>

#include "domain/mailbox/mailbox_fixture.hpp"
#include "domain/mailbox/taking.hpp"
#include "domain/mailbox/threading.hpp"
#include "outbound/mime.hpp"

namespace keepword::mailbox {
namespace {

// A mail as customers send them.
std::string mail_from(std::string const& from, std::string const& subject, std::string const& text,
                      std::string const& more = "") {
    static int number = 0;
    return fmt::format(
        "From: {}\r\nTo: <service@keepword.test>\r\nSubject: {}\r\nMessage-ID: <m{}@example.test>\r\n"
        "Date: Mon, 02 Mar 2026 08:59:00 +0800\r\n{}MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
        from, subject, ++number, more, text);
}

constexpr char const* customer = "王芳 <wang@example.test>";

class Intake : public MailboxFixture {
  protected:
    Result<Passed> pass() { return take_mails(parts_, desk_, box_, inbox_); }
    Passed must_pass() { return testkit::must(pass()); }
    std::size_t cases() { return column("SELECT id FROM cases").size(); }
    // The Message-ID of the newest mail that was sent.
    std::string last_sent() {
        return column("SELECT message_id FROM mail WHERE direction = 'out' ORDER BY id DESC").at(0);
    }
    std::vector<std::string> links() { return column("SELECT kind FROM case_link ORDER BY id"); }
    cases::CaseId first_case() { return *cases::CaseId::parse(column("SELECT id FROM cases ORDER BY id").at(0)); }
    std::vector<std::string> entries_of(cases::CaseId id) {
        return read([&](storage::Transaction& tx) -> Result<std::vector<std::string>> {
            std::vector<std::string> out;
            for (auto const& row : TRY(tx.query("SELECT kind FROM timeline WHERE case_id = ? ORDER BY id", id)))
                out.push_back(row.text(0));
            return out;
        });
    }

    MailboxId box_ = add_mailbox();
    MemoryInbox inbox_;
};
KEEPWORD_ON_BOTH_DATABASES(Intake);

using Texts = std::vector<std::string>;

TEST_P(Intake, a_mail_becomes_a_case_and_its_sender_hears_the_number) {
    inbox_.add(mail_from(customer, "Re: 机顶盒无法开机", "您好，\r\n机顶盒今早起无法开机。"));
    auto const passed = must_pass();
    EXPECT_EQ(passed.taken, 1);
    EXPECT_EQ(passed.filed, 1);
    EXPECT_TRUE(inbox_.messages[0].moved);
    EXPECT_EQ(only("SELECT title FROM cases"), "机顶盒无法开机");
    EXPECT_EQ(only("SELECT description FROM cases"), "您好，\n机顶盒今早起无法开机。");
    EXPECT_EQ(only("SELECT channel FROM cases"), "mail");
    EXPECT_EQ(only("SELECT contact_name FROM cases"), "王芳");
    EXPECT_EQ(only("SELECT contact_email FROM cases"), "wang@example.test");
    EXPECT_EQ(only("SELECT element FROM task"), "accept");
    EXPECT_EQ(outcomes(), Texts{"opened"});
    EXPECT_EQ(entries_of(first_case()), (Texts{"opened", "mail-in", "mail-out"}));
    auto const letter = only("SELECT text FROM mail WHERE direction = 'out'");
    EXPECT_NE(letter.find("尊敬的王芳："), std::string::npos) << letter;
    EXPECT_NE(letter.find("KF20260302-0001"), std::string::npos);
    EXPECT_NE(letter.find("用户服务中心\n2026年3月2日"), std::string::npos);
    EXPECT_EQ(only("SELECT kind FROM job"), "mail");
    EXPECT_EQ(must_pass().taken, 0);
}

TEST_P(Intake, whoever_writes_is_known_by_the_address_unless_two_share_it) {
    write([&](storage::Transaction& tx) -> Result<> {
        TRY(
            tx.execute("INSERT INTO organisation (id, kind, name, name_key, version) VALUES (5, 'customer', "
                       "'江城广电', '江城广电', 1)"));
        for (int i = 11; i <= 13; ++i) {
            TRY(tx.execute(
                "INSERT INTO person (id, kind, name, name_key, organisation, phone, email, locale, active, version) "
                "VALUES (?, 'contact', '王主任', '王主任', 5, '0551-123', ?, 'zh', 1, 1)",
                i, i == 11 ? "Wang@example.test" : "office@example.test"));
        }
        return {};
    });
    inbox_.add(mail_from(customer, "一", "一"));
    inbox_.add(mail_from("OFFICE@example.test", "二", "二"));
    must_pass();
    EXPECT_EQ(column("SELECT coalesce(contact, 0) FROM cases ORDER BY id"), (Texts{"11", "0"}));
    EXPECT_EQ(column("SELECT organisation FROM cases ORDER BY id"), (Texts{"5", "5"}));
    EXPECT_EQ(column("SELECT coalesce(contact_name, '') FROM cases ORDER BY id"), (Texts{"王主任", ""}));
    EXPECT_EQ(column("SELECT coalesce(contact_phone, '') FROM cases ORDER BY id"), (Texts{"0551-123", ""}));
}

TEST_P(Intake, a_reply_goes_to_its_case_and_wakes_it) {
    inbox_.add(mail_from(customer, "机顶盒", "坏了"));
    must_pass();
    auto const id = first_case();
    write([&](storage::Transaction& tx) { return desk_.pause({tx, clock_.now(), {}}, id, "等客户", std::nullopt); });
    inbox_.add(
        mail_from("WANG@example.test", "回复：机顶盒", "型号是 HD-200。", "In-Reply-To: <" + last_sent() + ">\r\n"));
    // By References alone, as some programs answer.
    inbox_.add(mail_from(customer, "再补充", "序列号 9527", "References: <x@y> <" + last_sent() + "> <z@y>\r\n"));
    must_pass();
    EXPECT_EQ(outcomes(), (Texts{"opened", "threaded", "threaded"}));
    EXPECT_EQ(cases(), 1U);
    EXPECT_EQ(only("SELECT state FROM cases"), "open");
    EXPECT_EQ(entries_of(id), (Texts{"opened", "mail-in", "mail-out", "paused", "mail-in", "resumed", "mail-in"}));
    EXPECT_EQ(column("SELECT text FROM timeline WHERE kind = 'mail-in' ORDER BY id").at(1), "型号是 HD-200。");
    // A reply is answered by people, not by a machine.
    EXPECT_EQ(column("SELECT id FROM mail WHERE direction = 'out'").size(), 1U);
}

TEST_P(Intake, nobody_writes_into_a_case_whose_mark_was_given_to_another) {
    inbox_.add(mail_from(customer, "机顶盒", "坏了"));
    must_pass();
    auto const id = first_case();
    auto const entries = entries_of(id);
    auto const real = last_sent();
    // The right mark from the wrong sender.
    inbox_.add(mail_from("li@example.test", "回复：机顶盒", "我是李", "In-Reply-To: <" + real + ">\r\n"));
    // A mark that was made up.
    auto const forged = message_id_for(id, {}, std::string(20, '0'), "keepword.test");
    inbox_.add(mail_from(customer, "回复：机顶盒", "伪造", "In-Reply-To: <" + forged + ">\r\n"));
    must_pass();
    EXPECT_EQ(outcomes(), (Texts{"opened", "related", "opened"}));
    EXPECT_EQ(cases(), 3U);
    EXPECT_EQ(links(), Texts{"related"});
    // The foreign case says that it was linked, and nothing of what was written.
    auto after = entries;
    after.push_back("linked");
    EXPECT_EQ(entries_of(id), after);
}

TEST_P(Intake, the_reply_address_and_the_subject_lead_back_too_where_a_program_drops_the_references) {
    write([&](storage::Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE mailbox SET subject_tag = 1, plus_address = 1"));
        return {};
    });
    inbox_.add(mail_from(customer, "机顶盒", "坏了"));
    must_pass();
    auto const id = first_case();
    auto const proof = proof_for(parts_.mac, id, "wang@example.test");
    auto const subject = only("SELECT subject FROM mail WHERE direction = 'out'");
    EXPECT_EQ(subject, "回复：机顶盒 [KF20260302-0001 · " + proof + "]");
    inbox_.add(mail_from(customer, "答复: " + subject, "补充一"));
    inbox_.add(mail_from(customer, "新主题", "补充二",
                         "Delivered-To: " + reply_address_for("service@keepword.test", id, proof) + "\r\n"));
    inbox_.add(mail_from("li@example.test", subject, "外人"));
    must_pass();
    EXPECT_EQ(outcomes(), (Texts{"opened", "threaded", "threaded", "related"}));
}

TEST_P(Intake, a_reply_to_a_case_that_has_ended_carries_on_in_a_new_one) {
    inbox_.add(mail_from(customer, "机顶盒", "坏了"));
    must_pass();
    auto const id = first_case();
    write([&](storage::Transaction& tx) { return desk_.cancel({tx, clock_.now(), {}}, id, "重复"); });
    inbox_.add(mail_from(customer, "Re: 机顶盒", "还是坏的", "In-Reply-To: <" + last_sent() + ">\r\n"));
    must_pass();
    EXPECT_EQ(outcomes(), (Texts{"opened", "continued"}));
    EXPECT_EQ(links(), Texts{"continues"});
    EXPECT_EQ(column("SELECT state FROM cases ORDER BY id"), (Texts{"cancelled", "open"}));
}

TEST_P(Intake, machines_are_listened_to_and_never_answered) {
    inbox_.add(mail_from("robot@example.test", "备份完成", "ok", "Auto-Submitted: auto-generated\r\n"));
    inbox_.add(mail_from(customer, "机顶盒", "坏了"));
    must_pass();
    auto const sent = last_sent();
    auto const reply = "In-Reply-To: <" + sent + ">\r\n";
    inbox_.add(mail_from(customer, "自动回复：休假中", "我下周回来", reply + "Auto-Submitted: auto-replied\r\n"));
    inbox_.add(mail_from("MAILER-DAEMON@example.test", "Undelivered", "no such user", reply));
    inbox_.add(mail_from("MAILER-DAEMON@example.test", "Undelivered", "of somebody else's"));
    inbox_.add(mail_from("list@example.test", "用户通讯", "断网通知", "List-Id: <users.example.test>\r\n"));
    must_pass();
    EXPECT_EQ(outcomes(), (Texts{"automatic", "opened", "noted", "noted", "automatic", "opened"}));
    EXPECT_EQ(cases(), 2U);
    EXPECT_EQ(column("SELECT reason FROM mail WHERE outcome = 'automatic' ORDER BY id").at(0),
              "auto-submitted: auto-generated");
    // One receipt, for the person who wrote.
    EXPECT_EQ(column("SELECT peer FROM mail WHERE direction = 'out'"), Texts{"wang@example.test"});
    EXPECT_EQ(column("SELECT text FROM timeline WHERE text LIKE '%被退回%'"),
              Texts{"发给 wang@example.test 的邮件被退回。"});
    EXPECT_EQ(column("SELECT subject FROM audit WHERE action = 'mail.set-aside'").size(), 2U);
}

TEST_P(Intake, our_own_mails_that_come_back_stop_here) {
    inbox_.add(mail_from(customer, "机顶盒", "坏了"));
    must_pass();
    auto const own = "Message-ID: <" + last_sent() + ">\r\n";
    auto returned = mail_from(customer, "回复：机顶盒", "您的来信已收到");
    returned.replace(returned.find("Message-ID:"),
                     returned.find("\r\n", returned.find("Message-ID:")) + 2 - returned.find("Message-ID:"), own);
    inbox_.add(returned);
    inbox_.add(mail_from(customer, "转发", "x", "X-Loop: Service@keepword.test\r\n"));
    inbox_.add(mail_from("service@keepword.test", "x", "x"));
    must_pass();
    EXPECT_EQ(outcomes(), (Texts{"opened", "loop", "loop", "loop"}));
    EXPECT_EQ(column("SELECT reason FROM mail WHERE outcome = 'loop' ORDER BY id"),
              (Texts{"message-id", "x-loop", "from"}));
    EXPECT_EQ(cases(), 1U);
}

TEST_P(Intake, a_machine_that_looks_like_a_person_is_answered_a_few_times_only) {
    for (int i = 0; i < 8; ++i) inbox_.add(mail_from(customer, "休假", "第 " + std::to_string(i) + " 封"));
    must_pass();
    EXPECT_EQ(cases(), 8U);
    EXPECT_EQ(column("SELECT id FROM mail WHERE direction = 'out'").size(), 5U);
    clock_.advance(days(2));
    inbox_.add(mail_from(customer, "回来了", "新问题"));
    must_pass();
    EXPECT_EQ(column("SELECT id FROM mail WHERE direction = 'out'").size(), 6U);
}

TEST_P(Intake, one_mail_delivered_twice_is_one_case) {
    auto const mail = mail_from(customer, "机顶盒", "坏了");
    inbox_.add("Received: by one\r\n" + mail);
    inbox_.add("Received: by another\r\n" + mail);
    must_pass();
    EXPECT_EQ(outcomes(), (Texts{"opened", "duplicate"}));
    EXPECT_EQ(cases(), 1U);
}

TEST_P(Intake, a_mail_that_cannot_be_read_becomes_a_case_that_says_so_with_the_original) {
    inbox_.add("");
    inbox_.add(
        "From: wang@example.test\r\nSubject: =?utf-8?B?5py6?=\r\nContent-Type: multipart/mixed; "
        "boundary=x\r\n\r\n--y\r\n\xff\xfe");
    must_pass();
    EXPECT_EQ(cases(), 2U);
    EXPECT_EQ(column("SELECT title FROM cases ORDER BY id"), (Texts{"无法读取的邮件", "机"}));
    EXPECT_EQ(column("SELECT name FROM attachment"), (Texts{"原始邮件.eml", "原始邮件.eml"}));
    auto const kept = blobs_.get(column("SELECT sha256 FROM attachment ORDER BY id").at(1));
    ASSERT_TRUE(kept);
    EXPECT_EQ(*kept, inbox_.messages[1].bytes);
    for (auto const& text : column("SELECT description FROM cases"))
        EXPECT_NE(text.find("原始邮件已作为附件保存"), std::string::npos) << text;
}

TEST_P(Intake, attachments_and_pictures_come_along_under_the_type_they_are) {
    inbox_.add(
        "From: wang@example.test\r\nSubject: files\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; "
        "boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>看图<img src=\"cid:1@x\"></p>\r\n"
        "--b\r\nContent-Type: image/png; name=p.png\r\nContent-ID: <1@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\r\n"
        "--b\r\nContent-Type: image/png; name=evil.png\r\nContent-Disposition: attachment; filename=evil.png\r\n\r\n"
        "<html><script>alert(1)</script></html>\r\n--b--\r\n");
    must_pass();
    EXPECT_EQ(column("SELECT name FROM attachment ORDER BY name"), (Texts{"evil.png", "p.png"}));
    EXPECT_EQ(column("SELECT type FROM attachment ORDER BY name"), (Texts{"text/html", "image/png"}));
    EXPECT_EQ(only("SELECT title FROM cases"), "files");
    testkit::CallDriver calls(*database_, clock_, routes(parts_, desk_));
    auto const reader = calls.as(testkit::caller_with({"cases.read", "cases.all"}));
    auto const mail = only("SELECT id FROM mail WHERE direction = 'in'");
    auto const answer = reader.get("/cases/" + first_case().str() + "/mails/" + mail);
    ASSERT_EQ(answer.status, 200) << answer.text;
    EXPECT_EQ(answer["from"], "wang@example.test");
    EXPECT_EQ(answer["attachments"].as_array().size(), 2U);
    EXPECT_NE(answer["html"].as_string().find("cid:1@x"), json::string::npos);
    // Of another case it is not found, and whoever may not see the case finds nothing.
    inbox_.add(mail_from(customer, "另一个", "x"));
    must_pass();
    auto const other = column("SELECT id FROM cases ORDER BY id").at(1);
    EXPECT_EQ(reader.get("/cases/" + other + "/mails/" + mail).status, 404);
    EXPECT_EQ(calls.as(testkit::caller_with({})).get("/cases/" + first_case().str() + "/mails/" + mail).status, 404);
}

TEST_P(Intake, killed_anywhere_a_mail_is_taken_exactly_once) {
    KilledDatabase killed(*database_);
    auto parts = parts_over(killed);
    auto const failing = [&] { return testkit::code_of(take_mails(parts, desk_, box_, inbox_)); };
    testkit::must(take_mails(parts, desk_, box_, inbox_));  // the first pass over the empty mailbox
    inbox_.add(mail_from(customer, "机顶盒", "坏了"));
    inbox_.fail_fetch = true;
    EXPECT_EQ(failing(), "mail.imap.broken");
    EXPECT_EQ(cases(), 0U);
    inbox_.fail_fetch = false;
    killed.kill_next = true;  // everything was done but the commit
    EXPECT_EQ(failing(), "test.killed");
    EXPECT_EQ(cases(), 0U);
    EXPECT_TRUE(column("SELECT key FROM job").empty());
    inbox_.fail_before_file = true;  // committed, not moved
    EXPECT_EQ(failing(), "mail.imap.broken");
    EXPECT_EQ(cases(), 1U);
    EXPECT_FALSE(inbox_.messages[0].moved);
    EXPECT_EQ(failing(), "mail.imap.broken");
    EXPECT_EQ(cases(), 1U);
    inbox_.fail_before_file = false;
    inbox_.fail_after_file = true;  // moved, not remembered
    EXPECT_EQ(failing(), "mail.imap.broken");
    inbox_.fail_after_file = false;
    EXPECT_EQ(failing(), "");
    EXPECT_EQ(failing(), "");
    EXPECT_EQ(cases(), 1U);
    EXPECT_EQ(column("SELECT id FROM mail WHERE direction = 'in' AND ended_at IS NOT NULL").size(), 1U);
    EXPECT_EQ(column("SELECT id FROM mail WHERE direction = 'out'").size(), 1U);
}

TEST_P(Intake, a_mail_that_cannot_be_taken_holds_up_no_other_and_is_tried_again) {
    must_pass();
    inbox_.add(mail_from(customer, "一", "一"));
    write([](storage::Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE process_current SET key = 'gone' WHERE key = 'customer-acceptance'"));
        return {};
    });
    inbox_.add(mail_from("robot@example.test", "二", "二", "Auto-Submitted: auto-generated\r\n"));
    EXPECT_EQ(testkit::code_of(pass()), "process.unknown");
    EXPECT_EQ(outcomes(), Texts{"automatic"});
    EXPECT_EQ(only("SELECT last_error FROM mailbox"), "process.unknown");
    write([](storage::Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE process_current SET key = 'customer-acceptance' WHERE key = 'gone'"));
        return {};
    });
    must_pass();
    EXPECT_EQ(cases(), 1U);
    EXPECT_EQ(column("SELECT last_error FROM mailbox WHERE last_error IS NOT NULL").size(), 0U);
    EXPECT_EQ(column("SELECT id FROM mail WHERE direction = 'in'").size(), 2U);
}

TEST_P(Intake, what_was_read_before_the_mailbox_was_connected_makes_no_cases) {
    for (int i = 0; i < 250; ++i) inbox_.add(mail_from(customer, "旧邮件", std::to_string(i)), true);
    inbox_.add(mail_from(customer, "未读", "尚未处理"));
    must_pass();
    EXPECT_EQ(column("SELECT title FROM cases"), Texts{"未读"});
    EXPECT_EQ(inbox_.fetches, 1);
    // From now on a mail counts also where somebody was quicker to read it.
    inbox_.add(mail_from(customer, "新邮件", "已被同事打开"), true);
    must_pass();
    EXPECT_EQ(column("SELECT title FROM cases ORDER BY id"), (Texts{"未读", "新邮件"}));
}

TEST_P(Intake, a_folder_numbered_anew_gives_no_mail_a_second_case) {
    write([](storage::Transaction& tx) -> Result<> {
        TRY(tx.execute("UPDATE mailbox SET after_taking = 'seen'"));
        return {};
    });
    inbox_.add(mail_from(customer, "一", "一"));
    inbox_.add(mail_from(customer, "二", "二"));
    must_pass();
    for (auto& message : inbox_.messages) message.moved = false;  // they are marked, and lie where they were
    inbox_.renumber();
    inbox_.add(mail_from(customer, "三", "三"));
    EXPECT_EQ(must_pass().taken, 1);
    EXPECT_EQ(column("SELECT title FROM cases ORDER BY id"), (Texts{"一", "二", "三"}));
    EXPECT_EQ(must_pass().taken, 0);
}

TEST_P(Intake, pointed_to_another_server_the_same_numbers_mean_other_mails) {
    inbox_.add(mail_from(customer, "旧服务器", "一"));
    must_pass();
    auto const old_box = read([&](storage::Transaction& tx) { return load_mailbox(tx, box_); });
    write([&](storage::Transaction& tx) -> Result<> {
        auto changed = old_box;
        TRY(forget_progress(tx, changed));
        return update_mailbox(tx, changed);
    });
    MemoryInbox other;
    other.add(mail_from(customer, "新服务器", "二"));
    EXPECT_EQ(testkit::must(take_mails(parts_, desk_, box_, other)).taken, 1);
    EXPECT_EQ(column("SELECT title FROM cases ORDER BY id"), (Texts{"旧服务器", "新服务器"}));
    // A pass that began with the settings of before takes and remembers nothing any more.
    auto const late = database_->write([&](storage::Transaction& tx) {
        return take(parts_, desk_, tx, old_box, {7, 9, false, false}, Prepared{}, clock_.now());
    });
    EXPECT_EQ(testkit::code_of(late), "mailbox.changed");
    write([&](storage::Transaction& tx) { return save_progress(tx, old_box, 99, 99); });
    EXPECT_EQ(only("SELECT last_uid FROM mailbox"), "1");
}

TEST_P(Intake, a_mailbox_with_many_mails_is_taken_in_pages) {
    must_pass();
    for (int i = 0; i < 130; ++i)
        inbox_.add(mail_from("robot@example.test", "x", std::to_string(i), "Precedence: bulk\r\n"));
    EXPECT_EQ(must_pass().taken, 130);
    EXPECT_EQ(inbox_.fetches, 130);
}

}  // namespace
}  // namespace keepword::mailbox
