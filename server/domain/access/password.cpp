#include "domain/access/password.hpp"

#include <algorithm>
#include <array>

#include "foundation/text.hpp"

namespace keepword::access {
namespace {

constexpr std::size_t shortest = 10;
constexpr std::size_t longest_password = 200;
constexpr std::size_t beside_login = 6;  // characters a password must have besides the login in it

// The commonest of at least ten characters, in China and elsewhere; folded.
constexpr std::array<std::string_view, 40> commonest{
    "1234567890",   "0123456789",   "0987654321",    "9876543210",  "12345678910", "123456789a",    "a123456789",
    "1234567890a",  "a1234567890",  "q123456789",    "123456789q",  "qwertyuiop",  "qwerty12345",   "qwerty123456",
    "1q2w3e4r5t",   "1qaz2wsx3edc", "1qaz@wsx3edc",  "zaq12wsxcde", "asdfghjkl1",  "password12",    "password123",
    "password1234", "p@ssw0rd123",  "passw0rd123",   "admin12345",  "admin123456", "administrator", "root123456",
    "woaini1314",   "woaini520",    "woaini5201314", "5201314520",  "iloveyou520", "iloveyou1314",  "abc1234567",
    "abcd123456",   "abc123456789", "aa123456789",   "qq123456789", "keepword123"};

std::size_t distinct(std::string_view folded) {
    std::string bytes(folded);
    std::sort(bytes.begin(), bytes.end());
    return static_cast<std::size_t>(std::unique(bytes.begin(), bytes.end()) - bytes.begin());
}

}  // namespace

std::optional<std::string> weakness(std::string_view login, Secret const& password) {
    auto const length = text::length(password.reveal());
    if (length < shortest) return "password-short";
    if (length > longest_password) return "too-long";
    std::string folded = text::fold(password.reveal());
    auto const verdict = [&]() -> std::optional<std::string> {
        auto const key = text::fold(text::trim(login));
        auto const found = key.empty() ? std::string::npos : folded.find(key);
        if (found != std::string::npos && text::length(folded) < text::length(key) + beside_login)
            return "password-login";
        // Ten times the same, or two in turn, is no better than what stands in the list.
        if (distinct(folded) < 4) return "password-common";
        if (std::find(commonest.begin(), commonest.end(), folded) != commonest.end()) return "password-common";
        return std::nullopt;
    }();
    wipe(folded);
    return verdict;
}

char const* const nobodys_hash =
    "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

}  // namespace keepword::access
