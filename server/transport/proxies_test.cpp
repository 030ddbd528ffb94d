#include "transport/proxies.hpp"

#include <gtest/gtest.h>

namespace keepword::transport {
namespace {

std::string seen(Proxies const& proxies, std::string const& peer, api::Headers const& headers) {
    auto const origin = proxies.origin(peer, false, headers);
    return origin.address + (origin.secure ? " secure" : "");
}

Proxies trusting(std::vector<std::string> const& trusted) {
    auto parsed = Proxies::parse(trusted);
    EXPECT_TRUE(parsed);
    return *std::move(parsed);
}

TEST(Proxies, word_counts_only_from_a_trusted_one) {
    auto const proxies = trusting({"10.0.0.0/8", "::1"});
    api::Headers const headers{{"x-forwarded-for", "203.0.113.7"}, {"x-forwarded-proto", "https"}};
    EXPECT_EQ(seen(proxies, "10.1.2.3", headers), "203.0.113.7 secure");
    EXPECT_EQ(seen(proxies, "::1", headers), "203.0.113.7 secure");
    EXPECT_EQ(seen(proxies, "192.0.2.1", headers), "192.0.2.1");
    EXPECT_EQ(seen(Proxies(), "10.1.2.3", headers), "10.1.2.3");
}

TEST(Proxies, chain_is_read_from_the_right_past_those_that_are_trusted) {
    auto const proxies = trusting({"10.0.0.0/8"});
    EXPECT_EQ(seen(proxies, "10.0.0.1", {{"x-forwarded-for", "1.1.1.1, 203.0.113.7, 10.9.9.9"}}), "203.0.113.7");
    EXPECT_EQ(seen(proxies, "10.0.0.1", {{"x-forwarded-for", "1.1.1.1"}, {"x-forwarded-for", "203.0.113.7"}}),
              "203.0.113.7");
    EXPECT_EQ(seen(proxies, "10.0.0.1", {{"x-forwarded-for", "10.5.5.5, 10.6.6.6"}}), "10.5.5.5");
    EXPECT_EQ(seen(proxies, "10.0.0.1", {{"x-forwarded-for", "::ffff:203.0.113.7"}}), "203.0.113.7");
    EXPECT_EQ(seen(proxies, "10.0.0.1", {{"x-forwarded-for", "2001:db8::7"}}), "2001:db8::7");
}

TEST(Proxies, what_is_no_address_ends_the_chain) {
    auto const proxies = trusting({"10.0.0.0/8"});
    EXPECT_EQ(seen(proxies, "10.0.0.1", {{"x-forwarded-for", "203.0.113.7, unknown"}}), "10.0.0.1");
    EXPECT_EQ(seen(proxies, "10.0.0.1", {{"x-forwarded-for", "203.0.113.7, x, 10.2.2.2"}}), "10.2.2.2");
    EXPECT_EQ(seen(proxies, "10.0.0.1", {{"x-forwarded-for", ""}}), "10.0.0.1");
    EXPECT_EQ(seen(proxies, "10.0.0.1", {}), "10.0.0.1");
}

TEST(Proxies, what_is_no_network_is_refused) {
    for (auto const* wrong : {"", "proxy.example", "10.0.0.0/33", "10.0.0", "::1/129", "10.0.0.1/"}) {
        EXPECT_FALSE(Proxies::parse({wrong})) << wrong;
    }
}

}  // namespace
}  // namespace keepword::transport
