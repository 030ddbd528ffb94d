#pragma once
#include <string>
#include <string_view>

// Codes that people read and type: letters and digits none of which look alike, in groups of four.
namespace keepword::access {

// `groups` of four from random (or as good as random) bytes; asks for as many as it needs. Each letter is worth almost
// five bits: three groups are 59, four 79.
std::string spelled(std::string_view random, std::size_t groups);
// The same from the operating system's randomness.
std::string random_code(std::size_t groups);
// What somebody typed, whatever the case, the dashes and the blanks.
std::string plain_code(std::string_view entered);

}  // namespace keepword::access
