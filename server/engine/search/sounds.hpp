#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.hpp"

// Names and places by how they sound: "nanchang" and "nc" stand for 南昌. For this room only.
namespace keepword::search {

// How a part of a name is typed in Latin letters.
struct Sound {
    std::string sound;  // "nanchangshi", or "ncs" of the initials
    bool initials = false;
    std::string text;  // 南昌市: from some character of the name to the end of its Chinese
    bool operator==(Sound const&) const = default;
};

// The sounds of a name from each of its characters on.
std::vector<Sound> sounds_of(std::string_view name);

// The beginning of `text` that was typed: "nanch" typed for 南昌市 is 南昌, where the last syllable may be half typed.
// Nothing where it ends within a syllable that has to be whole.
std::optional<std::string> typed_part(std::string_view text, std::string_view typed, bool may_be_half);

// Keeps how names sound. They stay when the last thing of that name goes: what they stand for is then found nowhere.
Result<> save_sounds(storage::Transaction& tx, std::vector<std::string> const& names);

// What Chinese a word of Latin letters may stand for in the names there are, the most frequent first, at most six.
Result<std::vector<std::string>> texts_sounding(storage::Transaction& tx, std::string_view typed, bool may_be_half);

}  // namespace keepword::search
