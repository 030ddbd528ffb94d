#include "domain/place/place_store.hpp"

// What imports ask of this slice: whose name something is, for thousands of names at once, and changes that leave be
// what a file says nothing of.
namespace keepword::place {

Result<std::vector<SiteNamed>> sites_named(storage::Transaction& tx, std::vector<std::string> const& keys) {
    constexpr std::size_t at_once = 500;
    std::vector<SiteNamed> out;
    for (std::size_t from = 0; from < keys.size(); from += at_once) {
        auto const begin = keys.begin() + static_cast<std::ptrdiff_t>(from);
        auto const count = std::min(at_once, keys.size() - from);
        std::vector<std::string> const some(begin, begin + static_cast<std::ptrdiff_t>(count));
        storage::Select select("SELECT id, name_key, organisation FROM site");
        select.where_in("name_key", some);
        for (auto const& row : TRY(tx.query(select)))
            out.push_back({row.id<SiteTag>(0), row.text(1), row.optional_id<people::OrganisationTag>(2)});
    }
    return out;
}

Result<std::vector<AssetNamed>> all_assets(storage::Transaction& tx) {
    constexpr std::size_t at_once = 20'000;
    std::vector<AssetNamed> out;
    for (AssetId last{}; true;) {
        auto const rows = TRY(tx.query("SELECT id, name_key, serial FROM asset WHERE id > ? ORDER BY id LIMIT ?",
                                       last.value, static_cast<std::int64_t>(at_once)));
        for (auto const& row : rows)
            out.push_back({row.id<AssetTag>(0), row.text(1), serial_key(row.optional_text(2).value_or(""))});
        if (rows.size() < at_once) return out;
        last = out.back().id;
    }
}

Result<bool> update_from_file(storage::Transaction& tx, people::Act const& act, people::RegionBook const& regions,
                              SiteId id, SiteUpdate const& in) {
    auto const before = TRY(read_site(tx, id));
    auto after = before;
    if (in.region) after.region = in.region;
    if (in.address) after.address = in.address;
    if (json::encode(after) == json::encode(before)) return false;
    TRY(check_site(tx, regions, after));
    ++after.version;
    TRY(update_site(tx, after));
    TRY(people::record(tx, act, "site.changed", people::subject("site", id), json::encode(before),
                       json::encode(after)));
    return true;
}

Result<bool> update_from_file(storage::Transaction& tx, people::Act const& act, AssetId id, AssetUpdate const& in) {
    auto const before = TRY(read_asset(tx, id));
    auto after = before;
    if (in.name) after.name = *in.name;
    if (in.class_) after.class_ = *in.class_;
    if (in.model) after.model = in.model;
    if (in.ip) after.ip = in.ip;
    if (in.site) after.site = in.site;
    if (in.organisation) after.organisation = in.organisation;
    if (in.parent) after.parent = in.parent;
    if (json::encode(after) == json::encode(before)) return false;
    TRY(check_asset(tx, after));
    ++after.version;
    TRY(update_asset(tx, after));
    TRY(people::record(tx, act, "asset.changed", people::subject("asset", id), json::encode(before),
                       json::encode(after)));
    return true;
}

}  // namespace keepword::place
