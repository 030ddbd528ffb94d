#include "domain/mailbox/threading.hpp"

#include <gtest/gtest.h>

namespace keepword::mailbox {
namespace {

crypto::Digest mac(std::string_view bytes) {
    return crypto::hmac_sha256("a key for tests", bytes);
}

constexpr cases::CaseId id{123456789012345678};
constexpr cases::EntryId entry{42};
constexpr char const* number = "KF20261122-0001";

TEST(Threading, a_message_id_carries_its_case_and_proof_whatever_was_done_to_its_capitals) {
    auto const proof = proof_for(mac, id, "Wang@Example.com");
    EXPECT_EQ(proof.size(), 20U);
    auto const message = message_id_for(id, entry, proof, domain_of("service@Centre.example"));
    EXPECT_EQ(message, "case.123456789012345678.42." + proof + "@centre.example");
    Mark const expected{.id = id, .number = {}, .proof = proof};
    EXPECT_EQ(mark_in_message_id(message), expected);
    EXPECT_EQ(mark_in_message_id(text::ascii_lower(message)), expected);
    std::string shouted = message;
    for (char& c : shouted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(mark_in_message_id(shouted), expected);
}

TEST(Threading, a_proof_holds_for_one_case_and_one_address_only) {
    auto const proof = proof_for(mac, id, "wang@example.com");
    EXPECT_EQ(proof_for(mac, id, " WANG@example.COM "), proof);
    EXPECT_NE(proof_for(mac, id, "li@example.com"), proof);
    EXPECT_NE(proof_for(mac, cases::CaseId{12345678901234567}, "8\nwang@example.com"), proof);
    EXPECT_NE(proof_for(mac, cases::CaseId{id.value + 1}, "wang@example.com"), proof);
    Mac const other = [](std::string_view bytes) { return crypto::hmac_sha256("another key", bytes); };
    EXPECT_NE(proof_for(other, id, "wang@example.com"), proof);
}

TEST(Threading, what_is_no_mark_of_ours_is_none) {
    std::string const proof(20, 'a');
    for (std::string const& message : std::vector<std::string>{
             "", "abc@example.com", "case.1.2.@x", "case.1.2." + proof.substr(1) + "@x", "case.-1.2." + proof + "@x",
             "case.1." + proof + "@x", "case.1.2.3." + proof + "@x", "case.99999999999999999999.2." + proof + "@x",
             "case.1.2." + std::string(20, 'g') + "@x"}) {
        EXPECT_FALSE(mark_in_message_id(message)) << message;
    }
    EXPECT_TRUE(mark_in_message_id("case.1.2." + proof + "@anywhere"));
}

TEST(Threading, a_reply_address_carries_the_mark_for_its_own_mailbox_only) {
    auto const proof = proof_for(mac, id, "wang@example.com");
    auto const address = reply_address_for("Service@centre.example", id, proof);
    EXPECT_EQ(address, "Service+c123456789012345678." + proof + "@centre.example");
    Mark const expected{.id = id, .number = {}, .proof = proof};
    EXPECT_EQ(mark_in_address(address, "service@centre.example"), expected);
    EXPECT_FALSE(mark_in_address(address, "support@centre.example"));
    EXPECT_FALSE(mark_in_address(address, "service@other.example"));
    EXPECT_FALSE(mark_in_address("service@centre.example", "service@centre.example"));
    EXPECT_FALSE(mark_in_address("service+c@centre.example", "service@centre.example"));
    EXPECT_FALSE(mark_in_address("+c@", "service@centre.example"));
    EXPECT_EQ(reply_address_for("a-very-long-name-of-a-mailbox@centre.example", id, proof), "");
}

TEST(Threading, a_tag_in_the_subject_is_found_behind_whatever_a_program_put_before_it) {
    auto const proof = proof_for(mac, id, "wang@example.com");
    Mark const expected{.id = {}, .number = number, .proof = proof};
    auto const tag = subject_tag(number, proof);
    EXPECT_EQ(mark_in_subject("Re: 机顶盒无法开机 " + tag), expected);
    EXPECT_EQ(mark_in_subject("[外部邮件] 回复：" + tag + " 机顶盒"), expected);
    EXPECT_EQ(mark_in_subject("[KF20261122-0001 ? " + proof + "]"), expected);
    EXPECT_FALSE(mark_in_subject("Re: 机顶盒 " + subject_tag(number, "")));
    EXPECT_FALSE(mark_in_subject("[KF20261122-0001 · 12345]"));
    EXPECT_FALSE(mark_in_subject("[" + proof + "]"));
    EXPECT_FALSE(mark_in_subject("[KF20261122-0001 · " + proof));
}

TEST(Threading, a_title_is_the_subject_without_what_programs_add_to_it) {
    auto const tag = subject_tag(number, std::string(20, 'b'));
    EXPECT_EQ(bare_subject("Re: RE：回复: 答复：机顶盒无法开机"), "机顶盒无法开机");
    EXPECT_EQ(bare_subject("Re[2]: Fwd: 转发：账单 Re: 三月"), "账单 Re: 三月");
    EXPECT_EQ(bare_subject("回复：" + tag + " 机顶盒 " + subject_tag(number, "")), "机顶盒");
    EXPECT_EQ(bare_subject("  FW : hello"), "hello");
    EXPECT_EQ(bare_subject("回到原来的网速"), "回到原来的网速");
    EXPECT_EQ(bare_subject("Report: the network"), "Report: the network");
    EXPECT_EQ(bare_subject("Re:Re:Re:"), "");
    EXPECT_EQ(title_for("Re: ", "\n　 \n 您好，网络断了。\n谢谢"), "您好，网络断了。");
    EXPECT_EQ(title_for("", " \n"), "（无主题）");
    std::string long_subject;
    for (int i = 0; i < 300; ++i) long_subject += "长";
    EXPECT_EQ(text::length(title_for(long_subject, "")), 200U);
}

}  // namespace
}  // namespace keepword::mailbox
