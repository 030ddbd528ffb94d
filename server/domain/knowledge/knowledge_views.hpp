#pragma once
#include "domain/knowledge/knowledge_store.hpp"

// What the API shows of articles, and to whom. Inside of the slice only.
namespace keepword::knowledge {

struct KnowledgeRow {
    ArticleId id{};
    std::string title;
    std::string category;
    Audience audience = Audience::staff;
    State state = State::draft;
    std::optional<std::string> pending;  // draft, in-review: a version newer than the published one
    std::optional<std::int64_t> number;  // of the published version
    std::optional<api::Ref> owner;
    std::optional<Day> review_due;
    std::optional<Day> expires;
    bool due = false;      // its review is
    bool expired = false;  // offered no longer
    std::int64_t used = 0;
    std::int64_t solved = 0;
    Instant updated_at;
};
BOOST_DESCRIBE_STRUCT(KnowledgeRow, (),
                      (id, title, category, audience, state, pending, number, owner, review_due, expires, due, expired,
                       used, solved, updated_at))

// Null: not for this reader.
struct KnowledgeVersion {
    std::int64_t number = 1;
    std::string state;
    std::string title;
    std::string category;
    Audience audience = Audience::staff;
    std::optional<std::string> symptom;
    std::optional<std::string> solution;
    std::string answer;
    std::optional<std::string> why;
    std::optional<api::Ref> written_by;
    Instant written_at;
    std::optional<api::Ref> reviewed_by;
    std::optional<Instant> reviewed_at;
    std::optional<std::string> returned;
};
BOOST_DESCRIBE_STRUCT(KnowledgeVersion, (),
                      (number, state, title, category, audience, symptom, solution, answer, why, written_by, written_at,
                       reviewed_by, reviewed_at, returned))

struct KnowledgeCase {
    cases::CaseId id{};
    std::string number;
    std::string title;
};
BOOST_DESCRIBE_STRUCT(KnowledgeCase, (), (id, number, title))

struct KnowledgeUse {
    KnowledgeCase case_;
    std::optional<api::Ref> person;
    Instant at;
    bool solved = false;
    std::int64_t number = 1;
};
BOOST_DESCRIBE_STRUCT(KnowledgeUse, (), (case_, person, at, solved, number))

struct KnowledgeArticle {
    ArticleId id{};
    std::string title;
    std::string category;
    Audience audience = Audience::staff;
    State state = State::draft;
    std::optional<std::string> pending;
    std::optional<std::int64_t> number;
    std::optional<api::Ref> owner;
    std::optional<Day> review_due;
    std::optional<Day> expires;
    bool due = false;
    bool expired = false;
    std::int64_t used = 0;
    std::int64_t solved = 0;
    Instant updated_at;
    std::vector<KnowledgeVersion> versions;  // newest first
    std::vector<KnowledgeUse> uses;          // the newest of those that the reader may see
    std::optional<KnowledgeCase> from_case;
    std::vector<std::string> may;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(KnowledgeArticle, (),
                      (id, title, category, audience, state, pending, number, owner, review_due, expires, due, expired,
                       used, solved, updated_at, versions, uses, from_case, may, version))

struct KnowledgeCounts {
    std::int64_t published = 0;
    std::int64_t due = 0;
    std::int64_t draft = 0;
    std::int64_t in_review = 0;
    std::int64_t retired = 0;
};
BOOST_DESCRIBE_STRUCT(KnowledgeCounts, (), (published, due, draft, in_review, retired))

// One of the centre's own; whoever is from outside reads the answers meant for customers, and nothing else.
inline bool is_staff(api::Caller const& caller) {
    return caller.may("cases.read");
}
// Writes or reviews, and so sees what is not published yet.
inline bool works_on_articles(api::Caller const& caller) {
    return is_staff(caller) && (caller.may("knowledge.write") || caller.may("knowledge.review"));
}

Result<api::Page<KnowledgeRow>> list_articles(storage::Transaction& tx, process::Library& library,
                                              api::Call const& call);
Result<KnowledgeCounts> count_articles(storage::Transaction& tx, process::Library& library, api::Call const& call);
Result<KnowledgeArticle> show_article(storage::Transaction& tx, process::Library& library, api::Caller const& caller,
                                      ArticleId id, Instant now);
// Whether the caller may see the article at all: not-found.
Result<> expect_seen(storage::Transaction& tx, process::Library& library, api::Caller const& caller, ArticleId id,
                     Instant now);

}  // namespace keepword::knowledge
