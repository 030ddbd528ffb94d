#include "engine/search/similar.hpp"

#include <algorithm>
#include <map>

#include "engine/search/query.hpp"
#include "foundation/text.hpp"

namespace keepword::search {
namespace {

constexpr std::size_t most_indexed = 600;
constexpr std::size_t most_asked = 80;
constexpr int title_weight = 3;

// The different words of a text, in their order. Single characters are left out: they stand in everything.
std::vector<std::string> telling_words(std::string_view text, std::size_t most) {
    std::vector<std::string> words;
    for (auto& word : cut(text)) {
        if (words.size() == most) break;
        if (text::length(word) < 2 || std::ranges::find(words, word) != words.end()) continue;
        words.push_back(std::move(word));
    }
    return words;
}

}  // namespace

Result<> index_similar(storage::Transaction& tx, std::string_view kind, std::int64_t id, std::string_view title,
                       std::string_view body) {
    TRY(forget_similar(tx, id));
    std::map<std::string, int> weights;
    for (auto& word : telling_words(body, most_indexed)) weights[std::move(word)] = 1;
    for (auto& word : telling_words(title, most_indexed)) weights[std::move(word)] = title_weight;
    for (auto const& [word, weight] : weights) {
        TRY(tx.execute("INSERT INTO search_similar (kind, word, id, weight) VALUES (?,?,?,?)", kind, word, id, weight));
    }
    return {};
}

Result<> forget_similar(storage::Transaction& tx, std::int64_t id) {
    TRY(tx.execute("DELETE FROM search_similar WHERE id = ?", id));
    return {};
}

Result<std::vector<Similar>> similar(storage::Transaction& tx, std::string_view kind, std::string_view text,
                                     std::int64_t limit) {
    auto const words = telling_words(text, most_asked);
    std::vector<Similar> found;
    if (words.empty()) return found;
    std::int64_t const least = words.size() > 2 ? 2 : 1;
    storage::Select select("SELECT id, count(*), sum(weight) FROM search_similar");
    select.where("kind = ?", kind).where_in("word", words);
    select.end("GROUP BY id HAVING count(*) >= ? ORDER BY sum(weight) DESC, id DESC LIMIT ?", least, limit);
    for (auto const& row : TRY(tx.query(select))) found.push_back({row.integer(0), row.integer(1), row.integer(2)});
    return found;
}

}  // namespace keepword::search
