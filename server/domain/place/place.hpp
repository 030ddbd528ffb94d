#pragma once
#include "domain/people/people.hpp"
#include "domain/place/terminal.hpp"

// Where the centre's systems stand (局点), what stands there (设备/系统), what end users have at home (终端), and whom
// a caller is found to be.
namespace keepword::place {

struct AssetTag;
using AssetId = Id<AssetTag>;

struct Site {
    SiteId id;
    std::string name;
    std::optional<api::Ref> organisation;
    std::optional<std::string> region;
    std::optional<std::string> region_name;
    std::optional<std::string> address;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(Site, (), (id, name, organisation, region, region_name, address, version))

struct Asset {
    AssetId id;
    std::string name;
    std::string class_;
    std::optional<std::string> model;
    std::optional<std::string> serial;
    std::optional<std::string> ip;
    std::optional<api::Ref> site;
    std::optional<api::Ref> organisation;
    std::optional<api::Ref> parent;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(Asset, (), (id, name, class_, model, serial, ip, site, organisation, parent, version))

struct NewSite {
    json::Text<200> name;
    std::optional<people::OrganisationId> organisation;
    std::optional<json::Text<12>> region;
    std::optional<json::Text<300>> address;
};
BOOST_DESCRIBE_STRUCT(NewSite, (), (name, organisation, region, address))

struct NewAsset {
    json::Text<200> name;
    json::Text<40> class_;  // small letters, digits and dashes: "video-server"
    std::optional<json::Text<100>> model;
    std::optional<json::Text<100>> serial;
    std::optional<json::Text<60>> ip;
    std::optional<SiteId> site;
    std::optional<people::OrganisationId> organisation;  // the site's unless said
    std::optional<AssetId> parent;                       // what it is a part of
};
BOOST_DESCRIBE_STRUCT(NewAsset, (), (name, class_, model, serial, ip, site, organisation, parent))

// Errors: input.invalid naming the fields; each writes its audit entry.
Result<SiteId> create_site(storage::Transaction& tx, people::Act const& act, people::RegionBook const& regions,
                           NewSite const& in);
Result<AssetId> create_asset(storage::Transaction& tx, people::Act const& act, NewAsset const& in);

// Who calls from a telephone number: the contact (before staff) and their organisation, or the organisation whose
// number it is; nothing where nobody has it.
struct CallerMatch {
    std::optional<people::PersonRow> contact;
    std::optional<people::Organisation> organisation;
};
Result<CallerMatch> find_caller(storage::Transaction& tx, people::RegionBook const& regions, std::string_view phone,
                                Instant now);

// ---- for imports -------------------------------------------------------------------------------------------------

// Whose name or serial number it is, for files that say those instead of ids.
struct SiteNamed {
    SiteId id;
    std::string key;  // the folded name
    std::optional<people::OrganisationId> organisation;
};
Result<std::vector<SiteNamed>> sites_named(storage::Transaction& tx, std::vector<std::string> const& keys);
struct AssetNamed {
    AssetId id;
    std::string key;     // the folded name
    std::string serial;  // as a key; empty where it has none
};
// All of them: a centre has thousands, and a file names most.
Result<std::vector<AssetNamed>> all_assets(storage::Transaction& tx);

// What an import says anew of a site or asset; what it leaves out stays. Each writes its audit entry where anything
// differs. Errors as of the acts that make them.
struct SiteUpdate {
    std::optional<std::string> region;
    std::optional<std::string> address;
};
Result<bool> update_from_file(storage::Transaction& tx, people::Act const& act, people::RegionBook const& regions,
                              SiteId id, SiteUpdate const& in);
struct AssetUpdate {
    std::optional<std::string> name;
    std::optional<std::string> class_;
    std::optional<std::string> model;
    std::optional<std::string> ip;
    std::optional<SiteId> site;
    std::optional<people::OrganisationId> organisation;
    std::optional<AssetId> parent;
};
Result<bool> update_from_file(storage::Transaction& tx, people::Act const& act, AssetId id, AssetUpdate const& in);
// How a class of assets is written, and whether a text is the address of a machine.
bool is_class(std::string_view text);
bool is_address(std::string const& text);

// Sites, assets, terminals, regions, and the type-ahead over customers, contacts, sites, assets and terminals
// (/lookup).
api::Routes routes(IdSource& ids, people::RegionBook const& regions);

// Make a site or an asset findable by what it is now.
Result<> index_site_again(storage::Transaction& tx, SiteId id);
Result<> index_asset_again(storage::Transaction& tx, AssetId id);

}  // namespace keepword::place
