#include "domain/demo/demo_inside.hpp"

// The demo's knowledge base: most of it published when its history begins, so that its cases are solved by it; at its
// present some are being written and some wait for a reviewer.
namespace keepword::demo {
namespace {

enum class Stage { before_the_history, after_it };

struct Hands {
    PersonId author;
    PersonId reviewer;
};

Hands hands_for(World const& world, Dice& dice) {
    static constexpr char const* authors[] = {"network-engineer", "support-engineer", "acceptance-engineer"};
    return {dice.pick(world.holders.at(authors[dice.below(std::ssize(authors))])),
            dice.pick(world.holders.at("technical-supervisor"))};
}

knowledge::ArticleDraft words_of(json::object const& article) {
    return {.title = {text_at(article, "title")},
            .category = {text_at(article, "category")},
            .audience =
                json::from_word<knowledge::Audience>(text_at(article, "audience")).value_or(knowledge::Audience::staff),
            .symptom = {text_at(article, "symptom")},
            .solution = {text_at(article, "solution")},
            .answer = {text_at(article, "answer")},
            .why = {}};
}

// As far as it is to get: "draft", "in-review", "returned"; else it is published, and taken out of use where it is so.
Result<> bring_to(storage::Transaction& tx, Parts const& parts, knowledge::ArticleId id, Hands const& hands,
                  std::string const& state, Instant now, std::optional<Day> due) {
    people::Act const author{hands.author, now, parts.ids};
    people::Act const reviewer{hands.reviewer, now, parts.ids};
    if (state == "draft") return {};
    TRY(knowledge::submit(tx, author, id));
    if (state == "in-review") return {};
    if (state == "returned") return knowledge::give_back(tx, reviewer, id, "请补充办理时限，并与财务核对邮寄方式。");
    TRY(knowledge::approve(tx, reviewer, id, {.review_due = due, .expires = {}}));
    return state == "retired" ? knowledge::retire(tx, reviewer, id, "打印功能已由新版账单取代。") : Result<>{};
}

bool belongs_to(Stage stage, std::string const& state) {
    bool const finished = state.empty() || state == "retired";
    return finished == (stage == Stage::before_the_history);
}

Result<> make_some(storage::Transaction& tx, Parts const& parts, World& world, Stage stage, Instant now, Instant end) {
    Dice dice(stage == Stage::before_the_history ? 42 : 43);
    for (auto const& one : world.material.list("articles")) {
        auto const& article = one.as_object();
        auto const state = text_at(article, "state");
        if (!belongs_to(stage, state)) continue;
        auto const hands = hands_for(world, dice);
        auto const id = TRY(knowledge::create(tx, {hands.author, now, parts.ids}, words_of(article)));
        // Some looked right for a while only; a history that is too short for that has none.
        auto const due = day_at(end - days(dice.between(2, 9)), hours(8));
        bool const is_due = article.contains("due") && due > day_at(now, hours(8));
        TRY(bring_to(tx, parts, id, hands, state, now, is_due ? std::optional(due) : std::nullopt));
        if (!state.empty()) continue;
        for (auto const& key : article.at("cases").as_array()) world.articles[std::string(key.as_string())] = id;
    }
    return {};
}

}  // namespace

Result<> make_articles(storage::Transaction& tx, Parts const& parts, World& world, Instant start, Instant end) {
    return make_some(tx, parts, world, Stage::before_the_history, start, end);
}

Result<> make_unfinished_articles(storage::Transaction& tx, Parts const& parts, World& world, Instant now) {
    TRY(make_some(tx, parts, world, Stage::after_it, now - hours(20), now));
    Dice dice(44);
    for (auto const& one : world.material.list("articles")) {
        auto const& article = one.as_object();
        auto const* revision = article.if_contains("revision");
        if (revision == nullptr) continue;
        auto const id = world.articles.at(std::string(article.at("cases").as_array().at(0).as_string()));
        auto words = words_of(article);
        words.solution = {text_at(*revision, "solution")};
        words.why = json::Text<500>{text_at(*revision, "why")};
        people::Act const author{dice.pick(world.holders.at("support-engineer")), now - hours(3), parts.ids};
        TRY(knowledge::revise(tx, author, id, words));
        TRY(knowledge::submit(tx, author, id));
    }
    return {};
}

}  // namespace keepword::demo
