#pragma once
#include <cstdint>
#include <string>
#include <string_view>

// One-time passwords of RFC 4226 and 6238 as every authenticator has them: HMAC-SHA-1, six digits, thirty seconds.
namespace keepword::otp {

// The six digits for a counter.
std::string code(std::string_view key, std::int64_t counter);

// RFC 4648, without padding, in capital letters.
std::string base32(std::string_view bytes);

}  // namespace keepword::otp
