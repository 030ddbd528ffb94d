#include "domain/knowledge/knowledge_views.hpp"

#include <algorithm>

#include "engine/search/search.hpp"

namespace keepword::knowledge {
namespace {

constexpr std::int64_t most_found = 500;  // by words, before other filters
constexpr std::int64_t most_uses = 20;    // shown with an article

std::optional<api::Ref> named_at(storage::Row const& row, std::size_t id) {
    if (row.null(id)) return std::nullopt;
    return api::Ref{std::to_string(row.integer(id)), row.text(id + 1)};
}

// Leaves of a query over articles `a` what the caller may see. What was made from a case and is still its writer's
// draft says what stands in the case: `c` is that case then, for whoever is not the writer.
Result<> see(storage::Select& select, storage::Transaction& tx, process::Library& library, api::Caller const& caller,
             Instant now) {
    if (!is_staff(caller)) {
        select.where("a.state = 'published' AND a.audience IN ('customers','both')");
        select.where("a.expires IS NULL OR a.expires >= ?", today_at(now));
        return {};
    }
    if (!works_on_articles(caller)) select.where("a.published IS NOT NULL");
    return cases::keep_visible(select, tx, library, caller);
}

storage::Select rows_for(api::Caller const& caller) {
    return storage::Select(
        "SELECT a.id, a.title, a.category, a.audience, a.state, a.pending, a.published, o.id, o.name, a.review_due, "
        "a.expires, a.updated_at, (SELECT count(*) FROM article_use u WHERE u.article = a.id), "
        "(SELECT count(*) FROM article_use u WHERE u.article = a.id AND u.solved = 1) FROM article a "
        "LEFT JOIN person o ON o.id = a.owner "
        "LEFT JOIN article_version v ON v.article = a.id AND v.number = a.published "
        "LEFT JOIN cases c ON c.id = a.from_case AND a.published IS NULL AND a.owner <> ? "
        "AND COALESCE(a.pending, '') <> 'in-review'",
        caller.person);
}

KnowledgeRow row_of(storage::Row const& row, api::Caller const& caller, Instant now) {
    KnowledgeRow out{.id = row.id<ArticleTag>(0),
                     .title = row.text(1),
                     .category = row.text(2),
                     .audience = row.word<Audience>(3),
                     .state = row.word<State>(4),
                     .updated_at = row.instant(11)};
    if (!row.null(6)) out.number = row.integer(6);
    if (!is_staff(caller)) return out;
    auto const day = [&](std::size_t i) -> std::optional<Day> {
        auto const parsed = row.null(i) ? fail(Kind::invalid, "time.day") : Day::parse(row.text(i));
        return parsed ? std::optional(*parsed) : std::nullopt;
    };
    auto const today = today_at(now);
    if (works_on_articles(caller)) out.pending = row.optional_text(5);
    out.owner = named_at(row, 7);
    out.review_due = day(9);
    out.expires = day(10);
    out.due = out.state == State::published && out.review_due && *out.review_due <= today;
    out.expired = out.expires && *out.expires < today;
    out.used = row.integer(12);
    out.solved = row.integer(13);
    return out;
}

Result<> filter_words(storage::Select& select, storage::Transaction& tx, api::Call const& call) {
    auto const q = call.query.text("q");
    if (text::trim(q).empty()) return {};
    if (is_staff(call.caller)) {
        select.where_in("a.text_id", TRY(search::find(tx, q, "knowledge-text", most_found)));
        return {};
    }
    // By the words that they may read, and no others: the rest of an article must not answer guesses.
    if (text::length(q) > 200) return invalid("q", "too-long");
    for (auto const& pattern : people::search_patterns(q))
        select.where("lower(a.title) LIKE ? ESCAPE '\\' OR lower(v.answer) LIKE ? ESCAPE '\\'", pattern, pattern);
    return {};
}

Result<> filter_state(storage::Select& select, api::Call const& call) {
    auto const state = call.query.text("state");
    if (state.empty()) return {};
    auto const wanted = json::from_word<State>(state);
    if (!wanted) return invalid("state", "choice");
    // What is being written or reviewed counts there, also beside a published version.
    if (*wanted == State::published || *wanted == State::retired) {
        select.where("a.state = ?", state);
    } else if (works_on_articles(call.caller)) {
        select.where("a.pending = ?", state);
    } else {
        select.where("1 = 0");
    }
    return {};
}

// Returns whether anything can be found at all.
Result<bool> filter_rest(storage::Select& select, storage::Transaction& tx, process::Library& library,
                         api::Call const& call) {
    if (auto const category = call.query.text("category"); !category.empty()) select.where("a.category = ?", category);
    if (auto const owner = TRY(call.query_id<PersonTag>("owner"))) select.where("a.owner = ?", *owner);
    if (call.query.flag("due")) select.where("a.state = 'published' AND a.review_due <= ?", today_at(call.now));
    if (auto const id = TRY(call.query_id<cases::CaseTag>("case"))) {
        auto const seen = cases::expect_visible(tx, library, call.caller, *id);
        if (!seen && seen.error().kind == Kind::not_found) return false;
        TRY(std::move(seen));
        select.where("a.from_case = ?", *id);
    }
    return true;
}

KnowledgeVersion version_view(VersionRecord const& v, bool staff) {
    KnowledgeVersion out{.number = v.number,
                         .state = json::word(v.state),
                         .title = v.title,
                         .category = v.category,
                         .audience = v.audience,
                         .answer = v.answer,
                         .written_at = v.written_at};
    if (!staff) return out;
    out.symptom = v.symptom;
    out.solution = v.solution;
    out.why = v.why;
    out.reviewed_at = v.reviewed_at;
    out.returned = v.returned;
    return out;
}

Result<> add_versions(KnowledgeArticle& out, storage::Transaction& tx, api::Caller const& caller) {
    auto const versions = TRY(read_versions(tx, out.id));
    std::vector<PersonId> persons;
    for (auto const& v : versions) {
        persons.push_back(v.written_by);
        if (v.reviewed_by) persons.push_back(v.reviewed_by);
    }
    std::map<std::int64_t, std::string> names;
    for (auto const& row : TRY(tx.query(storage::Select("SELECT id, name FROM person").where_in("id", persons))))
        names[row.integer(0)] = row.text(1);
    auto const named = [&](PersonId id) -> std::optional<api::Ref> {
        if (!id || !is_staff(caller)) return std::nullopt;
        return api::Ref{id.str(), names[id.value]};
    };
    for (auto const& v : versions) {
        bool const current = out.number && v.number == *out.number;
        if (!current && !is_staff(caller)) continue;
        if (v.state != VersionState::approved && !works_on_articles(caller)) continue;
        out.versions.push_back(version_view(v, is_staff(caller)));
        out.versions.back().written_by = named(v.written_by);
        out.versions.back().reviewed_by = named(v.reviewed_by);
    }
    return {};
}

Result<> add_cases(KnowledgeArticle& out, storage::Transaction& tx, process::Library& library,
                   api::Caller const& caller, cases::CaseId from_case) {
    storage::Select select(
        "SELECT c.id, c.number, c.title, p.id, p.name, u.at, u.solved, u.number FROM article_use u "
        "JOIN cases c ON c.id = u.case_id LEFT JOIN person p ON p.id = u.person");
    select.where("u.article = ?", out.id);
    TRY(cases::keep_visible(select, tx, library, caller));
    select.end("ORDER BY u.at DESC, u.id DESC LIMIT ?", most_uses);
    for (auto const& row : TRY(tx.query(select))) {
        out.uses.push_back({.case_ = {row.id<cases::CaseTag>(0), row.text(1), row.text(2)},
                            .person = named_at(row, 3),
                            .at = row.instant(5),
                            .solved = row.flag(6),
                            .number = row.integer(7)});
    }
    if (!from_case) return {};
    storage::Select origin("SELECT c.id, c.number, c.title FROM cases c");
    origin.where("c.id = ?", from_case);
    TRY(cases::keep_visible(origin, tx, library, caller));
    for (auto const& row : TRY(tx.query(origin)))
        out.from_case = KnowledgeCase{row.id<cases::CaseTag>(0), row.text(1), row.text(2)};
    return {};
}

// What the caller may do with it now; "own": they wrote what waits for a reviewer.
Result<std::vector<std::string>> acts_on(storage::Transaction& tx, api::Caller const& caller,
                                         ArticleRecord const& article) {
    std::vector<std::string> may;
    if (!is_staff(caller)) return may;
    bool const draft = article.pending == Pending::draft;
    if (caller.may("knowledge.write")) {
        if (draft) may.insert(may.end(), {"change", "submit", "discard"});
        if (!article.pending) may.insert(may.end(), {"revise", "restore"});
    }
    if (!caller.may("knowledge.review")) return may;
    if (article.pending == Pending::in_review) {
        bool const own = TRY(wrote_in(tx, article.id, article.latest, caller.person));
        may.emplace_back(own ? "own" : "approve");
        may.emplace_back("return");
    }
    if (article.state == State::published) {
        may.emplace_back("retire");
        if (!TRY(wrote_in(tx, article.id, *article.published, caller.person))) may.emplace_back("confirm");
    }
    return may;
}

}  // namespace

Result<api::Page<KnowledgeRow>> list_articles(storage::Transaction& tx, process::Library& library,
                                              api::Call const& call) {
    auto const limit = TRY(call.limit());
    auto const before = TRY(people::cursor_of(call));
    auto select = rows_for(call.caller);
    TRY(see(select, tx, library, call.caller, call.now));
    TRY(filter_words(select, tx, call));
    TRY(filter_state(select, call));
    if (!TRY(filter_rest(select, tx, library, call))) return api::Page<KnowledgeRow>{};
    if (before != 0) select.where("a.id < ?", before);
    select.end("ORDER BY a.id DESC LIMIT ?", limit + 1);
    std::vector<KnowledgeRow> rows;
    for (auto const& row : TRY(tx.query(select))) rows.push_back(row_of(row, call.caller, call.now));
    return people::page_of(std::move(rows), limit, [](KnowledgeRow const& row) { return row.id.str(); });
}

Result<KnowledgeCounts> count_articles(storage::Transaction& tx, process::Library& library, api::Call const& call) {
    storage::Select select(
        "SELECT a.state, a.pending, CASE WHEN a.state = 'published' AND a.review_due <= ? THEN 1 ELSE 0 END, count(*) "
        "FROM article a LEFT JOIN cases c ON c.id = a.from_case AND a.published IS NULL AND a.owner <> ? "
        "AND COALESCE(a.pending, '') <> 'in-review'",
        today_at(call.now), call.caller.person);
    TRY(see(select, tx, library, call.caller, call.now));
    select.end("GROUP BY 1, 2, 3");
    KnowledgeCounts out;
    for (auto const& row : TRY(tx.query(select))) {
        auto const n = row.integer(3);
        auto const state = row.word<State>(0);
        if (state == State::published) out.published += n;
        if (state == State::retired) out.retired += n;
        if (row.integer(2) == 1) out.due += n;
        if (row.null(1) || !works_on_articles(call.caller)) continue;
        (row.word<Pending>(1) == Pending::draft ? out.draft : out.in_review) += n;
    }
    return out;
}

Result<> expect_seen(storage::Transaction& tx, process::Library& library, api::Caller const& caller, ArticleId id,
                     Instant now) {
    auto select = rows_for(caller);
    select.where("a.id = ?", id);
    TRY(see(select, tx, library, caller, now));
    if (TRY(tx.query(select)).empty()) return fail(Kind::not_found, "not-found");
    return {};
}

Result<KnowledgeArticle> show_article(storage::Transaction& tx, process::Library& library, api::Caller const& caller,
                                      ArticleId id, Instant now) {
    auto select = rows_for(caller);
    select.where("a.id = ?", id);
    TRY(see(select, tx, library, caller, now));
    auto const rows = TRY(tx.query(select));
    if (rows.empty()) return fail(Kind::not_found, "not-found");
    auto const row = row_of(rows.front(), caller, now);
    auto const record = TRY(read_record(tx, id));
    auto may = TRY(acts_on(tx, caller, record));
    KnowledgeArticle out{.id = row.id,
                         .title = row.title,
                         .category = row.category,
                         .audience = row.audience,
                         .state = row.state,
                         .pending = row.pending,
                         .number = row.number,
                         .owner = row.owner,
                         .review_due = row.review_due,
                         .expires = row.expires,
                         .due = row.due,
                         .expired = row.expired,
                         .used = row.used,
                         .solved = row.solved,
                         .updated_at = row.updated_at,
                         .may = std::move(may),
                         .version = record.version};
    TRY(add_versions(out, tx, caller));
    if (is_staff(caller)) TRY(add_cases(out, tx, library, caller, record.from_case));
    return out;
}

cases::Finder finder() {
    return {.kind = "knowledge",
            .marks = [](api::Caller const& caller) {
                return is_staff(caller) ? std::vector<std::string>{"knowledge"} : std::vector<std::string>();
            },
            .show = [](storage::Transaction& tx,
                       std::vector<std::int64_t> const& ids) -> Result<std::vector<cases::Finder::Shown>> {
                storage::Select select(
                    "SELECT a.id, v.title, v.symptom FROM article a "
                    "JOIN article_version v ON v.article = a.id AND v.number = a.published");
                select.where_in("a.id", ids);
                std::vector<cases::Finder::Shown> out;
                for (auto const& row : TRY(tx.query(select)))
                    out.push_back({row.integer(0), row.text(1), row.text(2)});
                return out;
            }};
}

}  // namespace keepword::knowledge
