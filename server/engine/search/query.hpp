#pragma once
#include <optional>
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

// What stands between two blanks of a query: as it was typed, and what else it may stand for.
using Part = std::vector<Phrase>;

// The words of a text in the simplified script, none of them endless.
std::vector<std::string> cut(std::string_view text);

// The parts of a query, each as it was typed.
std::vector<Part> parse(std::string_view query);

// The word of a part that may be typed for Chinese by its sound: letters only, and more than one of them.
std::optional<std::string> sound_of(Part const& part);
// The phrase of a text that another one goes on from: 南昌 is found in 南昌市.
Phrase phrase_within(std::string_view text);

// A mark as a word that no text has: what an entry carries besides its texts (its kind, whose it is).
std::string mark_word(std::string_view mark);
// Marks of which an entry has one.
using OneOf = std::vector<std::string>;

// Words are quoted although foundation/text makes none with a quote in it: it is the last line of defence.
std::string fts5_text(std::vector<std::string> const& words);
// What of a row's words one of a part's phrases fits, as patterns of LIKE (with ESCAPE '\\') over the words between
// blanks.
std::vector<std::string> like_patterns(Part const& part);
std::string tsvector_text(std::vector<std::string> const& words);
// All parts, and of each group one mark.
std::string fts5_query(std::vector<Part> const& parts, std::vector<OneOf> const& groups);
std::string tsquery_text(std::vector<Part> const& parts, std::vector<OneOf> const& groups);

}  // namespace keepword::search
