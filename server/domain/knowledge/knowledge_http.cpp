#include "domain/knowledge/knowledge_views.hpp"

namespace keepword::knowledge {
namespace {

using api::Call;
using storage::Transaction;

struct KnowledgeReason {
    json::Text<2'000> reason;
};
BOOST_DESCRIBE_STRUCT(KnowledgeReason, (), (reason))
struct KnowledgeRestore {
    std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(KnowledgeRestore, (), (number))
struct KnowledgeFromCase {
    cases::CaseId case_{};
};
BOOST_DESCRIBE_STRUCT(KnowledgeFromCase, (), (case_))
struct KnowledgeUsed {
    ArticleId article{};
    bool solved = false;
    std::optional<json::Text<2'000>> text;
};
BOOST_DESCRIBE_STRUCT(KnowledgeUsed, (), (article, solved, text))

people::Act act_of(cases::Desk& desk, Call const& call) {
    return {call.caller.person, call.now, desk.parts().ids};
}

// The article of the path, if the caller may see it and is one of the centre: a right that somebody from outside holds
// by a role is for cases, not for what everybody reads.
Result<ArticleId> worked_on(cases::Desk& desk, Call const& call, Transaction& tx) {
    auto const id = TRY(call.id<ArticleTag>());
    TRY(expect_seen(tx, desk.parts().library, call.caller, id, call.now));
    if (!is_staff(call.caller)) return fail(Kind::forbidden, "knowledge.inside");
    return id;
}

Result<KnowledgeArticle> shown(cases::Desk& desk, Call const& call, Transaction& tx, ArticleId id) {
    return show_article(tx, desk.parts().library, call.caller, id, call.now);
}

// A change of one article: `act` does it, and the article as it is then is the answer.
template <class In, class F>
api::Route act_route(cases::Desk& desk, char const* path, char const* right, char const* help, F act) {
    return api::post<In>(path, {.right = right, .help = help},
                         [&desk, act](Call const& call, In const& in, Transaction& tx) -> Result<KnowledgeArticle> {
                             auto const id = TRY(worked_on(desk, call, tx));
                             TRY(act(tx, act_of(desk, call), id, in));
                             return shown(desk, call, tx, id);
                         });
}

Result<> expect_reason(KnowledgeReason const& in) {
    if (text::trim(in.reason.value).empty()) return invalid("reason", "required");
    return {};
}

Result<KnowledgeArticle> make(cases::Desk& desk, Call const& call, ArticleDraft const& in, Transaction& tx) {
    if (!is_staff(call.caller)) return fail(Kind::forbidden, "knowledge.inside");
    return shown(desk, call, tx, TRY(create(tx, act_of(desk, call), in)));
}

Result<KnowledgeArticle> make_from_case(cases::Desk& desk, Call const& call, KnowledgeFromCase const& in,
                                        Transaction& tx) {
    if (!is_staff(call.caller)) return fail(Kind::forbidden, "knowledge.inside");
    return shown(desk, call, tx, TRY(draft_from_case(desk, call, tx, in.case_)));
}

Result<KnowledgeArticle> change(cases::Desk& desk, Call const& call, ArticleDraft const& in, Transaction& tx) {
    auto const id = TRY(worked_on(desk, call, tx));
    TRY(call.expect_version(TRY(read_record(tx, id)).version));
    TRY(change_draft(tx, act_of(desk, call), id, in));
    return shown(desk, call, tx, id);
}

Result<api::Nothing> used_on_case(cases::Desk& desk, Call const& call, KnowledgeUsed const& in, Transaction& tx) {
    auto const id = TRY(call.id<cases::CaseTag>());
    auto& library = desk.parts().library;
    TRY(cases::expect_visible(tx, library, call.caller, id));
    if (!is_staff(call.caller) || !TRY(cases::may_work_on(tx, library, call.caller, id)))
        return fail(Kind::forbidden, "right.case");
    TRY(use(desk, {tx, call.now, call.caller.person}, id, in.article, in.solved, in.text ? in.text->value : ""));
    return api::Nothing{};
}

void add_reading(api::Routes& out, cases::Desk& desk) {
    auto& library = desk.parts().library;
    out.push_back(
        api::get("/knowledge",
                 {.right = "signed-in",
                  .help = "Articles, newest first; whoever is from outside reads the published answers for customers",
                  .query = {{"q", "Words"},
                            {"state", "draft, in-review, published, retired"},
                            {"category", "Category"},
                            {"due", "true: published, with a review that is due"},
                            {"owner", "Person"},
                            {"case", "Made from this case"},
                            {"limit", "1 to 200"},
                            {"cursor", "next of the page before"}}},
                 [&library](Call const& call, Transaction& tx) { return list_articles(tx, library, call); }));
    out.push_back(
        api::get("/knowledge/counts", {.right = "cases.read", .help = "How many articles are in which state"},
                 [&library](Call const& call, Transaction& tx) { return count_articles(tx, library, call); }));
    add_suggest_route(out);
    out.push_back(api::get("/knowledge/{id}",
                           {.right = "signed-in", .help = "One article, with its versions and where it was used"},
                           [&desk](Call const& call, Transaction& tx) -> Result<KnowledgeArticle> {
                               return shown(desk, call, tx, TRY(call.id<ArticleTag>()));
                           }));
}

void add_writing(api::Routes& out, cases::Desk& desk) {
    out.push_back(api::post<ArticleDraft>(
        "/knowledge", {.right = "knowledge.write", .help = "Write a new article, as a draft", .status = 201},
        [&desk](Call const& call, ArticleDraft const& in, Transaction& tx) { return make(desk, call, in, tx); }));
    out.push_back(api::post<KnowledgeFromCase>(
        "/knowledge/from-case", {.right = "knowledge.write", .help = "Make a draft of an ended case", .status = 201},
        [&desk](Call const& call, KnowledgeFromCase const& in, Transaction& tx) {
            return make_from_case(desk, call, in, tx);
        }));
    out.push_back(api::patch<ArticleDraft>(
        "/knowledge/{id}", {.right = "knowledge.write", .help = "Change the draft"},
        [&desk](Call const& call, ArticleDraft const& in, Transaction& tx) { return change(desk, call, in, tx); }));
    out.push_back(act_route<ArticleDraft>(desk, "/knowledge/{id}/versions", "knowledge.write",
                                          "Begin a new version; what is published stays until it is reviewed", revise));
    out.push_back(act_route<KnowledgeRestore>(
        desk, "/knowledge/{id}/restore", "knowledge.write", "Begin a new version with the words of an old one",
        [](Transaction& tx, people::Act const& act, ArticleId id, KnowledgeRestore const& in) {
            return restore(tx, act, id, in.number);
        }));
    out.push_back(act_route<api::Nothing>(desk, "/knowledge/{id}/discard", "knowledge.write", "Drop the draft",
                                          [](Transaction& tx, people::Act const& act, ArticleId id,
                                             api::Nothing const&) { return discard_draft(tx, act, id); }));
    out.push_back(act_route<api::Nothing>(desk, "/knowledge/{id}/submit", "knowledge.write", "Hand the draft to review",
                                          [](Transaction& tx, people::Act const& act, ArticleId id,
                                             api::Nothing const&) { return submit(tx, act, id); }));
}

void add_reviewing(api::Routes& out, cases::Desk& desk) {
    out.push_back(act_route<ArticleDates>(desk, "/knowledge/{id}/approve", "knowledge.review",
                                          "Publish what somebody else wrote; due for review in six months unless said",
                                          approve));
    out.push_back(act_route<KnowledgeReason>(
        desk, "/knowledge/{id}/return", "knowledge.review", "Give it back to its author, with the reason",
        [](Transaction& tx, people::Act const& act, ArticleId id, KnowledgeReason const& in) -> Result<> {
            TRY(expect_reason(in));
            return give_back(tx, act, id, std::string(text::trim(in.reason.value)));
        }));
    out.push_back(act_route<ArticleDates>(desk, "/knowledge/{id}/confirm", "knowledge.review",
                                          "Still right: due for review again later", confirm));
    out.push_back(act_route<KnowledgeReason>(
        desk, "/knowledge/{id}/retire", "knowledge.review", "Take it out of use, with the reason",
        [](Transaction& tx, people::Act const& act, ArticleId id, KnowledgeReason const& in) -> Result<> {
            TRY(expect_reason(in));
            return retire(tx, act, id, std::string(text::trim(in.reason.value)));
        }));
}

}  // namespace

api::Routes routes(cases::Desk& desk) {
    api::Routes out;
    add_reading(out, desk);
    add_writing(out, desk);
    add_reviewing(out, desk);
    out.push_back(api::post<KnowledgeUsed>(
        "/cases/{id}/knowledge",
        {.right = "signed-in", .help = "Say that an article was used on a case, and whether that solved it"},
        [&desk](Call const& call, KnowledgeUsed const& in, Transaction& tx) {
            return used_on_case(desk, call, in, tx);
        }));
    return out;
}

}  // namespace keepword::knowledge
