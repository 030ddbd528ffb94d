#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/result.hpp"
#include "foundation/secret.hpp"

// A thin face over libsodium and OpenSSL; no primitive is our own.
namespace keepword::crypto {

// Must be called once before anything else here; fails where the machine has no randomness.
Result<> start();

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);

// SHA-256 of what arrives in pieces.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void add(std::string_view bytes);
    Digest finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string hex(std::string_view bytes);
std::string hex(Digest const& digest);
Result<std::string> from_hex(std::string_view text);
// URL-safe, without padding.
std::string base64url(std::string_view bytes);
Result<std::string> from_base64url(std::string_view text);
std::string_view view(Digest const& digest);

// `count` random bytes from the operating system.
std::string random_bytes(std::size_t count);
// A token of 256 random bits for a cookie, an API token or a link.
Secret random_token();
// Takes the same time wherever the first difference is.
bool equal(std::string_view a, std::string_view b);

// Encrypts under a key of 32 bytes, with a nonce of its own that stands before the result (XSalsa20-Poly1305).
std::string seal(Secret const& key, std::string_view bytes);
// What was sealed; crypto.sealed (internal) where the key is another one or a byte was changed.
Result<Secret> open_sealed(Secret const& key, std::string_view sealed);

// Argon2id with libsodium's interactive limits (64 MiB, about 60 ms): run it on the CPU pool, never in a transaction.
Result<std::string> hash_password(Secret const& password);
bool verify_password(std::string const& hash, Secret const& password);

// Ed25519. The private key is 64 bytes, the public key 32, a signature 64.
struct KeyPair {
    std::string public_key;
    Secret private_key;
};
KeyPair new_key_pair();
std::string sign(Secret const& private_key, std::string_view bytes);
bool verify(std::string_view public_key, std::string_view bytes, std::string_view signature);

}  // namespace keepword::crypto
