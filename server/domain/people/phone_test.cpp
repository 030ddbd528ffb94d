#include "domain/people/phone.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keepword::people {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Phone, fillers_country_code_and_extension_are_left_out) {
    EXPECT_THAT(phone_numbers("0791-8612 3456 转 801"), ElementsAre("079186123456"));
    EXPECT_THAT(phone_numbers("+86 138 7000 1234"), ElementsAre("13870001234"));
    EXPECT_THAT(phone_numbers("0086(791)86123456"), ElementsAre("79186123456"));
    EXPECT_THAT(phone_numbers("０１３８７０００１２３４"), ElementsAre("13870001234"));
    EXPECT_THAT(phone_numbers("10086"), ElementsAre("10086"));
}

TEST(Phone, several_numbers_in_one_field_are_several) {
    EXPECT_THAT(phone_numbers("13870001234、0791-86123456；95598"),
                ElementsAre("13870001234", "079186123456", "95598"));
    EXPECT_THAT(phone_numbers("13870001234 13970001234"), ElementsAre("13870001234", "13970001234"));
    EXPECT_THAT(phone_numbers("13870001234/13870001234"), ElementsAre("13870001234"));
}

TEST(Phone, what_is_no_number_is_none) {
    EXPECT_THAT(phone_numbers(""), IsEmpty());
    EXPECT_THAT(phone_numbers("无"), IsEmpty());
    EXPECT_THAT(phone_numbers("12"), IsEmpty());
    EXPECT_THAT(phone_numbers(std::string(40, '7')), IsEmpty());
}

TEST(Phone, one_line_with_and_without_area_code_is_the_same) {
    EXPECT_TRUE(same_line("079186123456", "86123456"));
    EXPECT_TRUE(same_line("79186123456", "079186123456"));
    EXPECT_TRUE(same_line("13870001234", "13870001234"));
    EXPECT_FALSE(same_line("079186123456", "079286123456"));
    EXPECT_FALSE(same_line("079186123456", "123456")) << "six digits are no whole local number";
    EXPECT_FALSE(same_line("13886123456", "86123456")) << "a mobile number has no area code";
}

TEST(Phone, a_query_counts_as_a_number_only_when_it_is_nothing_else) {
    EXPECT_EQ(digits_of_query("138-7000"), "1387000");
    EXPECT_EQ(digits_of_query(" 8612 "), "8612");
    EXPECT_EQ(digits_of_query("12"), "");
    EXPECT_EQ(digits_of_query("服务器12345"), "");
}

}  // namespace
}  // namespace keepword::people
