#pragma once
#include "domain/case/case.hpp"

// The knowledge base (方案库): articles with versions, review and expiry, offered by what solved similar cases.
namespace keepword::knowledge {

struct ArticleTag;
using ArticleId = Id<ArticleTag>;

enum class Audience { staff, customers, both };
BOOST_DESCRIBE_ENUM(Audience, staff, customers, both)
enum class State { draft, in_review, published, retired };
BOOST_DESCRIBE_ENUM(State, draft, in_review, published, retired)

// What somebody writes: a draft may lack all but its title, what goes to review may not.
struct ArticleDraft {
    json::Text<200> title;
    json::Text<60> category;
    Audience audience = Audience::staff;
    json::Text<5'000> symptom;           // how the matter is reported
    json::Text<10'000> solution;         // for the centre's own people
    json::Text<5'000> answer;            // to the customer, in words that may be sent as they stand
    std::optional<json::Text<500>> why;  // it was changed
};
BOOST_DESCRIBE_STRUCT(ArticleDraft, (), (title, category, audience, symptom, solution, answer, why))

// Until when an article is taken for right without another look (six months unless said), and from when on it is
// offered no longer (never unless said).
struct ArticleDates {
    std::optional<Day> review_due;
    std::optional<Day> expires;
};
BOOST_DESCRIBE_STRUCT(ArticleDates, (), (review_due, expires))

// Each act of an article's life, with its audit entry. Errors: not-found, input.invalid naming the fields, and as
// conflicts knowledge.draft-exists, knowledge.no-draft, knowledge.in-review, knowledge.not-in-review,
// knowledge.not-published, knowledge.retired, knowledge.no-version; knowledge.own-version (forbidden) where somebody
// would review what they wrote. The rights are the callers' business.
Result<ArticleId> create(storage::Transaction& tx, people::Act const& act, ArticleDraft const& in,
                         cases::CaseId from_case = {});
Result<> change_draft(storage::Transaction& tx, people::Act const& act, ArticleId id, ArticleDraft const& in);
// A new version beside the one that is published, which stays what is read until the new one is.
Result<> revise(storage::Transaction& tx, people::Act const& act, ArticleId id, ArticleDraft const& in);
Result<> restore(storage::Transaction& tx, people::Act const& act, ArticleId id, std::int64_t number);
Result<> discard_draft(storage::Transaction& tx, people::Act const& act, ArticleId id);
Result<> submit(storage::Transaction& tx, people::Act const& act, ArticleId id);
Result<> approve(storage::Transaction& tx, people::Act const& act, ArticleId id, ArticleDates const& dates);
Result<> give_back(storage::Transaction& tx, people::Act const& act, ArticleId id, std::string const& reason);
// Still right as it stands: due again later.
Result<> confirm(storage::Transaction& tx, people::Act const& act, ArticleId id, ArticleDates const& dates);
Result<> retire(storage::Transaction& tx, people::Act const& act, ArticleId id, std::string const& reason);

// Says on a case that an article was used on it, and whether that solved it; said again, nothing is written twice.
// That the caller may work on the case is the caller's business. Errors: case.ended, input.invalid naming `article`
// where it never was published.
Result<> use(cases::Desk& desk, cases::Act const& act, cases::CaseId id, ArticleId article, bool solved,
             std::string const& text);

api::Routes routes(cases::Desk& desk);
// Published articles among what the centre's own people search.
cases::Finder finder();

}  // namespace keepword::knowledge
