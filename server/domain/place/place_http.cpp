#include "domain/place/terminal_store.hpp"

namespace keepword::place {
namespace {

using api::Call;
using storage::Transaction;

struct SiteChange {
    json::Given<json::Text<200>> name;
    json::Given<people::OrganisationId> organisation;
    json::Given<json::Text<12>> region;
    json::Given<json::Text<300>> address;
};
BOOST_DESCRIBE_STRUCT(SiteChange, (), (name, organisation, region, address))

struct AssetChange {
    json::Given<json::Text<200>> name;
    json::Given<json::Text<40>> class_;
    json::Given<json::Text<100>> model;
    json::Given<json::Text<100>> serial;
    json::Given<json::Text<60>> ip;
    json::Given<SiteId> site;
    json::Given<people::OrganisationId> organisation;
    json::Given<AssetId> parent;
};
BOOST_DESCRIBE_STRUCT(AssetChange, (), (name, class_, model, serial, ip, site, organisation, parent))

struct Lists {
    IdSource& ids;
    people::RegionBook const& regions;
};

Result<Filter> filter_of(Call const& call) {
    Filter filter;
    filter.patterns = people::search_patterns(call.query.text("q"));
    filter.organisation = TRY(call.query_id<people::OrganisationTag>("organisation"));
    filter.site = TRY(call.query_id<SiteTag>("site"));
    filter.after = TRY(people::cursor_of(call));
    filter.limit = 1 + TRY(call.limit());
    return filter;
}

template <class T>
Result<T> the_one(std::vector<T> rows) {
    if (rows.empty()) return fail(Kind::not_found, "not-found");
    return std::move(rows.front());
}

Result<Site> show_site(Lists const& lists, Transaction& tx, SiteId id) {
    return the_one(TRY(list_sites(tx, lists.regions, {.id = id.value, .limit = 1})));
}
Result<Asset> show_asset(Transaction& tx, AssetId id) {
    return the_one(TRY(list_assets(tx, {.id = id.value, .limit = 1})));
}

people::Act act_of(Lists const& lists, Call const& call) {
    return {call.caller.person, call.now, lists.ids};
}

Result<Site> change_site(Lists const& lists, Call const& call, SiteChange const& in, Transaction& tx) {
    auto const id = TRY(call.id<SiteTag>());
    auto const before = TRY(read_site(tx, id));
    TRY(call.expect_version(before.version));
    auto site = before;
    people::Checks checks;
    people::set_required(site.name, "name", in.name, checks);
    people::set(site.organisation, in.organisation);
    people::set(site.region, in.region);
    people::set(site.address, in.address);
    TRY(checks.done());
    TRY(check_site(tx, lists.regions, site));
    ++site.version;
    TRY(update_site(tx, site));
    TRY(people::record(tx, act_of(lists, call), "site.changed", people::subject("site", id), json::encode(before),
                       json::encode(site)));
    return show_site(lists, tx, id);
}

Result<Asset> change_asset(Lists const& lists, Call const& call, AssetChange const& in, Transaction& tx) {
    auto const id = TRY(call.id<AssetTag>());
    auto const before = TRY(read_asset(tx, id));
    TRY(call.expect_version(before.version));
    auto asset = before;
    people::Checks checks;
    people::set_required(asset.name, "name", in.name, checks);
    people::set_required(asset.class_, "class", in.class_, checks);
    people::set(asset.model, in.model);
    people::set(asset.serial, in.serial);
    people::set(asset.ip, in.ip);
    people::set(asset.site, in.site);
    people::set(asset.organisation, in.organisation);
    people::set(asset.parent, in.parent);
    TRY(checks.done());
    TRY(check_asset(tx, asset));
    ++asset.version;
    TRY(update_asset(tx, asset));
    TRY(people::record(tx, act_of(lists, call), "asset.changed", people::subject("asset", id), json::encode(before),
                       json::encode(asset)));
    return show_asset(tx, id);
}

std::vector<api::QueryField> list_query() {
    return {{"q", "parts of the name; of assets also of serial number, address or class"},
            {"organisation", "id"},
            {"site", "id, of assets"},
            {"limit", "1 to 200"},
            {"cursor", "next of the page before"}};
}

void add_site_routes(api::Routes& out, Lists lists) {
    out.push_back(api::get("/sites", {.right = "customers.read", .help = "Sites", .query = list_query()},
                           [lists](Call const& call, Transaction& tx) -> Result<api::Page<Site>> {
                               auto const filter = TRY(filter_of(call));
                               return people::page_of(TRY(list_sites(tx, lists.regions, filter)), filter.limit - 1,
                                                      [](Site const& s) { return s.id.str(); });
                           }));
    out.push_back(api::get("/sites/{id}", {.right = "customers.read", .help = "One site"},
                           [lists](Call const& call, Transaction& tx) -> Result<Site> {
                               auto const id = TRY(call.id<SiteTag>());
                               return show_site(lists, tx, id);
                           }));
    out.push_back(api::post<NewSite>("/sites", {.right = "customers.manage", .help = "Add a site", .status = 201},
                                     [lists](Call const& call, NewSite const& in, Transaction& tx) -> Result<Site> {
                                         return show_site(lists, tx,
                                                          TRY(create_site(tx, act_of(lists, call), lists.regions, in)));
                                     }));
    out.push_back(api::patch<SiteChange>(
        "/sites/{id}", {.right = "customers.manage", .help = "Change a site"},
        [lists](Call const& call, SiteChange const& in, Transaction& tx) { return change_site(lists, call, in, tx); }));
}

void add_asset_routes(api::Routes& out, Lists lists) {
    out.push_back(api::get("/assets", {.right = "customers.read", .help = "Assets", .query = list_query()},
                           [](Call const& call, Transaction& tx) -> Result<api::Page<Asset>> {
                               auto const filter = TRY(filter_of(call));
                               return people::page_of(TRY(list_assets(tx, filter)), filter.limit - 1,
                                                      [](Asset const& a) { return a.id.str(); });
                           }));
    out.push_back(api::get("/assets/{id}", {.right = "customers.read", .help = "One asset"},
                           [](Call const& call, Transaction& tx) -> Result<Asset> {
                               auto const id = TRY(call.id<AssetTag>());
                               return show_asset(tx, id);
                           }));
    out.push_back(api::post<NewAsset>("/assets", {.right = "customers.manage", .help = "Add an asset", .status = 201},
                                      [lists](Call const& call, NewAsset const& in, Transaction& tx) -> Result<Asset> {
                                          return show_asset(tx, TRY(create_asset(tx, act_of(lists, call), in)));
                                      }));
    out.push_back(api::patch<AssetChange>("/assets/{id}", {.right = "customers.manage", .help = "Change an asset"},
                                          [lists](Call const& call, AssetChange const& in, Transaction& tx) {
                                              return change_asset(lists, call, in, tx);
                                          }));
}

}  // namespace

api::Routes routes(IdSource& ids, people::RegionBook const& regions) {
    Lists const lists{ids, regions};
    api::Routes out;
    add_site_routes(out, lists);
    add_asset_routes(out, lists);
    add_terminal_routes(out, {ids, regions});
    out.push_back(api::get("/regions", {.right = "customers.read", .help = "Cities and counties the centre serves"},
                           [lists](Call const&, Transaction&) -> Result<api::Page<people::Region>> {
                               return api::Page<people::Region>{lists.regions.all(), {}};
                           }));
    add_lookup_route(out, regions);
    return out;
}

}  // namespace keepword::place
