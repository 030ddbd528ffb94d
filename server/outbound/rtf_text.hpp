#pragma once
#include <optional>
#include <string>
#include <string_view>

// The text of Outlook's rich text, for mails that say what they say nowhere else.
namespace keepword::outbound {

constexpr std::size_t max_rtf = 4'000'000;  // bytes, unpacked

// Unpacks PR_RTF_COMPRESSED (MS-OXRTFCP), up to max_rtf. Nothing where it is not that.
std::optional<std::string> unpack_rtf(std::string_view packed);

// What a reader sees of an RTF document, paragraphs as lines; UTF-8.
std::string rtf_to_text(std::string_view rtf);

}  // namespace keepword::outbound
