#include <algorithm>
#include <map>

#include "domain/knowledge/knowledge_views.hpp"
#include "engine/search/similar.hpp"

// What is offered while somebody types: published articles by how many of the words they have, by the case's category,
// and by how often they solved cases of that category or class of asset lately.
namespace keepword::knowledge {
namespace {

constexpr std::size_t most_offered = 6;
constexpr std::int64_t most_alike = 60;
constexpr std::int64_t most_read = 400;
constexpr std::size_t most_typed = 500;  // characters of the text that count
constexpr Duration lately = days(180);

struct KnowledgeOffer {
    ArticleId id{};
    std::string title;
    std::string category;
    Audience audience = Audience::staff;
    std::int64_t number = 1;
    std::string symptom;
    std::string solution;
    std::string answer;
    bool due = false;            // its review is
    std::int64_t words = 0;      // of the text that it has
    bool same_category = false;  // as the case
    std::int64_t solved = 0;     // cases in the last half year, alike ones where category or asset are known
    bool alike = false;
};
BOOST_DESCRIBE_STRUCT(KnowledgeOffer, (),
                      (id, title, category, audience, number, symptom, solution, answer, due, words, same_category,
                       solved, alike))

struct Asked {
    std::string text;
    std::string category;
    std::optional<cases::OtherId> asset;
    Instant now;
};

struct Ranked {
    KnowledgeOffer offer;
    std::int64_t score = 0;
};

// The published articles among those found; where they are few, those of the category with them.
Result<storage::Rows> candidates(storage::Transaction& tx, Asked const& asked,
                                 std::vector<search::Similar> const& found) {
    bool const of_category = found.size() < most_offered && !asked.category.empty();
    storage::Select select(
        "SELECT a.id, a.title, a.category, a.audience, a.published, v.symptom, v.solution, v.answer, a.review_due, "
        "(SELECT count(*) FROM article_use u WHERE u.article = a.id AND u.solved = 1 AND u.at >= ? AND "
        "(CAST(? AS INTEGER) = 1 OR u.category = ? "
        "OR u.class = (SELECT s.class FROM asset s WHERE s.id = CAST(? AS BIGINT)))) "
        "FROM article a JOIN article_version v ON v.article = a.id AND v.number = a.published",
        asked.now - lately, asked.category.empty() && !asked.asset ? 1 : 0, asked.category, asked.asset);
    select.where("a.state = 'published'").where("a.expires IS NULL OR a.expires >= ?", today_at(asked.now));
    std::vector<std::int64_t> ids;
    for (auto const& one : found) ids.push_back(one.id);
    if (of_category) {
        ids.resize(most_offered - 1);
        select.where("a.category = ? OR a.id IN (?,?,?,?,?)", asked.category, ids[0], ids[1], ids[2], ids[3], ids[4]);
    } else {
        select.where_in("a.id", ids);
    }
    select.end("ORDER BY 10 DESC, a.id DESC LIMIT ?", most_read);
    return tx.query(select);
}

Ranked ranked(storage::Row const& row, Asked const& asked, search::Similar const& like) {
    Ranked out{.offer = {.id = row.id<ArticleTag>(0),
                         .title = row.text(1),
                         .category = row.text(2),
                         .audience = row.word<Audience>(3),
                         .number = row.integer(4),
                         .symptom = row.text(5),
                         .solution = row.text(6),
                         .answer = row.text(7),
                         .due = !row.null(8) && row.text(8) <= today_at(asked.now).str(),
                         .words = like.words,
                         .same_category = !asked.category.empty() && row.text(2) == asked.category,
                         .solved = row.integer(9),
                         .alike = !asked.category.empty() || asked.asset}};
    // What the words say weighs most; what solved such cases decides between those that say the same.
    out.score = 2 * like.weight + (out.offer.same_category ? 6 : 0) + std::min<std::int64_t>(out.offer.solved, 12);
    return out;
}

Result<api::Page<KnowledgeOffer>> suggest(api::Call const& call, storage::Transaction& tx) {
    auto const asset = TRY(call.query_id<cases::AnyTag>("asset"));
    Asked const asked{.text = std::string(text::head(call.query.text("q"), most_typed)),
                      .category = call.query.text("category"),
                      .asset = asset,
                      .now = call.now};
    auto const found = TRY(search::similar(tx, "knowledge", asked.text, most_alike));
    bool const typed = !text::trim(asked.text).empty();
    std::map<std::int64_t, search::Similar> like;
    for (auto const& one : found) like[one.id] = one;
    std::vector<Ranked> all;
    for (auto const& row : TRY(candidates(tx, asked, found))) {
        auto one = ranked(row, asked, like[row.integer(0)]);
        // Of the same category alone is no reason to offer it, once something is said of the matter.
        if (typed && one.offer.words == 0 && one.offer.solved == 0) continue;
        all.push_back(std::move(one));
    }
    // Behind come those whose review is due, and before these those that have nothing of the words.
    auto const behind = [](Ranked const& one) { return 2 * (one.offer.due ? 1 : 0) + (one.offer.words == 0 ? 1 : 0); };
    std::ranges::stable_sort(all, [&](Ranked const& a, Ranked const& b) {
        return behind(a) != behind(b) ? behind(a) < behind(b) : a.score > b.score;
    });
    api::Page<KnowledgeOffer> page;
    for (auto& one : all) {
        if (page.items.size() == most_offered) break;
        page.items.push_back(std::move(one.offer));
    }
    return page;
}

}  // namespace

void add_suggest_route(api::Routes& routes) {
    routes.push_back(api::get("/knowledge/suggest",
                              {.right = "cases.read",
                               .help = "At most six published articles for what is typed, with why each is offered",
                               .query = {{"q", "The text so far"}, {"category", "Of the case"}, {"asset", "Id"}}},
                              [](api::Call const& call, storage::Transaction& tx) { return suggest(call, tx); }));
}

}  // namespace keepword::knowledge
