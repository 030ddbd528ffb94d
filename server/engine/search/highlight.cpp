#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "engine/search/han.hpp"
#include "engine/search/search.hpp"
#include "foundation/text.hpp"

// Where in a text stands what was looked for.
namespace keepword::search {
namespace {

// A sign that counts, folded as the words of the index are, with where it stands in the text.
struct Sign {
    char32_t sign;
    std::size_t from;
    std::size_t to;
};

bool is_latin(char32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

void add_signs(std::vector<Sign>& out, std::string_view utf8, std::size_t from, std::size_t to) {
    auto const folded = simplified(text::fold(utf8));
    auto const size = static_cast<int32_t>(folded.size());
    for (int32_t i = 0; i < size;) {
        UChar32 c = 0;
        U8_NEXT(folded.data(), i, size, c);  // NOLINT(bugprone-inc-dec-in-conditions): ICU's own
        if (c > 0 && u_isalnum(c)) out.push_back({static_cast<char32_t>(c), from, to});
    }
}

std::vector<Sign> signs_of(std::string_view text) {
    std::vector<Sign> out;
    auto const size = static_cast<int32_t>(text.size());
    for (int32_t i = 0; i < size;) {
        auto const from = static_cast<std::size_t>(i);
        UChar32 c = 0;
        U8_NEXT(text.data(), i, size, c);  // NOLINT(bugprone-inc-dec-in-conditions): ICU's own
        auto const to = static_cast<std::size_t>(i);
        add_signs(out, text.substr(from, to - from), from, to);
    }
    return out;
}

// The signs of a phrase in a row: of two pairs of Chinese the second begins with the end of the first.
std::u32string signs_of(Phrase const& phrase) {
    std::u32string out;
    std::string last;
    for (auto const& word : phrase.words) {
        auto const head = std::string(text::head(word, 1));
        bool const goes_on = !last.empty() && static_cast<unsigned char>(head.front()) >= 0x80 &&
                             text::length(last) == 2 && last.ends_with(head);
        for (auto const& sign : signs_of(goes_on ? word.substr(head.size()) : word)) out += sign.sign;
        last = word;
    }
    return out;
}

struct Stretch {
    std::size_t from;
    std::size_t to;
};

// Latin words are found whole, or from their beginning where the last one is still being typed.
bool stands_alone(std::vector<Sign> const& text, std::size_t from, std::size_t to, bool open) {
    auto const runs_on = [&](std::size_t left) {
        return is_latin(text[left].sign) && is_latin(text[left + 1].sign) && text[left].to == text[left + 1].from;
    };
    return (from == 0 || !runs_on(from - 1)) && (open || to == text.size() || !runs_on(to - 1));
}

std::vector<Stretch> stretches(Query const& query, std::vector<Sign> const& text) {
    std::vector<Stretch> out;
    for (auto const& part : query.parts) {
        for (auto const& phrase : part) {
            auto const wanted = signs_of(phrase);
            if (wanted.empty()) continue;
            for (auto at = text.begin();;) {
                at = std::search(at, text.end(), wanted.begin(), wanted.end(),
                                 [](Sign const& one, char32_t other) { return one.sign == other; });
                if (at == text.end()) break;
                auto const from = static_cast<std::size_t>(at - text.begin());
                auto const to = from + wanted.size();
                if (stands_alone(text, from, to, phrase.open)) out.push_back({text[from].from, text[to - 1].to});
                ++at;
            }
        }
    }
    std::ranges::sort(out, {}, &Stretch::from);
    std::vector<Stretch> merged;
    for (auto const& one : out) {
        if (!merged.empty() && one.from <= merged.back().to)
            merged.back().to = std::max(merged.back().to, one.to);
        else
            merged.push_back(one);
    }
    return merged;
}

// The beginning of the piece that is shown: so that the first thing found stands in its first third.
std::size_t start_of(std::string_view text, std::vector<Stretch> const& found, std::size_t length) {
    if (found.empty() || text::length(text) <= length) return 0;
    auto const before = text::length(text.substr(0, found.front().from));
    auto const lead = length / 3;
    return before <= lead ? 0 : text::head(text, before - lead).size();
}

}  // namespace

std::vector<Piece> highlighted(Query const& query, std::string_view text, std::size_t length) {
    auto const found = stretches(query, signs_of(text));
    auto at = start_of(text, found, length);
    auto const end = at + text::head(text.substr(at), length).size();
    std::vector<Piece> out;
    auto const add = [&](std::size_t to, bool hit) {
        auto const until = std::min(to, end);
        if (until > at) out.push_back({std::string(text.substr(at, until - at)), hit});
        at = std::max(at, until);
    };
    if (at > 0) out.push_back({"…", false});
    for (auto const& one : found) {
        if (one.to <= at) continue;
        add(one.from, false);
        add(one.to, true);
    }
    add(text.size(), false);
    if (end < text.size()) out.push_back({"…", false});
    return out;
}

}  // namespace keepword::search
