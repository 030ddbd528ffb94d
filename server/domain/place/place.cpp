#include "domain/place/place.hpp"

#include "domain/place/place_store.hpp"

namespace keepword::place {
namespace {

template <class Id>
Result<> check_there(storage::Transaction& tx, storage::Sql sql, std::optional<Id> const& id, std::string field,
                     people::Checks& checks) {
    if (id && !TRY(tx.one(sql, *id))) checks.wrong(std::move(field), "unknown");
    return {};
}

}  // namespace

Result<SiteId> create_site(storage::Transaction& tx, people::Act const& act, people::RegionBook const& regions,
                           NewSite const& in) {
    people::Checks checks;
    SiteRecord site{.id = act.ids.next<SiteTag>(), .name = checks.required("name", in.name.value),
                    .organisation = in.organisation, .region = people::text_of(in.region), .address = people::text_of(in.address)};
    if (site.region && regions.find(*site.region) == nullptr) checks.wrong("region", "unknown");
    TRY(check_there(tx, "SELECT 1 FROM organisation WHERE id = ?", site.organisation, "organisation", checks));
    TRY(checks.done());
    TRY(insert_site(tx, site));
    TRY(people::record(tx, act, "site.created", people::subject("site", site.id), nullptr, json::encode(site)));
    return site.id;
}

Result<AssetId> create_asset(storage::Transaction& tx, people::Act const& act, NewAsset const& in) {
    people::Checks checks;
    AssetRecord asset{.id = act.ids.next<AssetTag>(), .name = checks.required("name", in.name.value),
                      .class_ = checks.required("class", in.class_.value), .model = people::text_of(in.model),
                      .serial = people::text_of(in.serial), .ip = people::text_of(in.ip), .site = in.site,
                      .organisation = in.organisation, .parent = in.parent};
    TRY(check_there(tx, "SELECT 1 FROM organisation WHERE id = ?", asset.organisation, "organisation", checks));
    TRY(check_there(tx, "SELECT 1 FROM site WHERE id = ?", asset.site, "site", checks));
    TRY(check_there(tx, "SELECT 1 FROM asset WHERE id = ?", asset.parent, "parent", checks));
    TRY(checks.done());
    TRY(insert_asset(tx, asset));
    TRY(people::record(tx, act, "asset.created", people::subject("asset", asset.id), nullptr, json::encode(asset)));
    return asset.id;
}

}  // namespace keepword::place
