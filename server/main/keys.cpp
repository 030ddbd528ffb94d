#include "main/keys.hpp"

#include <sys/stat.h>

#include <fstream>

#include "main/data_folder.hpp"

namespace keepword {
namespace {

Result<std::string> read_key(std::filesystem::path const& path, std::size_t size) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes(size + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    if (bytes.size() != size) return fail(Error(Kind::internal, "keys.unreadable").with("file", path.string()));
    return bytes;
}

Result<Secret> secret_key(std::filesystem::path const& path) {
    if (std::filesystem::exists(path)) return Secret(TRY(read_key(path, 32)));
    auto bytes = crypto::random_bytes(32);
    // Durable before anything is signed with it: a key that a power cut takes away would orphan every seal.
    TRY(write_durably(path, bytes));
    return Secret(std::move(bytes));
}

Result<crypto::KeyPair> key_pair(std::filesystem::path const& path) {
    if (!std::filesystem::exists(path)) {
        auto pair = crypto::new_key_pair();
        TRY(write_durably(path, pair.private_key.reveal()));
        return pair;
    }
    auto bytes = TRY(read_key(path, 64));
    // The second half of an Ed25519 private key is its public key.
    crypto::KeyPair pair{.public_key = bytes.substr(32), .private_key = Secret(std::move(bytes))};
    return pair;
}

}  // namespace

Result<Keys> open_keys(std::filesystem::path const& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return fail(Error(Kind::internal, "keys.unwritable", error.message()).with("folder", folder.string()));
    ::chmod(folder.c_str(), 0700);
    Keys keys;
    keys.signing = TRY(key_pair(folder / "signing.key"));
    keys.mail_thread = TRY(secret_key(folder / "mail-thread.key"));
    keys.mail_box = TRY(secret_key(folder / "mail-box.key"));
    keys.sign_in = TRY(secret_key(folder / "sign-in.key"));
    return keys;
}

}  // namespace keepword
