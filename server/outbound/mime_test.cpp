#include "outbound/mime.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <thread>

#include "foundation/crypto.hpp"
#include "foundation/text.hpp"
#include "outbound/charset.hpp"
#include "outbound/html_text.hpp"
#include "testkit/mail_corpus.hpp"
#include "testkit/temp_dir.hpp"

namespace keepword::outbound {
namespace {

using testkit::read_file;

// A mail of the corpus by its name.
testkit::CorpusMail corpus_mail(std::string const& name) {
    for (auto& mail : testkit::mail_corpus()) {
        if (mail.name == name) return mail;
    }
    ADD_FAILURE() << "no such mail: " << name;
    return {};
}

std::string one(Address const& a) {
    return a.name.empty() ? a.address : a.name + " <" + a.address + ">";
}

void block(std::string& out, std::string_view name, std::string_view text) {
    constexpr std::size_t longest = 20'000;  // bytes that are written out
    if (text.empty()) return;
    if (text.size() > longest) {
        out += fmt::format("{}: {} bytes {}\n", name, text.size(), crypto::hex(crypto::sha256(text)).substr(0, 12));
        return;
    }
    out += fmt::format("{}:\n", name);
    if (text.ends_with('\n')) text.remove_suffix(1);
    for (auto line : text::split(text, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        out += line.empty() ? "|\n" : fmt::format("| {}\n", line);
    }
}

void files(std::string& out, std::string_view what, std::vector<MailFile> const& all) {
    for (auto const& f : all) {
        auto const hash = crypto::hex(crypto::sha256(f.bytes)).substr(0, 12);
        out += fmt::format("{}: {}; {}; {} bytes {}{}\n", what, f.name, f.type, f.bytes.size(), hash,
                           f.content_id.empty() ? "" : "; cid:" + f.content_id);
    }
}

// Everything read_mail says, a line each, so that an expectation can be read and written by hand.
std::string describe(Result<Mail> const& read) {
    if (!read) return "error: " + read.error().code + "\n";
    auto const& m = *read;
    std::string out;
    auto const line = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) out += fmt::format("{}: {}\n", name, value);
    };
    line("from", one(m.from));
    for (auto const& a : m.reply_to) line("reply-to", one(a));
    for (auto const& a : m.to) line("to", one(a));
    for (auto const& a : m.cc) line("cc", one(a));
    for (auto const& a : m.delivered_to) line("delivered-to", a);
    line("subject", m.subject);
    line("message-id", m.message_id);
    line("in-reply-to", m.in_reply_to);
    for (auto const& r : m.references) line("reference", r);
    if (m.date) line("date", m.date->str());
    constexpr std::string_view origins[] = {"person", "automatic", "list", "bounce"};
    line("origin", fmt::format("{}{}", origins[static_cast<int>(m.origin)],
                               m.origin_reason.empty() ? "" : " (" + m.origin_reason + ")"));
    line("bounced",
         m.bounce.recipient.empty() && m.bounce.message_id.empty()
             ? ""
             : fmt::format("{} {} {} {}", m.bounce.recipient, m.bounce.status, m.bounce.message_id, m.bounce.action));
    block(out, "text", m.text);
    block(out, "quoted", m.quoted);
    block(out, "html", m.html);
    files(out, "attachment", m.attachments);
    files(out, "picture", m.pictures);
    for (auto const& p : m.problems) {
        line("problem", fmt::format("{}{}{}", p.code, p.part.empty() ? "" : " in " + p.part,
                                    p.detail.empty() ? "" : ": " + p.detail));
    }
    return out;
}

class Corpus : public testing::TestWithParam<testkit::CorpusMail> {};

// Each NAME.eml reads as NAME.expect says. With KEEPWORD_WRITE_EXPECTED set, what is read is written there instead, to
// be compared by eye before it is committed; the test fails all the same.
TEST_P(Corpus, reads_as_expected) {
    auto const got = describe(read_mail(testkit::corpus_bytes(GetParam())));
    auto const expected = std::filesystem::path(GetParam().path).replace_extension(".expect");
    if (std::getenv("KEEPWORD_WRITE_EXPECTED") != nullptr) {
        std::ofstream(expected, std::ios::binary) << got;
        FAIL() << "written: " << expected;
    }
    EXPECT_EQ(got, read_file(expected));
}

INSTANTIATE_TEST_SUITE_P(Mail, Corpus, testing::ValuesIn(testkit::mail_corpus()), [](auto const& test) {
    auto name = test.param.name;
    std::replace_if(name.begin(), name.end(), [](char c) { return c == '-' || c == '/'; }, '_');
    return name;
});

TEST(Corpus, holds_what_people_really_send) {
    EXPECT_GE(testkit::mail_corpus().size(), 120U);
}

// Whatever byte is lost or changed on the way, reading ends, in limits, with valid text.
void expect_sane(std::string_view bytes) {
    auto const mail = read_mail(bytes);
    if (!mail) return;
    EXPECT_TRUE(text::valid_utf8(mail->text)) << bytes;
    EXPECT_TRUE(text::valid_utf8(mail->quoted));
    EXPECT_TRUE(text::valid_utf8(mail->html));
    EXPECT_TRUE(text::valid_utf8(mail->subject));
    EXPECT_TRUE(text::valid_utf8(one(mail->from)));
    EXPECT_LE(mail->attachments.size() + mail->pictures.size(), max_mail_parts);
    EXPECT_LE(mail->problems.size(), max_mail_problems);
    for (auto const& file : mail->attachments) {
        EXPECT_TRUE(text::valid_utf8(file.name) && !file.name.empty());
        EXPECT_EQ(file.name.find_first_of("/\\"), std::string::npos);
    }
}

TEST(ReadMail, a_mail_cut_anywhere_is_still_read) {
    for (auto const* name : {"structure/nested", "program/qq-mail", "file/rfc2231-continued-name", "file/winmail",
                             "file/winmail-rich-text", "charset/raw-gbk-headers", "machine/bounce"}) {
        auto const whole = read_file(corpus_mail(name).path);
        for (std::size_t n = 1; n < whole.size(); n += 7) expect_sane(std::string_view(whole).substr(0, n));
    }
}

TEST(ReadMail, a_mail_with_any_byte_changed_is_still_read) {
    for (auto const* name : {"structure/nested", "file/winmail", "charset/iso-2022-jp", "program/html-only"}) {
        auto whole = read_file(corpus_mail(name).path);
        for (std::size_t n = 0; n < whole.size(); n += 3) {
            auto const kept = whole[n];
            for (char c : {'\0', '\n', '\xFF', '<', '='}) whole[n] = c, expect_sane(whole);
            whole[n] = kept;
        }
    }
}

TEST(ReadMail, several_threads_read_at_once) {
    std::vector<std::string> mails;
    for (auto const& mail : testkit::mail_corpus()) {
        if (mail.path.extension() == ".eml") mails.push_back(read_file(mail.path));
    }
    std::vector<std::string> alone;
    for (auto const& mail : mails) alone.push_back(describe(read_mail(mail)));
    std::vector<std::string> together(mails.size());
    std::atomic<std::size_t> next = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (std::size_t i; (i = next++) < mails.size();) together[i] = describe(read_mail(mails[i]));
            });
        }
    }
    EXPECT_EQ(together, alone);
}

