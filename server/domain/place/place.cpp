#include "domain/place/place.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "domain/place/place_store.hpp"

namespace keepword::place {

bool is_class(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool is_address(std::string const& text) {
    unsigned char bytes[sizeof(in6_addr)];
    return inet_pton(AF_INET, text.c_str(), bytes) == 1 || inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

namespace {

// Whether an asset is a part of another, however far down; a part of its own part could never be drawn.
Result<bool> part_of(storage::Transaction& tx, AssetId inner, AssetId outer) {
    return TRY(tx.one("WITH RECURSIVE above (id) AS (SELECT CAST(? AS BIGINT) UNION SELECT a.parent FROM asset a JOIN "
                      "above b ON a.id = b.id WHERE a.parent IS NOT NULL) SELECT 1 FROM above WHERE id = ?",
                      inner, outer))
        .has_value();
}

}  // namespace

Result<> check_site(storage::Transaction& tx, people::RegionBook const& regions, SiteRecord const& site) {
    people::Checks checks;
    if (site.region && regions.find(*site.region) == nullptr) checks.wrong("region", "not-there");
    if (site.organisation && !people::organisation_ref(tx, *site.organisation))
        checks.wrong("organisation", "not-there");
    return checks.done();
}

Result<> check_asset(storage::Transaction& tx, AssetRecord const& asset) {
    people::Checks checks;
    if (!is_class(asset.class_)) checks.wrong("class", "word");
    if (asset.ip && !is_address(*asset.ip)) checks.wrong("ip", "ip");
    if (asset.organisation && !people::organisation_ref(tx, *asset.organisation))
        checks.wrong("organisation", "not-there");
    if (asset.site && !read_site(tx, *asset.site)) checks.wrong("site", "not-there");
    if (asset.parent && !read_asset(tx, *asset.parent)) {
        checks.wrong("parent", "not-there");
    } else if (asset.parent && TRY(part_of(tx, *asset.parent, asset.id))) {
        checks.wrong("parent", "circle");
    }
    return checks.done();
}

Result<SiteId> create_site(storage::Transaction& tx, people::Act const& act, people::RegionBook const& regions,
                           NewSite const& in) {
    people::Checks checks;
    SiteRecord const site{.id = act.ids.next<SiteTag>(),
                          .name = checks.required("name", in.name.value),
                          .organisation = in.organisation,
                          .region = people::text_of(in.region),
                          .address = people::text_of(in.address)};
    TRY(checks.done());
    TRY(check_site(tx, regions, site));
    TRY(insert_site(tx, site));
    TRY(people::record(tx, act, "site.created", people::subject("site", site.id), nullptr, json::encode(site)));
    return site.id;
}

Result<AssetId> create_asset(storage::Transaction& tx, people::Act const& act, NewAsset const& in) {
    people::Checks checks;
    AssetRecord asset{.id = act.ids.next<AssetTag>(),
                      .name = checks.required("name", in.name.value),
                      .class_ = checks.required("class", in.class_.value),
                      .model = people::text_of(in.model),
                      .serial = people::text_of(in.serial),
                      .ip = people::text_of(in.ip),
                      .site = in.site,
                      .organisation = in.organisation,
                      .parent = in.parent};
    TRY(checks.done());
    TRY(check_asset(tx, asset));
    if (asset.site && !asset.organisation) asset.organisation = TRY(read_site(tx, *asset.site)).organisation;
    TRY(insert_asset(tx, asset));
    TRY(people::record(tx, act, "asset.created", people::subject("asset", asset.id), nullptr, json::encode(asset)));
    return asset.id;
}

Result<CallerMatch> find_caller(storage::Transaction& tx, people::RegionBook const& regions, std::string_view phone,
                                Instant now) {
    auto const owners = TRY(people::owners_of_number(tx, phone));
    CallerMatch match;
    std::optional<people::OrganisationId> organisation;
    if (!owners.persons.empty()) {
        match.contact = TRY(people::person_row(tx, owners.persons.front(), now));
        if (match.contact->organisation)
            organisation = Id<people::OrganisationTag>::parse(match.contact->organisation->id);
    }
    if (!organisation && !owners.organisations.empty()) organisation = owners.organisations.front();
    if (organisation) match.organisation = TRY(people::organisation(tx, regions, *organisation));
    return match;
}

}  // namespace keepword::place
