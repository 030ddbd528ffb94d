#include "engine/search/search.hpp"

#include <algorithm>
#include <limits>

#include "engine/search/query.hpp"

namespace keepword::search {
namespace {

// PostgreSQL counts positions up to 16,383 and takes all behind that for one place.
constexpr std::size_t max_words = 15'000;
// PostgreSQL's limit for the words of one thing is 1 MB, with what it keeps beside them.
constexpr std::size_t max_bytes = 500'000;

// The words of title and body, as far as they count.
std::vector<std::string> words_of(std::string_view title, std::string_view body) {
    auto words = cut(title);
    // No query has this word, so none is found across title and body.
    words.emplace_back("¶");
    for (auto& word : cut(body)) words.push_back(std::move(word));
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < std::min(words.size(), max_words); ++count) {
        bytes += words[count].size();
        if (bytes > max_bytes) break;
    }
    words.resize(count);
    return words;
}

Result<> index_sqlite(storage::Transaction& tx, std::string_view kind, std::int64_t id, std::string const& words) {
    auto const old = TRY(tx.one("SELECT words FROM search_entry WHERE id = ?", id));
    if (old && old->text(0) != words) {
        // The index keeps no texts of its own and must be told the old words to forget them.
        TRY(tx.execute("INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', ?, ?)", id,
                       old->text(0)));
    }
    TRY(
        tx.execute("INSERT INTO search_entry (id, kind, words) VALUES (?, ?, ?) "
                   "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, words = excluded.words",
                   id, kind, words));
    if (!old || old->text(0) != words) {
        TRY(tx.execute("INSERT INTO search_words (rowid, words) VALUES (?, ?)", id, words));
    }
    return {};
}

}  // namespace

Result<> index(storage::Transaction& tx, std::string_view kind, std::int64_t id, std::string_view title,
               std::string_view body) {
    auto const words = words_of(title, body);
    if (tx.dialect() == storage::Dialect::sqlite) return index_sqlite(tx, kind, id, fts5_text(words));
    TRY(
        tx.execute("INSERT INTO search_entry (id, kind, words) VALUES (?, ?, CAST(? AS TSVECTOR)) "
                   "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, words = excluded.words",
                   id, kind, tsvector_text(words)));
    return {};
}

Result<> remove(storage::Transaction& tx, std::int64_t id) {
    if (tx.dialect() == storage::Dialect::sqlite) {
        TRY(
            tx.execute("INSERT INTO search_words (search_words, rowid, words) "
                       "SELECT 'delete', id, words FROM search_entry WHERE id = ?",
                       id));
    }
    TRY(tx.execute("DELETE FROM search_entry WHERE id = ?", id));
    return {};
}

Result<std::vector<std::int64_t>> find(storage::Transaction& tx, std::string_view query,
                                       std::vector<std::string> const& kinds, std::int64_t limit, std::int64_t before) {
    if (text::length(query) > max_query) return invalid("q", "too-long");
    auto const phrases = parse(query);
    if (phrases.empty()) return std::vector<std::int64_t>();
    std::int64_t const below = before == 0 ? std::numeric_limits<std::int64_t>::max() : before;
    storage::Select select = [&] {
        if (tx.dialect() == storage::Dialect::postgresql) {
            storage::Select made("SELECT id FROM search_entry");
            made.where("words @@ CAST(? AS TSQUERY)", tsquery_text(phrases)).where("id < ?", below);
            return made;
        }
        storage::Select made("SELECT id FROM search_words JOIN search_entry ON id = search_words.rowid");
        made.where("search_words MATCH ?", fts5_query(phrases)).where("search_words.rowid < ?", below);
        return made;
    }();
    if (!kinds.empty()) select.where_in("kind", kinds);
    if (tx.dialect() == storage::Dialect::postgresql) {
        select.end("ORDER BY id DESC LIMIT ?", limit);
    } else {
        select.end("ORDER BY search_words.rowid DESC LIMIT ?", limit);
    }
    std::vector<std::int64_t> ids;
    for (auto const& row : TRY(tx.query(select))) ids.push_back(row.integer(0));
    return ids;
}

std::string moved_words(std::string_view sqlite_words) {
    std::vector<std::string> words;
    for (auto const word : text::split(sqlite_words, ' ')) words.emplace_back(word);
    return tsvector_text(words);
}

}  // namespace keepword::search
