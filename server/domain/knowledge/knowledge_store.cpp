#include "domain/knowledge/knowledge_store.hpp"

#include "engine/search/search.hpp"
#include "engine/search/similar.hpp"

namespace keepword::knowledge {
namespace {

std::optional<Day> optional_day(storage::Row const& row, std::size_t i) {
    if (row.null(i)) return std::nullopt;
    auto const day = Day::parse(row.text(i));
    return day ? std::optional(*day) : std::nullopt;
}

std::optional<std::int64_t> optional_number(storage::Row const& row, std::size_t i) {
    return row.null(i) ? std::nullopt : std::optional(row.integer(i));
}

VersionRecord version_at(storage::Row const& row) {
    return {.number = row.integer(0),
            .state = row.word<VersionState>(1),
            .title = row.text(2),
            .category = row.text(3),
            .audience = row.word<Audience>(4),
            .symptom = row.text(5),
            .solution = row.text(6),
            .answer = row.text(7),
            .why = row.optional_text(8),
            .written_by = row.id<PersonTag>(9),
            .written_at = row.instant(10),
            .reviewed_by = row.optional_id<PersonTag>(11).value_or(PersonId{}),
            .reviewed_at = row.optional_instant(12),
            .returned = row.optional_text(13)};
}

}  // namespace

Result<ArticleRecord> read_record(storage::Transaction& tx, ArticleId id) {
    auto const row =
        TRY(tx.one("SELECT text_id, title, category, audience, state, pending, published, latest, owner, review_due, "
                   "expires, from_case, created_at, updated_at, version FROM article WHERE id = ?",
                   id));
    if (!row) return fail(Kind::not_found, "not-found");
    return ArticleRecord{.id = id,
                         .text_id = row->integer(0),
                         .title = row->text(1),
                         .category = row->text(2),
                         .audience = row->word<Audience>(3),
                         .state = row->word<State>(4),
                         .pending = row->null(5) ? std::nullopt : std::optional(row->word<Pending>(5)),
                         .published = optional_number(*row, 6),
                         .latest = row->integer(7),
                         .owner = row->id<PersonTag>(8),
                         .review_due = optional_day(*row, 9),
                         .expires = optional_day(*row, 10),
                         .from_case = row->optional_id<cases::CaseTag>(11).value_or(cases::CaseId{}),
                         .created_at = row->instant(12),
                         .updated_at = row->instant(13),
                         .version = row->integer(14)};
}

Result<> insert_record(storage::Transaction& tx, ArticleRecord const& a) {
    TRY(
        tx.execute("INSERT INTO article (id, text_id, title, category, audience, state, pending, published, latest, "
                   "owner, review_due, expires, from_case, created_at, updated_at, version) "
                   "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                   a.id, a.text_id, a.title, a.category, a.audience, a.state, a.pending, a.published, a.latest, a.owner,
                   a.review_due, a.expires, a.from_case, a.created_at, a.updated_at, a.version));
    return {};
}

Result<> update_record(storage::Transaction& tx, ArticleRecord& a, Instant now) {
    a.updated_at = now;
    ++a.version;
    TRY(
        tx.execute("UPDATE article SET title=?, category=?, audience=?, state=?, pending=?, published=?, latest=?, "
                   "review_due=?, expires=?, updated_at=?, version=? WHERE id=?",
                   a.title, a.category, a.audience, a.state, a.pending, a.published, a.latest, a.review_due, a.expires,
                   a.updated_at, a.version, a.id));
    return {};
}

Result<VersionRecord> read_version(storage::Transaction& tx, ArticleId id, std::int64_t number) {
    auto const row = TRY(
        tx.one("SELECT number, state, title, category, audience, symptom, solution, answer, why, written_by, "
               "written_at, reviewed_by, reviewed_at, returned FROM article_version WHERE article = ? AND number = ?",
               id, number));
    if (!row) return fail(Kind::conflict, "knowledge.no-version");
    return version_at(*row);
}

Result<std::vector<VersionRecord>> read_versions(storage::Transaction& tx, ArticleId id) {
    std::vector<VersionRecord> out;
    for (auto const& row :
         TRY(tx.query("SELECT number, state, title, category, audience, symptom, solution, answer, why, written_by, "
                      "written_at, reviewed_by, reviewed_at, returned FROM article_version WHERE article = ? "
                      "ORDER BY number DESC",
                      id)))
        out.push_back(version_at(row));
    return out;
}

Result<> insert_version(storage::Transaction& tx, ArticleId id, VersionRecord const& v) {
    TRY(
        tx.execute("INSERT INTO article_version (article, number, state, title, category, audience, symptom, solution, "
                   "answer, why, written_by, written_at, reviewed_by, reviewed_at, returned) "
                   "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                   id, v.number, v.state, v.title, v.category, v.audience, v.symptom, v.solution, v.answer, v.why,
                   v.written_by, v.written_at, v.reviewed_by, v.reviewed_at, v.returned));
    return {};
}

Result<> update_version(storage::Transaction& tx, ArticleId id, VersionRecord const& v) {
    TRY(
        tx.execute("UPDATE article_version SET state=?, title=?, category=?, audience=?, symptom=?, solution=?, "
                   "answer=?, why=?, written_by=?, written_at=?, reviewed_by=?, reviewed_at=?, returned=? "
                   "WHERE article=? AND number=?",
                   v.state, v.title, v.category, v.audience, v.symptom, v.solution, v.answer, v.why, v.written_by,
                   v.written_at, v.reviewed_by, v.reviewed_at, v.returned, id, v.number));
    return {};
}

Result<> add_writer(storage::Transaction& tx, ArticleId id, std::int64_t number, PersonId person) {
    TRY(
        tx.execute("INSERT INTO article_writer (article, number, person) VALUES (?,?,?) "
                   "ON CONFLICT (article, number, person) DO NOTHING",
                   id, number, person));
    return {};
}

Result<bool> wrote_in(storage::Transaction& tx, ArticleId id, std::int64_t number, PersonId person) {
    return TRY(tx.one("SELECT 1 FROM article_writer WHERE article = ? AND number = ? AND person = ?", id, number,
                      person))
        .has_value();
}

Result<> index_article(storage::Transaction& tx, ArticleRecord const& a) {
    auto const v = TRY(read_version(tx, a.id, a.published.value_or(a.latest)));
    auto const all = v.symptom + "\n" + v.solution + "\n" + v.answer;
    TRY(search::index(
        tx, {.kind = "knowledge-text", .id = a.text_id, .title = v.title, .body = all, .marks = {"knowledge-text"}}));
    // Only what may be offered is found by how a matter is reported.
    if (a.state != State::published) {
        TRY(search::remove(tx, a.id.value));
        return search::forget_similar(tx, a.id.value);
    }
    TRY(search::index(
        tx, {.kind = "knowledge", .id = a.id.value, .title = v.title, .body = all, .marks = {"knowledge"}}));
    return search::index_similar(tx, "knowledge", a.id.value, v.title, v.symptom);
}

}  // namespace keepword::knowledge
