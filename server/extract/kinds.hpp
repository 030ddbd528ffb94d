#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

// For this folder only.
namespace keepword::extract {

std::string office_text(std::string_view bytes);

// What a program prints; nothing where it is not there, fails, or takes longer. Of one that prints more than counts, the
// beginning or nothing.
std::string output_of(std::vector<std::string> const& words, std::chrono::seconds patience, bool may_be_longer);

}  // namespace keepword::extract
