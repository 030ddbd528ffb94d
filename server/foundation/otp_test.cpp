#include "foundation/otp.hpp"

#include <gtest/gtest.h>

namespace keepword::otp {
namespace {

constexpr std::string_view key = "12345678901234567890";  // of the appendices of RFC 4226 and RFC 6238

TEST(Otp, gives_the_codes_of_the_standards_own_table) {
    char const* const expected[] = {"755224", "287082", "359152", "969429", "338314",
                                    "254676", "287922", "162583", "399871", "520489"};
    for (int i = 0; i < 10; ++i) EXPECT_EQ(code(key, i), expected[i]) << i;
    EXPECT_EQ(code(key, 59 / 30), "287082");
    EXPECT_EQ(code(key, 1111111109 / 30), "081804");
    EXPECT_EQ(code(key, 20000000000 / 30), "353130");
}

TEST(Otp, writes_base32_as_the_standard_does) {
    EXPECT_EQ(base32(""), "");
    EXPECT_EQ(base32("f"), "MY");
    EXPECT_EQ(base32("foob"), "MZXW6YQ");
    EXPECT_EQ(base32("foobar"), "MZXW6YTBOI");
}

}  // namespace
}  // namespace keepword::otp
