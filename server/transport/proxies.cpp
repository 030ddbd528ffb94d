#include "transport/proxies.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "foundation/text.hpp"

namespace keepword::transport {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t most_hops = 16;  // of a chain that is believed

// An IPv4 address written as IPv6 is the same caller.
ip::address plain(ip::address const& address) {
    bool const mapped = address.is_v6() && address.to_v6().is_v4_mapped();
    return mapped ? ip::make_address_v4(ip::v4_mapped, address.to_v6()) : address;
}

}  // namespace

struct Proxies::Networks {
    std::vector<ip::network_v4> v4;
    std::vector<ip::network_v6> v6;

    bool hold(ip::address const& address) const {
        if (address.is_v4()) {
            return std::ranges::any_of(v4, [&](ip::network_v4 const& network) {
                return network.canonical() == ip::network_v4(address.to_v4(), network.prefix_length()).canonical();
            });
        }
        return std::ranges::any_of(v6, [&](ip::network_v6 const& network) {
            return network.canonical() == ip::network_v6(address.to_v6(), network.prefix_length()).canonical();
        });
    }
};

Proxies::Proxies() : networks_(std::make_unique<Networks>()) {}
Proxies::Proxies(Proxies&&) noexcept = default;
Proxies::~Proxies() = default;

Result<Proxies> Proxies::parse(std::vector<std::string> const& trusted) {
    Proxies proxies;
    for (auto const& one : trusted) {
        boost::system::error_code error;
        bool const is_v6 = one.find(':') != std::string::npos;
        bool const is_network = one.find('/') != std::string::npos;
        auto const whole = is_network ? one : one + (is_v6 ? "/128" : "/32");
        if (is_v6)
            proxies.networks_->v6.push_back(ip::make_network_v6(whole, error));
        else
            proxies.networks_->v4.push_back(ip::make_network_v4(whole, error));
        if (error) return fail(Kind::invalid, "transport.options", "trusted_proxies: " + one);
    }
    return proxies;
}

bool Proxies::trusts(std::string_view address) const {
    boost::system::error_code error;
    auto const parsed = ip::make_address(std::string(address), error);
    return !error && networks_->hold(plain(parsed));
}

Proxies::Origin Proxies::origin(std::string const& peer, bool secure, api::Headers const& headers) const {
    Origin origin{peer, secure};
    if (!trusts(peer)) return origin;
    std::string chain;
    for (auto const& [name, value] : headers) {
        if (name == "x-forwarded-for") chain += (chain.empty() ? "" : ",") + value;
    }
    auto hops = text::split(chain, ',');
    if (hops.size() > most_hops) hops.erase(hops.begin(), hops.end() - most_hops);
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        boost::system::error_code error;
        auto const address = ip::make_address(std::string(text::trim(*hop)), error);
        // Behind something that is no address nothing is to be believed.
        if (error) break;
        origin.address = plain(address).to_string();
        if (!networks_->hold(plain(address))) break;
    }
    auto const scheme = api::header(headers, "x-forwarded-proto");
    if (!scheme.empty()) origin.secure = text::ascii_lower(scheme) == "https";
    return origin;
}

}  // namespace keepword::transport
