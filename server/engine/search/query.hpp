#pragma once
#include <string>
#include <string_view>
#include <vector>

// Queries and texts in the forms the two databases want. Pure; for this room only.
namespace keepword::search {

constexpr std::size_t max_query = 200;  // characters
constexpr std::size_t max_word = 60;    // characters that count of one word

// Words that stand next to each other; of the last one perhaps only the beginning.
struct Phrase {
    std::vector<std::string> words;
    bool open = false;
    bool operator==(Phrase const&) const = default;
};

// The words of a text, none of them endless.
std::vector<std::string> cut(std::string_view text);

// The phrases of a query, one for each part between blanks.
std::vector<Phrase> parse(std::string_view query);

// Words are quoted although foundation/text makes none with a quote in it: it is the last line of defence.
std::string fts5_text(std::vector<std::string> const& words);
std::string fts5_query(std::vector<Phrase> const& phrases);
std::string tsvector_text(std::vector<std::string> const& words);
std::string tsquery_text(std::vector<Phrase> const& phrases);

}  // namespace keepword::search
