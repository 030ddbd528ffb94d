#include <fmt/core.h>

#include <fstream>
#include <map>

#include "domain/mailbox/mailbox_fixture.hpp"
#include "foundation/text.hpp"
#include "outbound/mime.hpp"
#include "testkit/mail_corpus.hpp"

// Every mail of the corpus comes into a centre, twice, and becomes what corpus/intake.expect says of it, once.
namespace keepword::mailbox {
namespace {

constexpr std::string_view our_letter = "c42.7@keepword.test";  // in the corpus: the id of a letter of ours
constexpr char const* correspondent = "wangwu@example.com";

// The table's lines by the mail's name, the name included.
std::map<std::string, std::string> expectations() {
    std::map<std::string, std::string> out;
    std::ifstream in(std::string(KEEPWORD_SOURCE) + "/server/outbound/corpus/intake.expect");
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with('#')) out[line.substr(0, line.find(" | "))] = line;
    }
    return out;
}

std::string joined(std::vector<std::string> const& all, std::string_view between) {
    std::string out;
    for (auto const& one : all) out += (out.empty() ? "" : std::string(between)) + one;
    return out;
}

class MailCorpus : public MailboxFixture {
  protected:
    // What a person can come across: cases, entries on them, files, letters to customers.
    struct Seen {
        std::size_t cases, entries, files, letters;
        bool operator==(Seen const&) const = default;
    };
    Seen seen() {
        auto const count = [&](storage::Sql sql) { return std::stoul(only(sql)); };
        return {count("SELECT count(*) FROM cases"), count("SELECT count(*) FROM timeline"),
                count("SELECT count(*) FROM attachment"), count("SELECT count(*) FROM mail WHERE direction = 'out'")};
    }

    MailRecord take(std::string bytes) {
        // So that nobody writes more than a person can.
        clock_.advance(minutes(4));
        inbox_.messages.clear();
        inbox_.add(std::move(bytes));
        EXPECT_EQ(testkit::must(take_mails(parts_, desk_, box_, inbox_)).taken, 1);
        EXPECT_TRUE(inbox_.messages[0].moved);
        return read([](storage::Transaction& tx) -> Result<MailRecord> {
            auto const row = TRY(tx.one("SELECT max(id) FROM mail WHERE direction = 'in'"));
            return load_mail(tx, row->id<MailTag>(0));
        });
    }

    // Four customers write and hear from us, by whom the corpus is answered or sent back.
    void write_letters() {
        for (auto const* address : {correspondent, "zhangsan@icloud.example.com", "lisi@163.com", "123456@qq.com"}) {
            auto const opened = take(fmt::format(
                "From: {0}\r\nSubject: first\r\nMessage-ID: <first.{0}>\r\n\r\nMy box is broken.\r\n", address));
            letters_[address] = read([&](storage::Transaction& tx) -> Result<std::string> {
                return TRY(tx.one("SELECT message_id FROM mail WHERE direction = 'out' AND case_id = ?",
                                  opened.case_id))
                    ->text(0);
            });
            cases_[letters_[address]] = opened.case_id;
        }
    }

    // The mail with the id of a real letter in it, and which case that is about.
    std::pair<std::string, cases::CaseId> addressed(std::string bytes) {
        if (bytes.find(our_letter) == std::string::npos) return {std::move(bytes), cases::CaseId{}};
        auto const mail = outbound::read_mail(bytes);
        auto const known = mail ? letters_.find(mail->from.address) : letters_.end();
        auto const letter = known == letters_.end() ? letters_[correspondent] : known->second;
        for (std::size_t at = 0; (at = bytes.find(our_letter, at)) != std::string::npos; at += letter.size())
            bytes.replace(at, our_letter.size(), letter);
        return {std::move(bytes), cases_[letter]};
    }

