#include "domain/case/case_routes.hpp"
#include "domain/case/case_views.hpp"
#include "engine/search/search.hpp"

// Finding cases: by any words of theirs, and those of whoever is calling.
namespace keepword::cases {
namespace {

constexpr std::int64_t looked_through = 200;  // of what the words find, before what may not be seen is left out
constexpr std::int64_t earlier_cases = 8;     // on a caller's card

struct FoundItem {
    std::string kind;
    std::string id;
    std::string title;
    std::string detail;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(FoundItem, (), (kind, id, title, detail, at))

struct Caller {
    std::optional<people::PersonRow> contact;
    std::optional<people::Organisation> organisation;
    std::vector<CaseRow> cases;
};
BOOST_DESCRIBE_STRUCT(Caller, (), (contact, organisation, cases))

Result<api::Page<FoundItem>> search_cases(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const limit = TRY(call.limit());
    std::vector<CaseId> ids;
    for (auto id : TRY(search::find(tx, call.query.text("q"), {"case"}, looked_through))) ids.push_back({id});
    storage::Select select("SELECT c.id, c.number, c.title, c.opened_at FROM cases c");
    select.where_in("c.id", ids);
    see(select, TRY(sight_of(tx, desk.parts().library, call.caller)));
    select.end("ORDER BY c.id DESC LIMIT ?", limit);
    api::Page<FoundItem> page;
    for (auto const& row : TRY(tx.query(select))) {
        page.items.push_back({"case", std::to_string(row.integer(0)), row.text(2), row.text(1), row.instant(3)});
    }
    return page;
}

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

api::Routes find_routes(Desk& desk, people::RegionBook const& regions) {
    api::Routes out;
    out.push_back(api::get(
        "/search",
        {.right = "signed-in", .help = "Cases by words in them", .query = {{"q", "Words"}, {"limit", "1 to 200"}}},
        [&](api::Call const& call, storage::Transaction& tx) { return search_cases(desk, call, tx); }));
    out.push_back(api::get(
        "/hotline/caller",
        {.right = "hotline.take",
         .help = "Who is calling, and earlier cases",
         .query = {{"phone", "Number"}, {"contact", "Person"}, {"organisation", "Organisation"}, {"asset", "Asset"}}},
        [&](api::Call const& call, storage::Transaction& tx) { return caller_card(desk, regions, call, tx); }));
    return out;
}

}  // namespace keepword::cases
