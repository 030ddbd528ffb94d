#include "foundation/crypto.hpp"

#include <sodium.h>

#include <stdexcept>

namespace keepword::crypto {
namespace {

unsigned char const* bytes_of(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

Result<> start() {
    if (sodium_init() < 0) return fail(Kind::internal, "crypto.start", "sodium_init failed");
    return {};
}

Digest sha256(std::string_view bytes) {
    Digest out;
    crypto_hash_sha256(out.data(), bytes_of(bytes), bytes.size());
    return out;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
    Digest out;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(bytes), bytes.size());
    crypto_auth_hmacsha256_final(&state, out.data());
    return out;
}

struct Sha256::State {
    crypto_hash_sha256_state sodium;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    crypto_hash_sha256_init(&state_->sodium);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes) {
    crypto_hash_sha256_update(&state_->sodium, bytes_of(bytes), bytes.size());
}

Digest Sha256::finish() {
    Digest out;
    crypto_hash_sha256_final(&state_->sodium, out.data());
    return out;
}

std::string hex(std::string_view bytes) {
    std::string out(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), bytes_of(bytes), bytes.size());
    out.pop_back();
    return out;
}

std::string hex(Digest const& digest) {
    return hex(view(digest));
}

Result<std::string> from_hex(std::string_view text) {
    std::string out(text.size() / 2, '\0');
    std::size_t length = 0;
    if (text.size() % 2 != 0 ||
        sodium_hex2bin(bytes_of(out), out.size(), text.data(), text.size(), nullptr, &length, nullptr) != 0 ||
        length != out.size()) {
        return fail(Kind::invalid, "text.hex");
    }
    return out;
}

std::string base64url(std::string_view bytes) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(), variant);
    out.pop_back();
    return out;
}

Result<std::string> from_base64url(std::string_view text) {
    std::string out(text.size(), '\0');
    std::size_t length = 0;
    char const* end = nullptr;
    if (sodium_base642bin(bytes_of(out), out.size(), text.data(), text.size(), nullptr, &length, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.data() + text.size()) {
        return fail(Kind::invalid, "text.base64");
    }
    out.resize(length);
    return out;
}

std::string_view view(Digest const& digest) {
    return {reinterpret_cast<char const*>(digest.data()), digest.size()};
}

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    randombytes_buf(out.data(), out.size());
    return out;
}

Secret random_token() {
    return Secret(base64url(random_bytes(32)));
}

bool equal(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string seal(Secret const& key, std::string_view bytes) {
    if (key.reveal().size() != crypto_secretbox_KEYBYTES)
        throw std::invalid_argument("a key to seal with has 32 bytes");
    auto out = random_bytes(crypto_secretbox_NONCEBYTES);
    out.resize(out.size() + crypto_secretbox_MACBYTES + bytes.size());
    crypto_secretbox_easy(bytes_of(out) + crypto_secretbox_NONCEBYTES, bytes_of(bytes), bytes.size(), bytes_of(out),
                          bytes_of(key.reveal()));
    return out;
}

Result<Secret> open_sealed(Secret const& key, std::string_view sealed) {
    constexpr std::size_t least = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (key.reveal().size() != crypto_secretbox_KEYBYTES || sealed.size() < least)
        return fail(Kind::internal, "crypto.sealed");
    std::string out(sealed.size() - least, '\0');
    auto const box = sealed.substr(crypto_secretbox_NONCEBYTES);
    if (crypto_secretbox_open_easy(bytes_of(out), bytes_of(box), box.size(), bytes_of(sealed),
                                   bytes_of(key.reveal())) != 0) {
        return fail(Kind::internal, "crypto.sealed");
    }
    return Secret(std::move(out));
}

Result<std::string> hash_password(Secret const& password) {
    std::string out(crypto_pwhash_STRBYTES, '\0');
    if (crypto_pwhash_str(out.data(), password.reveal().data(), password.reveal().size(),
                          crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        return fail(Kind::unavailable, "crypto.memory", "no memory for Argon2id");
    }
    out.resize(out.find('\0'));
    return out;
}

bool verify_password(std::string const& hash, Secret const& password) {
    return crypto_pwhash_str_verify(hash.c_str(), password.reveal().data(), password.reveal().size()) == 0;
}

KeyPair new_key_pair() {
    std::string public_key(crypto_sign_PUBLICKEYBYTES, '\0');
    std::string private_key(crypto_sign_SECRETKEYBYTES, '\0');
    crypto_sign_keypair(bytes_of(public_key), bytes_of(private_key));
    KeyPair pair;
    pair.public_key = std::move(public_key);
    pair.private_key = Secret(std::move(private_key));
    return pair;
}

std::string sign(Secret const& private_key, std::string_view bytes) {
    std::string out(crypto_sign_BYTES, '\0');
    crypto_sign_detached(bytes_of(out), nullptr, bytes_of(bytes), bytes.size(), bytes_of(private_key.reveal()));
    return out;
}

bool verify(std::string_view public_key, std::string_view bytes, std::string_view signature) {
    return public_key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(bytes_of(signature), bytes_of(bytes), bytes.size(), bytes_of(public_key)) == 0;
}

}  // namespace keepword::crypto
