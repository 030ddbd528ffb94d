#include "domain/hotline/hotline.hpp"

#include "domain/knowledge/knowledge.hpp"

namespace keepword::hotline {
namespace {

constexpr char const* process = "customer-acceptance";

struct NewCall {
    json::Text<200> title;
    json::Text<20'000> description;
    std::optional<json::Text<100>> contact_name;
    std::optional<json::Text<50>> contact_phone;
    std::optional<json::Text<200>> contact_email;
    std::optional<cases::OtherId> organisation;
    std::optional<PersonId> contact;
    std::optional<cases::OtherId> site;
    std::optional<cases::OtherId> asset;
    std::optional<json::Text<60>> category;
    std::optional<cases::Urgency> urgency;
    std::optional<json::Text<20>> severity;
    bool solved = false;
    std::optional<json::Text<20'000>> tried;
    std::optional<json::Text<20'000>> solution;
    std::optional<knowledge::ArticleId> article;  // of the knowledge base, by which it was answered
};
BOOST_DESCRIBE_STRUCT(NewCall, (),
                      (title, description, contact_name, contact_phone, contact_email, organisation, contact, site,
                       asset, category, urgency, severity, solved, tried, solution, article))

struct TakenCall {
    cases::CaseId id{};
    std::string number;
};
BOOST_DESCRIBE_STRUCT(TakenCall, (), (id, number))

cases::Facts facts_of(NewCall const& in) {
    cases::Facts facts;
    facts.title = in.title;
    facts.description = in.description;
    facts.organisation = in.organisation;
    facts.contact = in.contact;
    facts.contact_name = in.contact_name;
    facts.contact_phone = in.contact_phone;
    facts.contact_email = in.contact_email;
    facts.site = in.site;
    facts.asset = in.asset;
    facts.category = in.category;
    facts.urgency = in.urgency.value_or(cases::Urgency::normal);
    facts.severity = in.severity;
    return facts;
}

// The case is opened, accepted with what the form holds and, when it is solved on the spot, handled: one transaction,
// so that a call is never half recorded.
Result<TakenCall> take(cases::Desk& desk, api::Call const& call, NewCall const& in, storage::Transaction& tx) {
    cases::Act const act{tx, call.now, call.caller.person};
    auto const id = TRY(
        desk.open(act, {.kind = process, .channel = cases::Channel::hotline, .facts = facts_of(in), .variables = {}}));
    if (auto const accept = TRY(desk.open_task(tx, id, "accept"))) TRY(desk.complete(act, *accept, std::nullopt, {}));
    if (in.article) TRY(knowledge::use(desk, act, id, *in.article, in.solved, ""));
    auto const handle = TRY(desk.open_task(tx, id, "handle-first"));
    if (in.solved && handle) {
        json::object fields;
        if (in.tried) fields["tried"] = json::string(in.tried->value);
        fields["solution"] = in.solution ? json::value(json::string(in.solution->value)) : json::value(nullptr);
        TRY(desk.complete(act, *handle, "solved", fields));
    }
    auto const row = TRY(tx.one("SELECT number FROM cases WHERE id = ?", id));
    return TakenCall{id, row->text(0)};
}

}  // namespace

api::Routes routes(cases::Desk& desk) {
    api::Routes out;
    out.push_back(api::post<NewCall>(
        "/hotline/calls",
        {.right = "hotline.take", .help = "Take a call; solved at first contact in one act", .status = 201},
        [&](api::Call const& call, NewCall const& in, storage::Transaction& tx) { return take(desk, call, in, tx); }));
    return out;
}

}  // namespace keepword::hotline