TEST(ReadMail, text_beyond_what_is_kept_is_cut_between_characters) {
    std::string bytes = "From: a@example.com\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n ";
    while (bytes.size() < max_mail_text + 100) bytes += "长";
    auto const mail = read_mail(bytes);
    EXPECT_TRUE(text::valid_utf8(mail->text));
    EXPECT_LE(mail->text.size(), max_mail_text);
    ASSERT_EQ(mail->problems.size(), 1U);
    EXPECT_EQ(mail->problems[0].code, "text-too-long");
}

TEST(ReadMail, above_fifty_megabytes_only_the_header_is_read) {
    std::string bytes = "From: a@example.com\r\nSubject: large\r\n\r\n";
    bytes.resize(max_mail_bytes + 1, 'x');
    auto const mail = read_mail(bytes);
    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->subject, "large");
    EXPECT_TRUE(mail->text.empty());
    ASSERT_EQ(mail->problems.size(), 1U);
    EXPECT_EQ(mail->problems[0].code, "too-large");
}

// What this thread has computed so far: unlike the time of day it does not grow with what else the machine does.
double seconds_computed() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Input made to be slow: it must be read in about the time its size takes, a fraction of a second. What this guards
// against takes minutes.
TEST(ReadMail, hostile_shapes_take_no_longer_than_their_size) {
    auto const repeat = [](std::string_view s, std::size_t bytes) {
        std::string out;
        while (out.size() < bytes) out += s;
        return out;
    };
    std::string const start = "From: a@example.com\r\nContent-Type: text/html\r\n\r\n";
    std::string const plain = "From: a@example.com\r\n\r\n";
    std::string const mixed = "From: a@example.com\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n";
    for (auto const& bytes :
         {start + repeat("<a \"", 1'000'000), start + repeat("<a '>' =\"", 1'000'000),
          start + repeat("<!--", 1'000'000), start + repeat("<script>", 1'000'000),
          start + repeat("<blockquote>x", 1'000'000), start + repeat("&", 1'000'000),
          plain + repeat("On 1 wrote:\n> a\n", 600'000) + "b", plain + repeat(">\nOn 2\n", 600'000),
          mixed + repeat("--a\n", 2'000'000), repeat("a:\n", 2'000'000), repeat("a\n", 2'000'000),
          "From: " + repeat("a@b.c,", 99'000) + "\r\n\r\n", "From: " + repeat("(", 99'000) + "\r\n\r\n",
          "Subject: " + repeat("=?gb2312?B?uf4=?= ", 99'000) + "\r\n\r\n",
          "From: a@b.c\r\nContent-Type: text/plain; " + repeat("a*0*=b;", 99'000) + "\r\n\r\n"}) {
        auto const begin = seconds_computed();
        expect_sane(bytes);
        EXPECT_LT(seconds_computed() - begin, 10) << bytes.substr(0, 80);
    }
}

TEST(HtmlToText, lines_and_quotations_are_kept) {
    EXPECT_EQ(html_to_text("<p>一</p><p>二<br>三</p><blockquote>四<div>五</div></blockquote>六"),
              "一\n\n二\n三\n\n> 四\n> 五\n六");
    EXPECT_EQ(html_to_text("a &lt;b&gt; &#20013;&#x6587; &nope; & <"), "a <b> 中文 &nope; & <");
}

TEST(Charset, the_declared_small_set_is_read_as_the_large_one) {
    EXPECT_EQ(charset_name(" \"GB2312\" "), "gb18030");
    EXPECT_EQ(decode_charset("\x96\x46\x80\x80", "gb2312").charset, "gb18030");
    EXPECT_TRUE(decode_charset("\xC4\xE3\xFF", "gbk").damaged);
    EXPECT_EQ(decode_charset("", "gbk").text, "");
}

Outgoing a_reply() {
    Outgoing mail;
    mail.from = {"用户服务中心", "service@keepword.test"};
    mail.reply_to = {{"", "service+c42.abc@keepword.test"}};
    mail.to = {{"张三, \"老张\"", "zhangsan@example.com"}, {"", "li.si@example.com"}};
    mail.cc = {{"O'Neil", "oneil@example.com"}};
    mail.subject = "回复：洪都大道局点机顶盒无法开机，更换电源后恢复，请您确认是否正常，如仍有问题请直接回复本邮件";
    mail.text = "您好：\n\n已更换电源。\n.\nFrom here on\n";
    mail.message_id = "c42.1@keepword.test";
    mail.in_reply_to = "first@example.com";
    mail.references = {"root@example.com", "first@example.com"};
    mail.auto_submitted = AutoSubmitted::replied;
    mail.date = *Instant::parse("2026-02-13T09:30:00+08:00");
    return mail;
}

TEST(WriteMail, what_is_written_reads_back_the_same) {
    testkit::TempDir folder;
    auto const path = folder.path() / "report.pdf";
    std::ofstream(path, std::ios::binary) << "%PDF\n" << std::string(3'000, '\0') << "\r\n.\r\n\xFF";
    auto mail = a_reply();
    mail.html = "<p>您好：</p><p>已更换电源。</p>";
    mail.attachments = {{"维护报告（二月十三日洪都大道局点机顶盒更换电源）.pdf", "application/pdf", path}};
    auto const bytes = write_mail(mail);
    ASSERT_TRUE(bytes);
    auto const back = read_mail(*bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->from, mail.from);
    EXPECT_EQ(back->reply_to, mail.reply_to);
    EXPECT_EQ(back->to, mail.to);
    EXPECT_EQ(back->cc, mail.cc);
    EXPECT_EQ(back->subject, mail.subject);
    EXPECT_EQ(back->text, mail.text);
    EXPECT_EQ(back->html, mail.html);
    EXPECT_EQ(back->message_id, mail.message_id);
    EXPECT_EQ(back->in_reply_to, mail.in_reply_to);
    EXPECT_EQ(back->references, mail.references);
    EXPECT_EQ(back->date, mail.date);
    EXPECT_EQ(back->origin, MailOrigin::automatic);
    ASSERT_EQ(back->attachments.size(), 1U);
    EXPECT_EQ(back->attachments[0].name, mail.attachments[0].name);
    EXPECT_EQ(back->attachments[0].bytes, read_file(path));
    EXPECT_TRUE(back->problems.empty()) << back->problems[0].code;
}

TEST(WriteMail, lines_are_short_plain_and_end_with_crlf) {
    auto mail = a_reply();
    mail.text = std::string(5'000, 'x') + "\n老系统\n" + std::string(3'000, 'y');
    auto const bytes = write_mail(mail);
    ASSERT_TRUE(bytes);
    for (auto line : text::split(*bytes, '\n')) {
        if (line.empty()) continue;
        EXPECT_TRUE(line.ends_with('\r'));
        EXPECT_LE(line.size(), 999U);
        EXPECT_EQ(std::count(line.begin(), line.end(), '\r'), 1) << line;
        EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    }
    EXPECT_EQ(read_mail(*bytes)->text, mail.text + "\n");
}

TEST(WriteMail, nothing_typed_by_a_person_makes_a_header_of_its_own) {
    auto mail = a_reply();
    mail.subject = "x\r\nBcc: everybody@example.com\r\n\r\nbody";
    mail.to = {{"a\nCc: b@example.com", "zhangsan@example.com"}};
    mail.in_reply_to = "a> b\r\nX-Evil: 1";
    auto const bytes = write_mail(mail);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->find("\nBcc:"), std::string::npos);
    EXPECT_EQ(bytes->find("\nX-Evil:"), std::string::npos);
    auto const back = read_mail(*bytes);
    EXPECT_EQ(back->cc, mail.cc);
    EXPECT_EQ(back->subject, "x  Bcc: everybody@example.com    body");
}

TEST(WriteMail, what_is_no_address_or_no_file_is_refused) {
    for (std::string_view bad : {"", "a", "a@", "@b", "a b@c", "a@b\r\n", "<a@b>", "张三@example.com"}) {
        auto mail = a_reply();
        mail.to = {{"", std::string(bad)}};
        auto const bytes = write_mail(mail);
        ASSERT_FALSE(bytes) << bad;
        EXPECT_EQ(bytes.error().code, "mail.address");
    }
    auto mail = a_reply();
    mail.attachments = {{"a.pdf", "application/pdf", "/nonexistent/a.pdf"}};
    EXPECT_EQ(write_mail(mail).error().code, "mail.attachment");
}

}  // namespace
}  // namespace keepword::outbound
