#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "foundation/secret.hpp"

namespace keepword::access {

// Why a new password is not taken: a field's code, or nothing where it is good. Length is what counts; the rest keeps
// out what is tried first.
std::optional<std::string> weakness(std::string_view login, Secret const& password);

// The hash of no password, made with the same cost as real ones: what an unknown login is tried against, so that it
// takes as long as a known one.
extern char const* const nobodys_hash;

}  // namespace keepword::access
