#include "engine/search/search.hpp"

#include "foundation/text.hpp"

namespace keepword::search {
namespace {

constexpr std::size_t max_words = 4'000;  // of one thing's texts
constexpr std::size_t max_terms = 16;     // of a query

// What a query looks for: words that stand next to each other; `prefix`: the last of them may go on.
struct Term {
    std::vector<std::string> words;
    bool prefix = false;
};

bool is_latin(std::string_view word) { return static_cast<unsigned char>(word.front()) < 0x80; }

// Cuts a query as the texts were cut. A run of Chinese is one phrase of pairs; its last single character, which marks the
// end of a run in a text, is left out, because in the text the run may go on.
std::vector<Term> terms_of(std::string_view query) {
    std::vector<Term> terms;
    Term run;
    auto const flush = [&] {
        if (run.words.size() > 1 && text::length(run.words.back()) == 1) run.words.pop_back();
        else if (run.words.size() == 1 && text::length(run.words.front()) == 1) run.prefix = true;
        if (!run.words.empty()) terms.push_back(std::move(run));
        run = {};
    };
    for (auto& word : text::words(text::head(query, 200))) {
        if (is_latin(word)) {
            flush();
            terms.push_back({{std::move(word)}, false});
        } else {
            bool const ends_run = text::length(word) == 1;
            run.words.push_back(std::move(word));
            if (ends_run) flush();
        }
        if (terms.size() == max_terms) return terms;
    }
    flush();
    // Somebody may still be typing the last word.
    if (!terms.empty() && is_latin(terms.back().words.front())) terms.back().prefix = true;
    return terms;
}

std::string for_sqlite(std::vector<Term> const& terms) {
    std::string out;
    for (auto const& term : terms) {
        out += out.empty() ? "words : (" : " AND ";
        out += '"';
        for (auto const& word : term.words) out += (out.back() == '"' ? "" : " ") + word;
        out += term.prefix ? "\" *" : "\"";
    }
    return out + ")";
}

std::string for_postgresql(std::vector<Term> const& terms) {
    std::string out;
    for (auto const& term : terms) {
        if (!out.empty()) out += " & ";
        out += '(';
        for (auto const& word : term.words) out += (out.back() == '(' ? "'" : " <-> '") + word + "'";
        out += term.prefix ? ":*)" : ")";
    }
    return out;
}

std::string joined(std::string_view title, std::string_view body) {
    std::string out;
    std::size_t count = 0;
    for (auto part : {title, body}) {
        for (auto const& word : text::words(part)) {
            if (++count > max_words) return out;
            if (!out.empty()) out += ' ';
            out += word;
        }
    }
    return out;
}

}  // namespace

Result<> remove(storage::Transaction& tx, std::int64_t id) {
    if (tx.dialect() == storage::Dialect::sqlite) TRY(tx.execute("DELETE FROM search_entry WHERE rowid = ?", id));
    else TRY(tx.execute("DELETE FROM search_entry WHERE id = ?", id));
    return {};
}

Result<> index(storage::Transaction& tx, std::string_view kind, std::int64_t id, std::string_view title,
               std::string_view body) {
    auto const words = joined(title, body);
    TRY(remove(tx, id));
    if (tx.dialect() == storage::Dialect::sqlite) {
        TRY(tx.execute("INSERT INTO search_entry (rowid, kind, words) VALUES (?,?,?)", id, kind, words));
    } else {
        TRY(tx.execute("INSERT INTO search_entry (id, kind, words) VALUES (?,?,to_tsvector('simple', ?))", id, kind, words));
    }
    return {};
}

Result<std::vector<std::int64_t>> find(storage::Transaction& tx, std::string_view query,
                                       std::vector<std::string> const& kinds, std::int64_t limit, std::int64_t before) {
    auto const terms = terms_of(query);
    std::vector<std::int64_t> ids;
    if (terms.empty()) return ids;
    bool const sqlite = tx.dialect() == storage::Dialect::sqlite;
    storage::Select select = sqlite ? storage::Select("SELECT rowid FROM search_entry")
                                    : storage::Select("SELECT id FROM search_entry");
    if (sqlite) select.where("search_entry MATCH ?", for_sqlite(terms));
    else select.where("words @@ to_tsquery('simple', ?)", for_postgresql(terms));
    select.where_in("kind", kinds);
    if (before > 0 && sqlite) select.where("rowid < ?", before);
    if (before > 0 && !sqlite) select.where("id < ?", before);
    if (sqlite) select.end("ORDER BY rowid DESC LIMIT ?", limit);
    else select.end("ORDER BY id DESC LIMIT ?", limit);
    for (auto const& row : TRY(tx.query(select))) ids.push_back(row.integer(0));
    return ids;
}

}  // namespace keepword::search