    std::string described(std::string const& name, MailRecord const& mail) {
        auto const says = read([&](storage::Transaction& tx) -> Result<std::string> {
            if (mail.outcome == Outcome::opened || mail.outcome == Outcome::related)
                return TRY(tx.one("SELECT title FROM cases WHERE id = ?", mail.case_id))->text(0);
            if (mail.outcome != Outcome::threaded && mail.outcome != Outcome::noted) return mail.reason.value_or("");
            auto const text = TRY(tx.one("SELECT text FROM timeline WHERE id = ?", mail.entry))->text(0);
            return text.substr(0, text.find('\n'));
        });
        auto const files = read([&](storage::Transaction& tx) -> Result<std::vector<std::string>> {
            std::vector<std::string> out;
            for (auto const& row : TRY(tx.query("SELECT name FROM attachment WHERE entry = ? ORDER BY id", mail.entry)))
                out.push_back(row.text(0));
            return out;
        });
        return fmt::format("{} | {} | {} | {} | {}", name, json::word(mail.outcome), says,
                           mail.entry ? joined(files, "; ") : "", joined(mail.problems, " "));
    }

    // A case that waits for its customer goes on waiting, whatever machines send.
    void wait_for(cases::CaseId id) {
        write([&](storage::Transaction& tx) -> Result<> {
            auto const row = TRY(tx.one("SELECT paused_at FROM cases WHERE id = ?", id));
            if (!row->null(0)) return {};
            return desk_.pause({tx, clock_.now(), {}}, id, "等客户", std::nullopt);
        });
    }
    bool waits(cases::CaseId id) {
        return read([&](storage::Transaction& tx) -> Result<bool> {
            return !TRY(tx.one("SELECT paused_at FROM cases WHERE id = ?", id))->null(0);
        });
    }

    // Everything that is wrong with how one mail was taken; nothing where it is as expected.
    std::string wrong(testkit::CorpusMail const& one, std::string const& expected) {
        auto const [bytes, about] = addressed(testkit::corpus_bytes(one));
        if (about) wait_for(about);
        auto const before = seen();
        auto const mail = take(bytes);
        auto const got = described(one.name, mail);
        if (got != expected) return fmt::format("expected: {}\n     got: {}", expected, got);
        if (about && mail.case_id && mail.outcome != Outcome::related && mail.case_id != about)
            return "it is on another case";
        if (about && waits(about) == (mail.outcome == Outcome::threaded)) return "the case waits, or not";
        auto const after = seen();
        bool const new_case = mail.outcome == Outcome::opened || mail.outcome == Outcome::related;
        if (after.cases != before.cases + (new_case ? 1 : 0)) return "not one case";
        if (!new_case && after.letters != before.letters) return "a machine was answered";
        if (!mail.case_id && mail.reason.value_or("").empty()) return "set aside without a reason";
        auto const again = take(bytes);
        bool const known = again.outcome == Outcome::duplicate || again.outcome == Outcome::loop;
        if (!known || seen() != after) return fmt::format("the second time: {}", described(one.name, again));
        return "";
    }

    MailboxId box_ = add_mailbox();
    MemoryInbox inbox_;
    std::map<std::string, std::string> letters_;  // by address
    std::map<std::string, cases::CaseId> cases_;  // by letter
};
KEEPWORD_ON_BOTH_DATABASES(MailCorpus);

TEST_P(MailCorpus, every_mail_becomes_what_it_should_and_never_twice) {
    write_letters();
    auto expected = expectations();
    auto const corpus = testkit::mail_corpus();
    std::size_t right = 0;
    for (auto const& mail : corpus) {
        auto const what = wrong(mail, expected[mail.name]);
        if (!what.empty()) ADD_FAILURE() << mail.name << "\n" << what;
        right += what.empty() ? 1 : 0;
    }
    EXPECT_EQ(expected.size(), corpus.size()) << "the table names mails that are not there";
    fmt::print("mail: {} of {} as expected\n", right, corpus.size());
}

}  // namespace
}  // namespace keepword::mailbox
