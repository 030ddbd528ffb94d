#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include "domain/mailbox/mailbox_fixture.hpp"
#include "domain/mailbox/trouble.hpp"
#include "testkit/mail_corpus.hpp"
#include "testkit/odd_mail_server.hpp"

// Mails and servers that do what they should not: none keeps the others waiting, and nothing vanishes.
namespace keepword::mailbox {
namespace {

using Texts = std::vector<std::string>;
using testkit::OddMailServer;

std::string mail_of(std::string const& from, std::string const& subject, std::string const& more = "") {
    return fmt::format("From: {}\r\nSubject: {}\r\n{}\r\nWords.\r\n", from, subject, more);
}

// Fetching some of its mails goes wrong.
class PoisonedInbox final : public Inbox {
  public:
    explicit PoisonedInbox(MemoryInbox& real) : real_(real) {}
    Result<outbound::MailListing> list(outbound::MailboxPlace const& known, std::uint32_t last_uid,
                                       std::size_t limit) override {
        return real_.list(known, last_uid, limit);
    }
    Result<> fetch(outbound::MailboxPlace const& place, std::uint32_t uid, std::uint64_t limit,
                   outbound::Imap::Sink const& sink) override {
        if (on_fetch) std::exchange(on_fetch, nullptr)();
        if (uid == throws_at) throw std::runtime_error("poison");
        if (uid != breaks_at) return real_.fetch(place, uid, limit, sink);
        TRY(sink("From: wang@example.test\r\nSubject: half"));
        return fail(Kind::unavailable, "mail.imap.broken");
    }
    Result<> file(outbound::MailboxPlace const& place, std::span<std::uint32_t const> uids) override {
        return real_.file(place, uids);
    }

    std::uint32_t throws_at = 0;
    std::uint32_t breaks_at = 0;
    std::function<void()> on_fetch;  // once, in the middle of a pass

  private:
    MemoryInbox& real_;
};

class IntakeFaults : public MailboxFixture {
  protected:
    Result<Passed> pass() { return take_mails(parts_, desk_, box_, poisoned_); }
    // Passes until every pause between two tries is over.
    void pass_for_long() {
        for (std::int64_t i = 0; i < most_tries; ++i) {
            (void)pass();
            clock_.advance(hours(7));
        }
    }
    std::size_t cases() { return column("SELECT id FROM cases").size(); }
    testkit::CallDriver calls() { return testkit::CallDriver(*database_, clock_, routes(parts_, desk_)); }

    MailboxId add_server(std::string const& address, OddMailServer const& server) {
        auto const id = add_mailbox(address);
        write([&](storage::Transaction& tx) -> Result<> {
            auto record = TRY(load_mailbox(tx, id));
            record.imap.port = server.port();
            record.imap_password = sealed_password(parts_, record.imap, "secret");
            return update_mailbox(tx, record);
        });
        return id;
    }
    // Until there are so many cases; false where that takes too long.
    bool reaches(std::size_t count) {
        auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (cases() < count) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return cases() == count;
    }

