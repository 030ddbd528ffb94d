#pragma once
#include "domain/place/place.hpp"

// The SQL of sites and assets. Inside of the slice only.
namespace keepword::place {

struct SiteRecord {
    SiteId id;
    std::string name;
    std::optional<people::OrganisationId> organisation;
    std::optional<std::string> region;
    std::optional<std::string> address;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(SiteRecord, (), (id, name, organisation, region, address, version))

struct AssetRecord {
    AssetId id;
    std::string name;
    std::string class_;
    std::optional<std::string> model;
    std::optional<std::string> serial;
    std::optional<std::string> ip;
    std::optional<SiteId> site;
    std::optional<people::OrganisationId> organisation;
    std::optional<AssetId> parent;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(AssetRecord, (), (id, name, class_, model, serial, ip, site, organisation, parent, version))

Result<SiteRecord> read_site(storage::Transaction& tx, SiteId id);
Result<> insert_site(storage::Transaction& tx, SiteRecord const& site);
Result<> update_site(storage::Transaction& tx, SiteRecord const& site);
Result<AssetRecord> read_asset(storage::Transaction& tx, AssetId id);
Result<> insert_asset(storage::Transaction& tx, AssetRecord const& asset);
Result<> update_asset(storage::Transaction& tx, AssetRecord const& asset);

// What holds for every site and asset, however it is entered or changed: input.invalid naming the fields.
Result<> check_site(storage::Transaction& tx, people::RegionBook const& regions, SiteRecord const& site);
Result<> check_asset(storage::Transaction& tx, AssetRecord const& asset);

// What a list is cut down to.
struct Filter {
    std::vector<std::string> patterns;  // each must stand in the name (assets: or serial, address, class)
    std::optional<people::OrganisationId> organisation;
    std::optional<SiteId> site;
    std::optional<std::int64_t> id;
    std::int64_t after = 0;
    std::int64_t limit = 50;
    std::optional<std::string> first;  // a LIKE pattern: names (or serial numbers, addresses) of that form come first
};
Result<std::vector<Site>> list_sites(storage::Transaction& tx, people::RegionBook const& regions, Filter const& filter);
Result<std::vector<Asset>> list_assets(storage::Transaction& tx, Filter const& filter);

// The route of the type-ahead.
void add_lookup_route(api::Routes& routes, people::RegionBook const& regions);

}  // namespace keepword::place
