#include "engine/search/query.hpp"

#include <algorithm>
#include <cctype>

#include "engine/search/han.hpp"
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
    auto words = text::words(simplified(text));
    for (auto& word : words) word.resize(text::head(word, max_word).size());
    return words;
}

std::vector<Part> parse(std::string_view query) {
    auto const texts = parts_of(query);
    std::vector<Part> parts;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        auto phrase = phrase_of(texts[i], i + 1 == texts.size());
        if (!phrase.words.empty()) parts.push_back({std::move(phrase)});
    }
    return parts;
}

std::optional<std::string> sound_of(Part const& part) {
    if (part.size() != 1 || part.front().words.size() != 1) return std::nullopt;
    auto const& word = part.front().words.front();
    bool const is_letters = std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
    if (!is_letters || word.size() < 2 || word.size() > max_word) return std::nullopt;
    return word;
}

Phrase phrase_within(std::string_view text) {
    return phrase_of(text, false);
}

std::string mark_word(std::string_view mark) {
    std::string word = "¶";
    for (char const c : mark) {
        // SQLite's tokenizer cuts at the signs of ASCII, and folds no other letters than those of it.
        bool const is_sign = static_cast<unsigned char>(c) < 0x80 && std::isalnum(static_cast<unsigned char>(c)) == 0;
        word += is_sign ? std::string("¶") : text::ascii_lower(std::string_view(&c, 1));
    }
    return word;
}

std::string fts5_text(std::vector<std::string> const& words) {
    std::string out;
    for (auto const& word : words) {
        if (!out.empty()) out += ' ';
        out += word;
    }
    return out;
}

namespace {

std::string joined(std::vector<std::string> const& alternatives, std::string_view between) {
    std::string out = "(";
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
        if (i > 0) out += between;
        out += alternatives[i];
    }
    return out + ")";
}

}  // namespace

std::string fts5_query(std::vector<Part> const& parts, std::vector<OneOf> const& groups) {
    std::string out;
    auto const one_of = [&](std::vector<std::string> const& alternatives) {
        if (!out.empty()) out += " AND ";
        out += joined(alternatives, " OR ");
    };
    for (auto const& part : parts) {
        std::vector<std::string> alternatives;
        for (auto const& phrase : part)
            alternatives.push_back(quoted(fts5_text(phrase.words), '"') + (phrase.open ? " *" : ""));
        one_of(alternatives);
    }
    for (auto const& group : groups) {
        std::vector<std::string> alternatives;
        for (auto const& mark : group) alternatives.push_back(quoted(mark_word(mark), '"'));
        one_of(alternatives);
    }
    return out;
}

std::vector<std::string> like_patterns(Part const& part) {
    std::vector<std::string> out;
    for (auto const& phrase : part) {
        std::string pattern = "% ";
        for (char const c : fts5_text(phrase.words)) {
            if (c == '%' || c == '_' || c == '\\') pattern += '\\';
            pattern += c;
        }
        out.push_back(pattern + (phrase.open ? "%" : " %"));
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

std::string tsquery_text(std::vector<Part> const& parts, std::vector<OneOf> const& groups) {
    std::string out;
    auto const one_of = [&](std::vector<std::string> const& alternatives) {
        if (!out.empty()) out += " & ";
        out += joined(alternatives, " | ");
    };
    for (auto const& part : parts) {
        std::vector<std::string> alternatives;
        for (auto const& phrase : part) {
            std::string text = "(";
            for (std::size_t i = 0; i < phrase.words.size(); ++i) {
                if (i > 0) text += " <-> ";
                text += quoted(phrase.words[i], '\'');
            }
            alternatives.push_back(text + (phrase.open ? ":*)" : ")"));
        }
        one_of(alternatives);
    }
    for (auto const& group : groups) {
        std::vector<std::string> alternatives;
        for (auto const& mark : group) alternatives.push_back(quoted(mark_word(mark), '\''));
        one_of(alternatives);
    }
    return out;
}

}  // namespace keepword::search