    MailboxId box_ = add_mailbox();
    MemoryInbox inbox_;
    PoisonedInbox poisoned_{inbox_};
};
KEEPWORD_ON_BOTH_DATABASES(IntakeFaults);

TEST_P(IntakeFaults, a_mail_that_makes_the_program_throw_is_set_aside_and_shown) {
    for (auto const* subject : {"one", "poison", "three"}) inbox_.add(mail_of("wang@example.test", subject));
    poisoned_.throws_at = 2;
    EXPECT_EQ(testkit::code_of(pass()), "mailbox.exception");
    EXPECT_EQ(column("SELECT title FROM cases ORDER BY id"), (Texts{"one", "three"}));
    EXPECT_EQ(only("SELECT last_error FROM mailbox"), "mailbox.exception");
    pass_for_long();
    EXPECT_EQ(outcomes(), (Texts{"opened", "opened", "failed"}));
    EXPECT_EQ(only("SELECT reason FROM mail WHERE outcome = 'failed'"), "mailbox.exception");
    // It lies where it lay, and nobody tries it any more.
    EXPECT_FALSE(inbox_.messages[1].moved);
    testkit::must(pass());
    EXPECT_EQ(column("SELECT uid FROM mail_trouble").size(), 0U);
    EXPECT_EQ(column("SELECT last_error FROM mailbox WHERE last_error IS NOT NULL").size(), 0U);
    auto driver = calls();
    auto const manager = driver.as(testkit::caller_with({"mailboxes.manage"}));
    auto const listed = manager.get("/mailboxes/" + box_.str() + "/mails?outcome=failed");
    ASSERT_EQ(listed["items"].as_array().size(), 1U) << listed.text;
    EXPECT_EQ(listed["items"].at(0).at("reason"), "mailbox.exception");
    // What made it fail is mended: it is taken as if it were new.
    poisoned_.throws_at = 0;
    auto const again = manager.post("/mailboxes/" + box_.str() + "/again", json::object{});
    EXPECT_EQ(again["mails"], 1) << again.text;
    testkit::must(pass());
    EXPECT_EQ(column("SELECT title FROM cases ORDER BY id"), (Texts{"one", "three", "poison"}));
    EXPECT_EQ(column("SELECT id FROM mail WHERE outcome = 'failed'").size(), 0U);
    EXPECT_TRUE(inbox_.messages[1].moved);
}

TEST_P(IntakeFaults, what_is_tried_again_in_the_middle_of_a_pass_is_not_passed_over_by_it) {
    inbox_.add(mail_of("wang@example.test", "poison"));
    poisoned_.throws_at = 1;
    pass_for_long();
    EXPECT_EQ(outcomes(), (Texts{"failed"}));
    inbox_.add(mail_of("wang@example.test", "two"));
    poisoned_.throws_at = 0;
    auto driver = calls();
    auto const manager = driver.as(testkit::caller_with({"mailboxes.manage"}));
    poisoned_.on_fetch = [&] { manager.post("/mailboxes/" + box_.str() + "/again", json::object{}); };
    EXPECT_EQ(testkit::code_of(pass()), "mailbox.changed");
    testkit::must(pass());
    EXPECT_EQ(column("SELECT title FROM cases ORDER BY id"), (Texts{"poison", "two"}));
}

TEST_P(IntakeFaults, a_clock_that_is_put_back_keeps_no_mail_waiting_for_its_time_to_come_again) {
    inbox_.add(mail_of("wang@example.test", "poison"));
    poisoned_.throws_at = 1;
    clock_.advance(days(365));
    (void)pass();
    (void)pass();
    clock_.set(clock_.now() - days(365));
    poisoned_.throws_at = 0;
    testkit::must(pass());
    EXPECT_EQ(column("SELECT title FROM cases"), (Texts{"poison"}));
}

TEST_P(IntakeFaults, a_mail_at_which_the_server_always_breaks_off_keeps_none_waiting) {
    for (auto const* subject : {"one", "half", "three"}) inbox_.add(mail_of("wang@example.test", subject));
    poisoned_.breaks_at = 2;
    EXPECT_EQ(testkit::code_of(pass()), "mail.imap.broken");
    EXPECT_EQ(cases(), 1U);
    EXPECT_EQ(testkit::code_of(pass()), "mail.imap.broken");
    // By now it rests, and those behind it come in.
    testkit::must(pass());
    EXPECT_EQ(column("SELECT title FROM cases ORDER BY id"), (Texts{"one", "three"}));
    pass_for_long();
    EXPECT_EQ(outcomes(), (Texts{"opened", "opened", "failed"}));
    EXPECT_EQ(only("SELECT subject FROM mail WHERE outcome = 'failed'"), "half");
    // What has arrived of it can be looked at, by whoever looks after the mailbox.
    auto const path =
        "/mailboxes/" + box_.str() + "/mails/" + only("SELECT id FROM mail WHERE outcome = 'failed'") + "/original";
    auto driver = calls();
    EXPECT_EQ(driver.as(testkit::caller_with({"mailboxes.manage"})).get(path).status, 200);
    EXPECT_EQ(driver.as(testkit::caller_with({"cases.read", "cases.all"})).get(path).status, 403);
    auto const kept = blobs_.get(only("SELECT raw FROM mail WHERE outcome = 'failed'"));
    ASSERT_TRUE(kept);
    EXPECT_EQ(*kept, "From: wang@example.test\r\nSubject: half");
    // The mail of a case is read there, not here.
    auto const opened = column("SELECT id FROM mail WHERE outcome = 'opened'").at(0);
    auto const other = "/mailboxes/" + box_.str() + "/mails/" + opened + "/original";
    EXPECT_EQ(driver.as(testkit::caller_with({"mailboxes.manage"})).get(other).status, 404);
}

TEST_P(IntakeFaults, whatever_throws_while_a_mail_is_taken_is_that_mails_own_fault) {
    auto parts = parts_over(*database_);
    parts.mac = [](std::string_view bytes) -> crypto::Digest {
        if (bytes.find("poison@") != std::string_view::npos) throw std::runtime_error("poison");
        return crypto::hmac_sha256("a key for threads", bytes);
    };
    inbox_.add(mail_of("poison@example.test", "poison"));
    inbox_.add(mail_of("wang@example.test", "two"));
    (void)take_mails(parts, desk_, box_, inbox_);
    // Writing to a poisoned address throws, so there is no case of that one yet; the other is there.
    EXPECT_EQ(column("SELECT title FROM cases"), Texts{"two"});
    for (std::int64_t i = 0; i < most_tries; ++i) {
        clock_.advance(hours(7));
        (void)take_mails(parts, desk_, box_, inbox_);
    }
    EXPECT_EQ(outcomes(), (Texts{"opened", "failed"}));
    EXPECT_EQ(only("SELECT reason FROM mail WHERE outcome = 'failed'"), "storage.exception");
    EXPECT_EQ(*blobs_.get(only("SELECT raw FROM mail WHERE outcome = 'failed'")), inbox_.messages[0].bytes);
}

TEST_P(IntakeFaults, a_machine_in_a_circle_is_stopped_and_the_desk_hears_of_it) {
    testkit::must(pass());
    for (std::int64_t i = 0; i < 130; ++i) inbox_.add(mail_of("robot@example.test", "alarm " + std::to_string(i)));
    testkit::must(pass());
    EXPECT_EQ(cases(), 100U);
    EXPECT_EQ(column("SELECT id FROM mail WHERE reason = 'sender-limit' AND outcome = 'loop'").size(), 30U);
    EXPECT_EQ(column("SELECT id FROM timeline WHERE kind = 'incident'").size(), 1U);
    // Another one is heard all the same, and the first an hour later.
    inbox_.add(mail_of("wang@example.test", "a person"));
    testkit::must(pass());
    clock_.advance(hours(2));
    inbox_.add(mail_of("robot@example.test", "much later"));
    testkit::must(pass());
    EXPECT_EQ(cases(), 102U);
}

TEST_P(IntakeFaults, answers_to_answers_end_on_their_case) {
    inbox_.add(mail_of("robot@example.test", "first"));
    testkit::must(pass());
    auto const letter = only("SELECT message_id FROM mail WHERE direction = 'out'");
    for (int i = 0; i < 40; ++i)
        inbox_.add(mail_of("robot@example.test", "Re: " + std::to_string(i), "In-Reply-To: <" + letter + ">\r\n"));
    testkit::must(pass());
    EXPECT_EQ(cases(), 1U);
    // The first mail stands on the case too.
    EXPECT_EQ(column("SELECT id FROM mail WHERE outcome = 'threaded'").size(), 29U);
    EXPECT_EQ(column("SELECT id FROM mail WHERE reason = 'case-limit'").size(), 11U);
    EXPECT_EQ(column("SELECT id FROM timeline WHERE kind = 'incident'").size(), 1U);
    EXPECT_EQ(column("SELECT id FROM mail WHERE direction = 'out'").size(), 1U);
}

// What came in while nobody took mails is no circle.
TEST_P(IntakeFaults, many_mails_of_many_days_are_all_taken) {
    testkit::must(pass());
    for (int day = 1; day <= 15; ++day) {
        for (int hour = 0; hour < 10; ++hour) {
            inbox_.add(mail_of("wang@example.test", fmt::format("{}-{}", day, hour),
                               fmt::format("Date: {} Feb 2026 {:02}:00:00 +0800\r\n", day, 8 + hour)));
        }
    }
    testkit::must(pass());
    EXPECT_EQ(cases(), 150U);
}

TEST_P(IntakeFaults, the_same_mail_by_another_way_is_known_and_another_with_its_id_is_not) {
    auto const with_id = mail_of("wang@example.test", "a", "Message-ID: <1@example.test>\r\n");
    auto const dated = mail_of("wang@example.test", "b", "Date: Mon, 02 Mar 2026 08:00:00 +0800\r\n");
    auto const bare = mail_of("wang@example.test", "c");
    for (auto const& mail : {with_id, dated, bare}) {
        inbox_.add("Received: by one\r\n" + mail);
        inbox_.add("Received: by another\r\n" + mail);
    }
    testkit::must(pass());
    EXPECT_EQ(outcomes(), (Texts{"opened", "duplicate", "opened", "duplicate", "opened", "duplicate"}));
    // A program that gives all its mails one id loses none by it.
    inbox_.add(mail_of("wang@example.test", "a", "Message-ID: <1@example.test>\r\nX: 1\r\n") + "And more.\r\n");
    // Out of another folder, into another of our mailboxes: the same.
    MemoryInbox other;
    other.add("Received: by a third\r\n" + with_id);
    testkit::must(pass());
    EXPECT_EQ(cases(), 4U);
    auto const second = add_mailbox("repair@keepword.test");
    testkit::must(take_mails(parts_, desk_, second, other));
    EXPECT_EQ(cases(), 4U);
    // With neither id nor date, the same words a week later are news; the same bytes are not.
    clock_.advance(days(7));
    inbox_.add("Received: by yet another\r\n" + bare);
    inbox_.add("Received: by one\r\n" + bare);
    testkit::must(pass());
    EXPECT_EQ(cases(), 5U);
}

// Bytes of memory this process has ever held since the count was set back.
std::size_t most_memory() {
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6)) * 1'024;
    }
    return 0;
}

