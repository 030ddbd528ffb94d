#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/http.hpp"
#include "foundation/result.hpp"

namespace keepword::transport {

// Who really calls, where a proxy stands between: its word is taken only from addresses that the operator trusts,
// because anybody can send the header.
class Proxies {
  public:
    // Addresses ("10.0.0.1", "::1") or networks ("10.0.0.0/8"). Error: transport.options.
    static Result<Proxies> parse(std::vector<std::string> const& trusted);
    Proxies();
    Proxies(Proxies&&) noexcept;
    ~Proxies();

    bool trusts(std::string_view address) const;

    struct Origin {
        std::string address;
        bool secure = false;
    };
    // By X-Forwarded-For, read from the right: the first address that is not a trusted proxy's; and X-Forwarded-Proto.
    // Without a trusted peer or a usable header, the peer itself.
    Origin origin(std::string const& peer, bool secure, api::Headers const& headers) const;

  private:
    struct Networks;
    std::unique_ptr<Networks> networks_;
};

}  // namespace keepword::transport
