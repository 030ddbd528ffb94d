#pragma once
#include <string>
#include <string_view>
#include <vector>

// What Chinese characters are in the simplified script, and how they are read. For this room only.
namespace keepword::search {

// A text with its traditional characters made simplified ones: 臺北 and 台北 are found by each other.
std::string simplified(std::string_view utf8);

// The readings of a character in Latin letters without tones, the usual one first ("chang", "zhang" of 长); none of
// what is no Chinese character.
std::vector<std::string> readings(char32_t character);

}  // namespace keepword::search