TEST_P(IntakeFaults, thirty_megabytes_take_no_more_than_a_few_times_that) {
    testkit::must(pass());
    auto const corpus = testkit::mail_corpus();
    auto const large = std::find_if(corpus.begin(), corpus.end(),
                                    [](auto const& mail) { return mail.name == "structure/megabytes-30"; });
    ASSERT_NE(large, corpus.end());
    inbox_.add(testkit::corpus_bytes(*large));
    auto const size = inbox_.messages[0].bytes.size();
    std::ofstream("/proc/self/clear_refs") << "5";
    auto const before = most_memory();
    testkit::must(pass());
    auto const grown = most_memory() - before;
    EXPECT_EQ(cases(), 1U);
    fmt::print("mail of {} MB: {} MB more at the peak\n", size / 1'000'000, grown / 1'000'000);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LT(grown, 4 * size);
#endif
}

TEST_P(IntakeFaults, servers_that_hang_keep_neither_other_mailboxes_nor_the_end_waiting) {
    OddMailServer silent(OddMailServer::Way::silent);
    OddMailServer dripping(OddMailServer::Way::dripping);
    OddMailServer dropping(OddMailServer::Way::dropping);
    OddMailServer working(OddMailServer::Way::working);
    write([&](storage::Transaction& tx) { return remove_mailbox(tx, box_, clock_.now()); });
    add_server("silent@keepword.test", silent);
    add_server("dripping@keepword.test", dripping);
    add_server("dropping@keepword.test", dropping);
    IntakeRunner runner(parts_, desk_, milliseconds(50));
    runner.start();
    // One more is set up while the others hang. The second mail of the two that give it is the same one.
    add_server("working@keepword.test", working);
    EXPECT_TRUE(reaches(2));
    EXPECT_EQ(column("SELECT title FROM cases ORDER BY title"), (Texts{"first", "second"}));
    EXPECT_GE(silent.connections(), 1);
    EXPECT_GE(dripping.connections(), 1);
    auto const begin = std::chrono::steady_clock::now();
    runner.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace keepword::mailbox
