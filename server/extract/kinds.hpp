#pragma once
#include <string>
#include <string_view>

// One function for each kind of file. For this folder only.
namespace keepword::extract {

std::string pdf_text(std::string const& bytes);
std::string office_text(std::string_view bytes);

}  // namespace keepword::extract
