#pragma once
#include <optional>
#include <string>
#include <string_view>

// Files that older programs write into the middle of a text, as uuencode or yEnc.
namespace keepword::outbound {

struct InlineFile {
    std::size_t begin = 0;  // where it stands in the text, its first and last line included
    std::size_t end = 0;
    std::string name;  // as given, in whatever encoding; not yet made safe
    std::string bytes;
    bool broken = false;  // cut off, or not what its last line says; what could be decoded is there
};

// The first one at or behind `from`, if any.
std::optional<InlineFile> find_inline_file(std::string_view text, std::size_t from);

// Uuencoded lines, without the "begin" and "end" around them.
std::string decode_uu(std::string_view lines);

}  // namespace keepword::outbound
