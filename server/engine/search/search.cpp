#include "engine/search/search.hpp"

#include <algorithm>
#include <limits>

#include "engine/search/sounds.hpp"

namespace keepword::search {
namespace {

// PostgreSQL counts positions up to 16,383 and takes all behind that for one place.
constexpr std::size_t max_words = 15'000;
// PostgreSQL's limit for the words of one thing is 1 MB, with what it keeps beside them.
constexpr std::size_t max_bytes = 500'000;

std::optional<std::int64_t> some(std::int64_t id) {
    return id == 0 ? std::nullopt : std::optional(id);
}

// The words of title and body, as far as they count, and the marks behind them.
std::vector<std::string> words_of(Entry const& entry) {
    auto words = cut(entry.title);
    // No query has this word, so none is found across title and body.
    words.emplace_back("¶");
    for (auto& word : cut(entry.body)) words.push_back(std::move(word));
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < std::min(words.size(), max_words); ++count) {
        bytes += words[count].size();
        if (bytes > max_bytes) break;
    }
    words.resize(count);
    for (auto const& mark : entry.marks) words.push_back(mark_word(mark));
    return words;
}

Result<> index_sqlite(storage::Transaction& tx, Entry const& entry, std::string const& words) {
    auto const old = TRY(tx.one("SELECT words FROM search_entry WHERE id = ?", entry.id));
    if (old && old->text(0) == words) return {};
    if (old) {
        // The index keeps no texts of its own and must be told the old words to forget them.
        TRY(tx.execute("INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', ?, ?)", entry.id,
                       old->text(0)));
    }
    TRY(
        tx.execute("INSERT INTO search_entry (id, kind, of_case, words) VALUES (?, ?, ?, ?) "
                   "ON CONFLICT (id) DO UPDATE SET words = excluded.words",
                   entry.id, entry.kind, some(entry.of_case), words));
    TRY(tx.execute("INSERT INTO search_words (rowid, words) VALUES (?, ?)", entry.id, words));
    return {};
}

}  // namespace

Result<> index(storage::Transaction& tx, Entry const& entry) {
    auto const words = words_of(entry);
    if (!entry.names.empty()) TRY(save_sounds(tx, entry.names));
    if (tx.dialect() == storage::Dialect::sqlite) return index_sqlite(tx, entry, fts5_text(words));
    TRY(
        tx.execute("INSERT INTO search_entry (id, kind, of_case, words) VALUES (?, ?, ?, CAST(? AS TSVECTOR)) "
                   "ON CONFLICT (id) DO UPDATE SET words = excluded.words",
                   entry.id, entry.kind, some(entry.of_case), tsvector_text(words)));
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

Result<> rebuild(storage::Transaction& tx) {
    if (tx.dialect() == storage::Dialect::postgresql) return {};
    TRY(tx.execute("INSERT INTO search_words (search_words) VALUES ('rebuild')"));
    return {};
}

Result<Query> understand(storage::Transaction& tx, std::string_view text) {
    if (text::length(text) > max_query) return invalid("q", "too-long");
    Query query{parse(text)};
    for (auto& part : query.parts) {
        auto const sound = sound_of(part);
        if (!sound) continue;
        bool const may_be_half = part.front().open;
        for (auto const& name : TRY(texts_sounding(tx, *sound, may_be_half))) part.push_back(phrase_within(name));
    }
    return query;
}

storage::Select head(storage::Transaction& tx) {
    if (tx.dialect() == storage::Dialect::postgresql)
        return storage::Select("SELECT e.id, e.kind, e.of_case FROM search_entry e");
    return storage::Select(
        "SELECT e.id, e.kind, e.of_case FROM search_words JOIN search_entry e ON e.id = search_words.rowid");
}

void match(storage::Select& select, storage::Transaction& tx, Query const& query, std::vector<OneOf> const& groups) {
    bool const fits_nothing = std::ranges::any_of(groups, [](OneOf const& group) { return group.empty(); });
    if (query.empty() || fits_nothing) {
        select.where("1 = 0");
    } else if (tx.dialect() == storage::Dialect::postgresql) {
        select.where("e.words @@ CAST(? AS TSQUERY)", tsquery_text(query.parts, groups));
    } else {
        select.where("search_words MATCH ?", fts5_query(query.parts, groups));
    }
}

void match_each(storage::Select& select, storage::Transaction& tx, Query const& query) {
    if (query.empty() || tx.dialect() == storage::Dialect::postgresql) return match(select, tx, query, {});
    for (auto const& part : query.parts)
        select.where_any("' ' || e.words || ' ' LIKE ? ESCAPE '\\'", like_patterns(part));
}

void newest(storage::Select& select, storage::Transaction& tx, std::int64_t limit, std::int64_t before) {
    std::int64_t const below = before == 0 ? std::numeric_limits<std::int64_t>::max() : before;
    if (tx.dialect() == storage::Dialect::postgresql) {
        select.where("e.id < ?", below).end("ORDER BY e.id DESC LIMIT ?", limit);
    } else {
        select.where("search_words.rowid < ?", below).end("ORDER BY search_words.rowid DESC LIMIT ?", limit);
    }
}

Result<std::vector<Hit>> hits(storage::Transaction& tx, storage::Select const& select) {
    std::vector<Hit> out;
    for (auto const& row : TRY(tx.query(select)))
        out.push_back({row.integer(0), row.text(1), row.null(2) ? 0 : row.integer(2)});
    return out;
}

Result<std::vector<std::int64_t>> find(storage::Transaction& tx, std::string_view text, std::string_view mark,
                                       std::int64_t limit) {
    auto select = head(tx);
    match(select, tx, TRY(understand(tx, text)), {{std::string(mark)}});
    newest(select, tx, limit);
    std::vector<std::int64_t> ids;
    for (auto const& hit : TRY(hits(tx, select))) ids.push_back(hit.id);
    return ids;
}

std::string words_in_rows(std::string_view text) {
    return fts5_text(cut(text));
}

std::string moved_words(std::string_view sqlite_words) {
    std::vector<std::string> words;
    for (auto const word : text::split(sqlite_words, ' ')) words.emplace_back(word);
    return tsvector_text(words);
}

}  // namespace keepword::search
