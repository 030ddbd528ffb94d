#include "domain/case/case_finding.hpp"
#include "domain/case/case_routes.hpp"
#include "domain/case/case_views.hpp"

// Finding anything by words in it, and who is calling.
namespace keepword::cases {
namespace {

constexpr std::int64_t earlier_cases = 8;  // on a caller's card

struct Caller {
    std::optional<people::PersonRow> contact;
    std::optional<people::Organisation> organisation;
    std::vector<CaseRow> cases;
};
BOOST_DESCRIBE_STRUCT(Caller, (), (contact, organisation, cases))

// Who is calling, by number or as chosen, and the newest cases of theirs, of their organisation, or of the asset.
Result<Caller> caller_card(Desk& desk, people::RegionBook const& regions, api::Call const& call,
                           storage::Transaction& tx) {
    Caller card;
    auto contact = TRY(call.query_id<PersonTag>("contact"));
    auto organisation = TRY(call.query_id<people::OrganisationTag>("organisation"));
    auto const asset = TRY(call.query_id<AnyTag>("asset"));
    auto const phone = call.query.text("phone");
    if (!phone.empty() && !contact) {
        auto const owners = TRY(people::owners_of_number(tx, phone));
        if (!owners.persons.empty()) contact = owners.persons.front();
        if (!owners.organisations.empty() && !organisation) organisation = owners.organisations.front();
    }
    if (contact) {
        card.contact = TRY(people::person_row(tx, *contact, call.now));
        if (!organisation && card.contact->organisation)
            organisation = people::OrganisationId::parse(card.contact->organisation->id);
    }
    if (organisation) card.organisation = TRY(people::organisation(tx, regions, *organisation));
    if (!contact && !organisation && !asset && phone.empty()) return card;

    storage::Select select("SELECT c.id FROM cases c");
    // Who is entered nowhere is still known by the number of an earlier call.
    auto const number = phone.empty() ? std::nullopt : std::optional(phone);
    select.where("c.contact = ? OR c.organisation = ? OR c.asset = ? OR c.contact_phone = ?", contact, organisation,
                 asset, number);
    see(select, TRY(sight_of(tx, desk.parts().library, call.caller)));
    select.end("ORDER BY c.id DESC LIMIT ?", earlier_cases);
    std::vector<CaseId> ids;
    for (auto const& row : TRY(tx.query(select))) ids.push_back(row.id<CaseTag>(0));
    card.cases = TRY(rows_of(tx, desk.parts(), ids, call.now));
    return card;
}

}  // namespace

api::Routes find_routes(Desk& desk, people::RegionBook const& regions, Finders const& finders) {
    api::Routes out;
    out.push_back(api::get(
        "/search",
        {.right = "signed-in",
         .help = "Everything that has these words: names and places also by their sounds",
         .query = {{"q", "Words"},
                   {"in", "cases, or the kinds of the other things: person, organisation, site, asset, knowledge"},
                   {"kind", "Process key, of cases"},
                   {"state", "open, waiting, archived, cancelled, of cases"},
                   {"category", "Category, of cases"},
                   {"opened_from", "Instant or day, of cases"},
                   {"opened_until", "Instant or day, of cases"},
                   {"cursor", "From the page before"},
                   {"limit", "1 to 200"}}},
        [&](api::Call const& call, storage::Transaction& tx) { return search_all(desk.parts(), finders, call, tx); }));
    out.push_back(api::get(
        "/suggest",
        {.right = "signed-in",
         .help = "The first few of what is being typed, names before cases",
         .query = {{"q", "Words, the last perhaps begun"}, {"limit", "1 to 20"}}},
        [&](api::Call const& call, storage::Transaction& tx) { return suggest(desk.parts(), finders, call, tx); }));
    out.push_back(api::get(
        "/hotline/caller",
        {.right = "hotline.take",
         .help = "Who is calling, and earlier cases",
         .query = {{"phone", "Number"}, {"contact", "Person"}, {"organisation", "Organisation"}, {"asset", "Asset"}}},
        [&](api::Call const& call, storage::Transaction& tx) { return caller_card(desk, regions, call, tx); }));
    return out;
}

}  // namespace keepword::cases
