#include "outbound/imap_text.hpp"

#include <gtest/gtest.h>

namespace keepword::outbound {
namespace {

TEST(ImapText, folder_names_are_written_as_the_protocol_wants_them) {
    EXPECT_EQ(*imap::folder_name("INBOX", '/'), "INBOX");
    EXPECT_EQ(*imap::folder_name("Keepword/Processed", '.'), "Keepword.Processed");
    EXPECT_EQ(*imap::folder_name("已处理", '/'), "&XfJZBHQG-");
    EXPECT_EQ(*imap::folder_name("A&B", '/'), "A&-B");
    EXPECT_FALSE(imap::folder_name("a\r\nA1 LOGOUT", '/'));
    EXPECT_FALSE(imap::folder_name("", '/'));
    EXPECT_EQ(imap::quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
}

TEST(ImapText, answers_are_read) {
    auto const mail = imap::listed_mail("* 5 FETCH (UID 17 RFC822.SIZE 1234 FLAGS (\\Seen $Keepword))");
    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->uid, 17U);
    EXPECT_EQ(mail->size, 1234U);
    EXPECT_TRUE(mail->seen);
    EXPECT_FALSE(imap::listed_mail("* 5 FETCH (FLAGS (\\Seen))"));
    EXPECT_FALSE(imap::listed_mail("* 5 EXISTS"));
    EXPECT_EQ(imap::number_after({"* OK [UIDNEXT 7] x", "* OK [uidvalidity 9]"}, "UIDVALIDITY"), 9U);
    EXPECT_EQ(imap::separator({"* LIST (\\Noselect) \"\\\\\" \"\""}), '\\');
    EXPECT_EQ(imap::separator({"* LIST (\\Noselect) \".\" \"\""}), '.');
    EXPECT_EQ(imap::separator({"* LIST (\\Noselect) NIL \"\""}), std::nullopt);
}

}  // namespace
}  // namespace keepword::outbound
