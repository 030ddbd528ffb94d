#pragma once
#include "domain/knowledge/knowledge.hpp"

// The rows of the knowledge base. Inside of the slice only.
namespace keepword::knowledge {

enum class Pending { draft, in_review };
BOOST_DESCRIBE_ENUM(Pending, draft, in_review)

struct ArticleRecord {
    ArticleId id;
    std::int64_t text_id = 0;
    std::string title;
    std::string category;
    Audience audience = Audience::staff;
    State state = State::draft;
    std::optional<Pending> pending;
    std::optional<std::int64_t> published;
    std::int64_t latest = 1;
    PersonId owner{};
    std::optional<Day> review_due;
    std::optional<Day> expires;
    cases::CaseId from_case{};
    Instant created_at;
    Instant updated_at;
    std::int64_t version = 1;
};

enum class VersionState { draft, in_review, approved, dropped };
BOOST_DESCRIBE_ENUM(VersionState, draft, in_review, approved, dropped)

struct VersionRecord {
    std::int64_t number = 1;
    VersionState state = VersionState::draft;
    std::string title;
    std::string category;
    Audience audience = Audience::staff;
    std::string symptom;
    std::string solution;
    std::string answer;
    std::optional<std::string> why;
    PersonId written_by{};
    Instant written_at;
    PersonId reviewed_by{};
    std::optional<Instant> reviewed_at;
    std::optional<std::string> returned;  // why it went back to its author
};

Result<ArticleRecord> read_record(storage::Transaction& tx, ArticleId id);
Result<> insert_record(storage::Transaction& tx, ArticleRecord const& article);
// Counts the version up.
Result<> update_record(storage::Transaction& tx, ArticleRecord& article, Instant now);

Result<VersionRecord> read_version(storage::Transaction& tx, ArticleId id, std::int64_t number);
Result<std::vector<VersionRecord>> read_versions(storage::Transaction& tx, ArticleId id);
Result<> insert_version(storage::Transaction& tx, ArticleId id, VersionRecord const& version);
Result<> update_version(storage::Transaction& tx, ArticleId id, VersionRecord const& version);

Result<> add_writer(storage::Transaction& tx, ArticleId id, std::int64_t number, PersonId person);
Result<bool> wrote_in(storage::Transaction& tx, ArticleId id, std::int64_t number, PersonId person);

// Makes the article findable by what is to be read of it now.
Result<> index_article(storage::Transaction& tx, ArticleRecord const& article);

// The day it is in the centre.
inline Day today_at(Instant now) {
    return day_at(now, hours(8));
}

// What is offered while somebody types (suggest.cpp).
void add_suggest_route(api::Routes& routes);
// A draft made of an ended case that the caller sees (from_case.cpp). Errors: not-found, knowledge.case-open,
// knowledge.closed-kind.
Result<ArticleId> draft_from_case(cases::Desk& desk, api::Call const& call, storage::Transaction& tx, cases::CaseId id);

}  // namespace keepword::knowledge
