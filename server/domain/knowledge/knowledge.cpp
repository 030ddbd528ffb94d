#include "domain/knowledge/knowledge.hpp"

#include <algorithm>

#include "domain/knowledge/knowledge_store.hpp"

// The rules of an article's life: written by those who work cases, read by somebody else before it counts, looked at
// again when its time is over.
namespace keepword::knowledge {
namespace {

constexpr int months_until_review = 6;

// The same day so many months later, or that month's last.
Day months_after(Day const& day, int months) {
    auto const first_of = [](int month) { return Day{1970 + month / 12, month % 12 + 1, 1}; };
    int const month = (day.year - 1970) * 12 + day.month - 1 + months;
    auto const length = first_of(month + 1).number() - first_of(month).number();
    return first_of(month).plus(std::min<std::int64_t>(day.day, length) - 1);
}

void write_into(VersionRecord& version, ArticleDraft const& in, people::Act const& act) {
    version.title = std::string(text::trim(in.title.value));
    version.category = std::string(text::trim(in.category.value));
    version.audience = in.audience;
    version.symptom = std::string(text::trim(in.symptom.value));
    version.solution = std::string(text::trim(in.solution.value));
    version.answer = std::string(text::trim(in.answer.value));
    version.why = people::text_of(in.why);
    version.written_by = act.by;
    version.written_at = act.now;
}

// Until something is published, the article is what its newest version says.
void show(ArticleRecord& article, VersionRecord const& version) {
    article.title = version.title;
    article.category = version.category;
    article.audience = version.audience;
}

// Of a version that was never published the article's own state tells how far it is.
void set_pending(ArticleRecord& article, std::optional<Pending> pending) {
    article.pending = pending;
    if (article.state == State::draft || article.state == State::in_review)
        article.state = pending == Pending::in_review ? State::in_review : State::draft;
}

Result<> expect_title(ArticleDraft const& in) {
    people::Checks checks;
    checks.required("title", in.title.value);
    checks.required("category", in.category.value);
    return checks.done();
}

// What is to be read by others is whole: a customer is not shown an empty answer.
Result<> expect_whole(VersionRecord const& version) {
    people::Checks checks;
    checks.required("symptom", version.symptom);
    if (version.audience != Audience::customers) checks.required("solution", version.solution);
    if (version.audience != Audience::staff) checks.required("answer", version.answer);
    return checks.done();
}

Result<> expect_not_own(storage::Transaction& tx, people::Act const& act, ArticleId id, std::int64_t number) {
    if (TRY(wrote_in(tx, id, number, act.by))) return fail(Kind::forbidden, "knowledge.own-version");
    return {};
}

Result<> expect_pending(ArticleRecord const& article, Pending wanted) {
    if (article.pending == wanted) return {};
    if (wanted == Pending::in_review) return fail(Kind::conflict, "knowledge.not-in-review");
    return article.pending ? fail(Kind::conflict, "knowledge.in-review") : fail(Kind::conflict, "knowledge.no-draft");
}

json::object said(VersionRecord const& v) {
    json::object out{{"number", v.number},     {"title", v.title},
                     {"category", v.category}, {"audience", json::word(v.audience)},
                     {"symptom", v.symptom},   {"solution", v.solution},
                     {"answer", v.answer}};
    if (v.why) out["why"] = *v.why;
    return out;
}

// A version that follows the others.
Result<> add_version(storage::Transaction& tx, people::Act const& act, ArticleRecord& article, VersionRecord version) {
    version.number = article.latest + 1;
    version.state = VersionState::draft;
    version.reviewed_by = {};
    version.reviewed_at.reset();
    version.returned.reset();
    article.latest = version.number;
    set_pending(article, Pending::draft);
    TRY(insert_version(tx, article.id, version));
    TRY(add_writer(tx, article.id, version.number, act.by));
    if (!article.published) show(article, version);
    TRY(update_record(tx, article, act.now));
    return index_article(tx, article);
}

Result<> set_dates(ArticleRecord& article, ArticleDates const& dates, Instant now) {
    auto const today = today_at(now);
    people::Checks checks;
    if (dates.review_due && *dates.review_due <= today) checks.wrong("review_due", "past");
    if (dates.expires && *dates.expires < today) checks.wrong("expires", "past");
    TRY(checks.done());
    article.review_due = dates.review_due.value_or(months_after(today, months_until_review));
    article.expires = dates.expires;
    return {};
}

json::object dates_of(ArticleRecord const& article) {
    json::object out;
    if (article.review_due) out["review_due"] = article.review_due->str();
    if (article.expires) out["expires"] = article.expires->str();
    return out;
}

}  // namespace

Result<ArticleId> create(storage::Transaction& tx, people::Act const& act, ArticleDraft const& in,
                         cases::CaseId from_case) {
    TRY(expect_title(in));
    VersionRecord version;
    write_into(version, in, act);
    ArticleRecord article{.id = act.ids.next<ArticleTag>(),
                          .text_id = act.ids.next<struct ArticleTextTag>().value,
                          .pending = Pending::draft,
                          .owner = act.by,
                          .from_case = from_case,
                          .created_at = act.now,
                          .updated_at = act.now};
    show(article, version);
    TRY(insert_record(tx, article));
    TRY(insert_version(tx, article.id, version));
    TRY(add_writer(tx, article.id, version.number, act.by));
    TRY(index_article(tx, article));
    auto data = said(version);
    if (from_case) data["from_case"] = from_case.str();
    TRY(people::record(tx, act, "article.created", people::subject("article", article.id), nullptr, data));
    return article.id;
}

Result<> change_draft(storage::Transaction& tx, people::Act const& act, ArticleId id, ArticleDraft const& in) {
    auto article = TRY(read_record(tx, id));
    TRY(expect_pending(article, Pending::draft));
    TRY(expect_title(in));
    auto version = TRY(read_version(tx, id, article.latest));
    auto const before = said(version);
    write_into(version, in, act);
    TRY(update_version(tx, id, version));
    TRY(add_writer(tx, id, version.number, act.by));
    if (!article.published) show(article, version);
    TRY(update_record(tx, article, act.now));
    TRY(index_article(tx, article));
    return people::record(tx, act, "article.changed", people::subject("article", id), before, said(version));
}

Result<> revise(storage::Transaction& tx, people::Act const& act, ArticleId id, ArticleDraft const& in) {
    auto article = TRY(read_record(tx, id));
    if (article.pending) return fail(Kind::conflict, "knowledge.draft-exists");
    TRY(expect_title(in));
    VersionRecord version;
    write_into(version, in, act);
    TRY(add_version(tx, act, article, version));
    version.number = article.latest;
    return people::record(tx, act, "article.revised", people::subject("article", id), nullptr, said(version));
}

Result<> restore(storage::Transaction& tx, people::Act const& act, ArticleId id, std::int64_t number) {
    auto article = TRY(read_record(tx, id));
    if (article.pending) return fail(Kind::conflict, "knowledge.draft-exists");
    auto version = TRY(read_version(tx, id, number));
    version.written_by = act.by;
    version.written_at = act.now;
    version.why.reset();
    TRY(add_version(tx, act, article, version));
    // The words are still those of whoever wrote them, so they may not review them now either.
    TRY(
        tx.execute("INSERT INTO article_writer (article, number, person) SELECT article, ?, person FROM article_writer "
                   "WHERE article = ? AND number = ? ON CONFLICT (article, number, person) DO NOTHING",
                   article.latest, id, number));
    return people::record(tx, act, "article.restored", people::subject("article", id), nullptr,
                          json::object{{"from", number}, {"number", article.latest}});
}

Result<> discard_draft(storage::Transaction& tx, people::Act const& act, ArticleId id) {
    auto article = TRY(read_record(tx, id));
    TRY(expect_pending(article, Pending::draft));
    if (article.state == State::draft) return retire(tx, act, id, "");
    auto version = TRY(read_version(tx, id, article.latest));
    version.state = VersionState::dropped;
    TRY(update_version(tx, id, version));
    set_pending(article, std::nullopt);
    TRY(update_record(tx, article, act.now));
    return people::record(tx, act, "article.draft-dropped", people::subject("article", id), nullptr,
                          json::object{{"number", version.number}});
}

Result<> submit(storage::Transaction& tx, people::Act const& act, ArticleId id) {
    auto article = TRY(read_record(tx, id));
    TRY(expect_pending(article, Pending::draft));
    auto version = TRY(read_version(tx, id, article.latest));
    TRY(expect_whole(version));
    version.state = VersionState::in_review;
    version.returned.reset();
    TRY(update_version(tx, id, version));
    set_pending(article, Pending::in_review);
    TRY(update_record(tx, article, act.now));
    return people::record(tx, act, "article.submitted", people::subject("article", id), nullptr,
                          json::object{{"number", version.number}});
}

Result<> approve(storage::Transaction& tx, people::Act const& act, ArticleId id, ArticleDates const& dates) {
    auto article = TRY(read_record(tx, id));
    TRY(expect_pending(article, Pending::in_review));
    TRY(expect_not_own(tx, act, id, article.latest));
    TRY(set_dates(article, dates, act.now));
    auto version = TRY(read_version(tx, id, article.latest));
    version.state = VersionState::approved;
    version.reviewed_by = act.by;
    version.reviewed_at = act.now;
    TRY(update_version(tx, id, version));
    article.state = State::published;
    article.published = version.number;
    article.pending.reset();
    show(article, version);
    TRY(update_record(tx, article, act.now));
    TRY(index_article(tx, article));
    auto data = dates_of(article);
    data["number"] = version.number;
    return people::record(tx, act, "article.published", people::subject("article", id), nullptr, data);
}

Result<> give_back(storage::Transaction& tx, people::Act const& act, ArticleId id, std::string const& reason) {
    auto article = TRY(read_record(tx, id));
    TRY(expect_pending(article, Pending::in_review));
    auto version = TRY(read_version(tx, id, article.latest));
    version.state = VersionState::draft;
    version.returned = reason;
    TRY(update_version(tx, id, version));
    set_pending(article, Pending::draft);
    TRY(update_record(tx, article, act.now));
    return people::record(tx, act, "article.returned", people::subject("article", id), nullptr,
                          json::object{{"number", version.number}, {"reason", reason}});
}

Result<> confirm(storage::Transaction& tx, people::Act const& act, ArticleId id, ArticleDates const& dates) {
    auto article = TRY(read_record(tx, id));
    if (article.state != State::published) return fail(Kind::conflict, "knowledge.not-published");
    TRY(expect_not_own(tx, act, id, *article.published));
    auto const before = dates_of(article);
    TRY(set_dates(article, dates, act.now));
    TRY(update_record(tx, article, act.now));
    return people::record(tx, act, "article.confirmed", people::subject("article", id), before, dates_of(article));
}

Result<> retire(storage::Transaction& tx, people::Act const& act, ArticleId id, std::string const& reason) {
    auto article = TRY(read_record(tx, id));
    if (article.state == State::retired) return fail(Kind::conflict, "knowledge.retired");
    if (article.pending) {
        auto version = TRY(read_version(tx, id, article.latest));
        version.state = VersionState::dropped;
        TRY(update_version(tx, id, version));
    }
    article.state = State::retired;
    article.pending.reset();
    TRY(update_record(tx, article, act.now));
    TRY(index_article(tx, article));
    return people::record(tx, act, "article.retired", people::subject("article", id), nullptr,
                          json::object{{"reason", reason}});
}

Result<> use(cases::Desk& desk, cases::Act const& act, cases::CaseId id, ArticleId article, bool solved,
             std::string const& text) {
    auto const about =
        TRY(act.tx.one("SELECT c.state, c.category, s.class FROM cases c "
                       "LEFT JOIN asset s ON s.id = c.asset WHERE c.id = ?",
                       id));
    if (!about) return fail(Kind::not_found, "not-found");
    auto const state = about->word<cases::State>(0);
    if (state == cases::State::archived || state == cases::State::cancelled) return fail(Kind::conflict, "case.ended");
    auto const known =
        TRY(act.tx.one("SELECT title, published FROM article WHERE id = ? AND published IS NOT NULL", article));
    if (!known) return invalid("article", "not-there");
    auto const number = known->integer(1);
    auto const before =
        TRY(act.tx.one("SELECT solved FROM article_use WHERE article = ? AND case_id = ?", article, id));
    if (before && (before->integer(0) == 1 || !solved)) return {};
    TRY(
        act.tx.execute("INSERT INTO article_use (id, article, number, case_id, person, at, solved, category, class) "
                       "VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (article, case_id) DO UPDATE SET solved = "
                       "excluded.solved, number = excluded.number, person = excluded.person, at = excluded.at",
                       desk.parts().ids.next<struct ArticleUseTag>(), article, number, id, act.actor, act.now,
                       solved ? 1 : 0, about->optional_text(1), about->optional_text(2)));
    TRY(desk.note(act, id, "knowledge", text,
                  {{"article", article.str()}, {"title", known->text(0)}, {"version", number}, {"solved", solved}}));
    return {};
}

}  // namespace keepword::knowledge
