#include "engine/search/query.hpp"

#include "foundation/text.hpp"

namespace keepword::search {
namespace {

// Of a script that is written without blanks: one character and no Latin letter or digit. Such scripts lie above the
// alphabets, so their bytes begin with 0xE1 or more.
bool is_single_character(std::string const& word) {
    return static_cast<unsigned char>(word.front()) >= 0xE1 && text::length(word) == 1;
}

// text::words ends a run of Chinese with its last character alone, which another text goes on from: "南昌" is 南昌, 昌
// but in "南昌市" stands 南昌, 昌市, 市. So that word asks for nothing at the end of a query.
bool repeats_the_pair_before(std::vector<std::string> const& words) {
    return words.size() > 1 && is_single_character(words.back()) && words[words.size() - 2].ends_with(words.back()) &&
           text::length(words[words.size() - 2]) == 2;
}

Phrase phrase_of(std::string_view part, bool is_last) {
    Phrase phrase{cut(part), false};
    if (phrase.words.empty()) return phrase;
    if (repeats_the_pair_before(phrase.words)) {
        phrase.words.pop_back();
    } else {
        phrase.open = is_last || is_single_character(phrase.words.back());
    }
    return phrase;
}

// The parts of a query: what stands between blanks, also the wide ones of Chinese typing.
std::vector<std::string_view> parts_of(std::string_view query) {
    constexpr std::string_view wide = "\xE3\x80\x80";
    std::vector<std::string_view> parts;
    std::size_t from = 0;
    for (std::size_t i = 0; i <= query.size();) {
        bool const is_wide = query.substr(i, wide.size()) == wide;
        bool const ends = i == query.size() || is_wide || static_cast<unsigned char>(query[i]) <= ' ';
        if (!ends) {
            ++i;
            continue;
        }
        if (i > from) parts.push_back(query.substr(from, i - from));
        i += is_wide ? wide.size() : 1;
        from = i;
    }
    return parts;
}

std::string quoted(std::string_view word, char quote) {
    std::string out(1, quote);
    for (char c : word) {
        if (c == quote || c == '\\') out.push_back(c);
        out.push_back(c);
    }
    return out += quote;
}

}  // namespace

std::vector<std::string> cut(std::string_view text) {
    auto words = text::words(text);
    for (auto& word : words) word.resize(text::head(word, max_word).size());
    return words;
}

std::vector<Phrase> parse(std::string_view query) {
    auto const parts = parts_of(query);
    std::vector<Phrase> phrases;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto phrase = phrase_of(parts[i], i + 1 == parts.size());
        if (!phrase.words.empty()) phrases.push_back(std::move(phrase));
    }
    return phrases;
}

std::string fts5_text(std::vector<std::string> const& words) {
    std::string out;
    for (auto const& word : words) {
        if (!out.empty()) out += ' ';
        out += word;
    }
    return out;
}

std::string fts5_query(std::vector<Phrase> const& phrases) {
    std::string out;
    for (auto const& phrase : phrases) {
        if (!out.empty()) out += " AND ";
        out += quoted(fts5_text(phrase.words), '"');
        if (phrase.open) out += " *";
    }
    return out;
}

std::string tsvector_text(std::vector<std::string> const& words) {
    std::string out;
    std::size_t position = 0;
    for (auto const& word : words) {
        out += quoted(word, '\'');
        out += ':' + std::to_string(++position) + ' ';
    }
    return out;
}

std::string tsquery_text(std::vector<Phrase> const& phrases) {
    std::string out;
    for (auto const& phrase : phrases) {
        out += out.empty() ? "(" : " & (";
        for (std::size_t i = 0; i < phrase.words.size(); ++i) {
            if (i > 0) out += " <-> ";
            out += quoted(phrase.words[i], '\'');
        }
        out += phrase.open ? ":*)" : ")";
    }
    return out;
}

}  // namespace keepword::search
