#include "engine/search/sounds.hpp"

#include <unicode/utf8.h>

#include <algorithm>
#include <map>

#include "engine/search/han.hpp"
#include "foundation/text.hpp"

namespace keepword::search {
namespace {

constexpr std::size_t max_characters = 12;  // of a name that sound, from each of its characters on
constexpr std::size_t max_spoken = 4;       // ways to read one part of a name
constexpr std::size_t max_names = 20;       // of one entry
constexpr std::size_t max_texts = 6;        // that a typed word may stand for

struct Read {
    std::string bytes;
    std::vector<std::string> readings;
};

// The characters of a name with their readings; what is not Chinese has none.
std::vector<Read> read(std::string_view name) {
    auto const folded = simplified(text::fold(name));
    std::vector<Read> out;
    auto const size = static_cast<int32_t>(folded.size());
    for (int32_t i = 0; i < size;) {
        int32_t const from = i;
        UChar32 c = 0;
        U8_NEXT(folded.data(), i, size, c);  // NOLINT(bugprone-inc-dec-in-conditions): ICU's own
        out.push_back({folded.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(i - from)),
                       c < 0 ? std::vector<std::string>() : readings(static_cast<char32_t>(c))});
    }
    return out;
}

// Every way to say what stands from `from` up to the end of the Chinese there, all of it or its initials.
std::vector<std::string> spoken(std::vector<Read> const& name, std::size_t from, std::size_t until, bool initials) {
    std::vector<std::string> ways{""};
    for (std::size_t i = from; i < until; ++i) {
        std::vector<std::string> longer;
        for (auto const& reading : name[i].readings) {
            for (auto const& way : ways) {
                auto next = way + (initials ? reading.substr(0, 1) : reading);
                if (longer.size() < max_spoken && std::ranges::find(longer, next) == longer.end())
                    longer.push_back(std::move(next));
            }
        }
        ways = std::move(longer);
    }
    return ways;
}

}  // namespace

std::vector<Sound> sounds_of(std::string_view name) {
    auto const characters = read(name);
    std::vector<Sound> out;
    for (std::size_t from = 0; from < characters.size(); ++from) {
        std::string part;
        std::size_t until = from;
        for (; until < characters.size() && until < from + max_characters && !characters[until].readings.empty();
             ++until)
            part += characters[until].bytes;
        // One character alone is found by too much to be of use.
        if (until < from + 2) continue;
        for (bool const initials : {false, true}) {
            for (auto& way : spoken(characters, from, until, initials)) out.push_back({std::move(way), initials, part});
        }
    }
    return out;
}

std::optional<std::string> typed_part(std::string_view text, std::string_view typed, bool may_be_half) {
    std::string part;
    // Each way to have come so far in what was typed; a character with two readings goes on from all of them.
    std::vector<std::size_t> ways{0};
    for (auto const& character : read(text)) {
        part += character.bytes;
        std::vector<std::size_t> further;
        for (auto const at : ways) {
            auto const rest = typed.substr(at);
            for (auto const& reading : character.readings) {
                if (rest == reading || (may_be_half && reading.starts_with(rest))) return part;
                if (rest.starts_with(reading)) further.push_back(at + reading.size());
            }
        }
        if (further.empty()) return std::nullopt;
        ways = std::move(further);
    }
    return std::nullopt;
}

Result<> save_sounds(storage::Transaction& tx, std::vector<std::string> const& names) {
    for (std::size_t i = 0; i < std::min(names.size(), max_names); ++i) {
        for (auto const& sound : sounds_of(names[i])) {
            TRY(tx.execute("INSERT INTO search_sound (sound, initials, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                           sound.sound, sound.initials ? 1 : 0, sound.text));
        }
    }
    return {};
}

Result<std::vector<std::string>> texts_sounding(storage::Transaction& tx, std::string_view typed, bool may_be_half) {
    auto const until = std::string(typed) + "~";
    std::map<std::string, std::int64_t> times;
    // Of initials as many characters were typed as letters. How much is looked at has its bounds: what stands further
    // behind is found by one more letter.
    for (auto const& row : TRY(tx.query("SELECT t, count(*) FROM (SELECT substr(text, 1, CAST(? AS INTEGER)) AS t "
                                        "FROM search_sound WHERE initials = 1 AND sound >= ? AND sound < ? "
                                        "LIMIT 2000) s GROUP BY t ORDER BY 2 DESC LIMIT 20",
                                        static_cast<std::int64_t>(typed.size()), typed, until)))
        times[row.text(0)] += row.integer(1);
    for (auto const& row : TRY(tx.query("SELECT text FROM search_sound WHERE initials = 0 AND sound >= ? AND sound < ? "
                                        "LIMIT 300",
                                        typed, until))) {
        if (auto part = typed_part(row.text(0), typed, may_be_half); part && text::length(*part) > 1) ++times[*part];
    }
    std::vector<std::pair<std::string, std::int64_t>> by_times(times.begin(), times.end());
    std::ranges::stable_sort(by_times, std::ranges::greater(), &std::pair<std::string, std::int64_t>::second);
    std::vector<std::string> out;
    for (auto& [text, count] : by_times) {
        if (out.size() < max_texts) out.push_back(text);
    }
    return out;
}

}  // namespace keepword::search
