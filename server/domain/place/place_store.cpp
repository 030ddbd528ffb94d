#include "domain/place/place_store.hpp"

#include "engine/search/search.hpp"

namespace keepword::place {
namespace {

std::optional<api::Ref> ref_at(storage::Row const& row, std::size_t id, std::size_t name) {
    if (row.null(id)) return std::nullopt;
    return api::Ref{std::to_string(row.integer(id)), row.text(name)};
}

}  // namespace

namespace {

Result<std::string> name_of_organisation(storage::Transaction& tx, std::optional<people::OrganisationId> id) {
    auto const row = TRY(tx.one("SELECT name FROM organisation WHERE id = ?", id));
    return row ? row->text(0) : std::string();
}

Result<> index_site(storage::Transaction& tx, SiteRecord const& s) {
    auto const body = s.address.value_or("") + " " + TRY(name_of_organisation(tx, s.organisation));
    return search::index(
        tx, {.kind = "site", .id = s.id.value, .title = s.name, .body = body, .marks = {"site"}, .names = {s.name}});
}

Result<> index_asset(storage::Transaction& tx, AssetRecord const& a) {
    auto body = a.class_ + " " + TRY(name_of_organisation(tx, a.organisation));
    for (auto const& part : {a.model, a.serial, a.ip}) body += " " + part.value_or("");
    auto const site = TRY(tx.one("SELECT name FROM site WHERE id = ?", a.site));
    if (site) body += " " + site->text(0);
    return search::index(
        tx, {.kind = "asset", .id = a.id.value, .title = a.name, .body = body, .marks = {"asset"}, .names = {a.name}});
}

}  // namespace

Result<> index_site_again(storage::Transaction& tx, SiteId id) {
    return index_site(tx, TRY(read_site(tx, id)));
}

Result<> index_asset_again(storage::Transaction& tx, AssetId id) {
    return index_asset(tx, TRY(read_asset(tx, id)));
}

Result<SiteRecord> read_site(storage::Transaction& tx, SiteId id) {
    auto const row = TRY(tx.one("SELECT name, organisation, region, address, version FROM site WHERE id = ?", id));
    if (!row) return fail(Kind::not_found, "not-found");
    return SiteRecord{id,
                      row->text(0),
                      row->optional_id<people::OrganisationTag>(1),
                      row->optional_text(2),
                      row->optional_text(3),
                      row->integer(4)};
}

Result<> insert_site(storage::Transaction& tx, SiteRecord const& s) {
    TRY(tx.execute(
        "INSERT INTO site (id, name, name_key, organisation, region, address, version) VALUES (?,?,?,?,?,?,?)", s.id,
        s.name, text::fold(s.name), s.organisation, s.region, s.address, s.version));
    return index_site(tx, s);
}

Result<> update_site(storage::Transaction& tx, SiteRecord const& s) {
    TRY(tx.execute("UPDATE site SET name=?, name_key=?, organisation=?, region=?, address=?, version=? WHERE id=?",
                   s.name, text::fold(s.name), s.organisation, s.region, s.address, s.version, s.id));
    return index_site(tx, s);
}

Result<AssetRecord> read_asset(storage::Transaction& tx, AssetId id) {
    auto const row = TRY(tx.one(
        "SELECT name, class, model, serial, ip, site, organisation, parent, version FROM asset WHERE id = ?", id));
    if (!row) return fail(Kind::not_found, "not-found");
    return AssetRecord{id,
                       row->text(0),
                       row->text(1),
                       row->optional_text(2),
                       row->optional_text(3),
                       row->optional_text(4),
                       row->optional_id<SiteTag>(5),
                       row->optional_id<people::OrganisationTag>(6),
                       row->optional_id<AssetTag>(7),
                       row->integer(8)};
}

Result<> insert_asset(storage::Transaction& tx, AssetRecord const& a) {
    TRY(tx.execute(
        "INSERT INTO asset (id, name, name_key, class, model, serial, ip, site, organisation, parent, version) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        a.id, a.name, text::fold(a.name), a.class_, a.model, a.serial, a.ip, a.site, a.organisation, a.parent,
        a.version));
    return index_asset(tx, a);
}

Result<> update_asset(storage::Transaction& tx, AssetRecord const& a) {
    TRY(tx.execute(
        "UPDATE asset SET name=?, name_key=?, class=?, model=?, serial=?, ip=?, site=?, organisation=?, parent=?, "
        "version=? WHERE id=?",
        a.name, text::fold(a.name), a.class_, a.model, a.serial, a.ip, a.site, a.organisation, a.parent, a.version,
        a.id));
    return index_asset(tx, a);
}

Result<std::vector<Site>> list_sites(storage::Transaction& tx, people::RegionBook const& regions,
                                     Filter const& filter) {
    storage::Select select(
        "SELECT s.id, s.name, o.id, o.name, s.region, s.address, s.version FROM site s "
        "LEFT JOIN organisation o ON o.id = s.organisation");
    for (auto const& pattern : filter.patterns) select.where("s.name_key LIKE ? ESCAPE '\\'", pattern);
    if (filter.organisation) select.where("s.organisation = ?", *filter.organisation);
    if (filter.id) select.where("s.id = ?", *filter.id);
    select.where("s.id > ?", filter.after);
    if (filter.first) {
        select.end("ORDER BY CASE WHEN s.name_key LIKE ? ESCAPE '\\' THEN 0 ELSE 1 END, s.id LIMIT ?", *filter.first,
                   filter.limit);
    } else {
        select.end("ORDER BY s.id LIMIT ?", filter.limit);
    }
    std::vector<Site> out;
    for (auto const& row : TRY(tx.query(select))) {
        Site site{.id = row.id<SiteTag>(0),
                  .name = row.text(1),
                  .organisation = ref_at(row, 2, 3),
                  .region = row.optional_text(4),
                  .region_name = {},
                  .address = row.optional_text(5),
                  .version = row.integer(6)};
        if (site.region && regions.find(*site.region) != nullptr) site.region_name = regions.full_name(*site.region);
        out.push_back(std::move(site));
    }
    return out;
}

Result<std::vector<Asset>> list_assets(storage::Transaction& tx, Filter const& filter) {
    storage::Select select(
        "SELECT a.id, a.name, a.class, a.model, a.serial, a.ip, s.id, s.name, o.id, o.name, p.id, p.name, "
        "a.version FROM asset a LEFT JOIN site s ON s.id = a.site "
        "LEFT JOIN organisation o ON o.id = a.organisation LEFT JOIN asset p ON p.id = a.parent");
    for (auto const& pattern : filter.patterns) {
        select.where(
            "a.name_key LIKE ? ESCAPE '\\' OR lower(a.serial) LIKE ? ESCAPE '\\' OR a.ip LIKE ? ESCAPE '\\' "
            "OR lower(a.class) LIKE ? ESCAPE '\\'",
            pattern, pattern, pattern, pattern);
    }
    if (filter.organisation) select.where("a.organisation = ?", *filter.organisation);
    if (filter.site) select.where("a.site = ?", *filter.site);
    if (filter.id) select.where("a.id = ?", *filter.id);
    select.where("a.id > ?", filter.after);
    if (filter.first) {
        select.end(
            "ORDER BY CASE WHEN a.name_key LIKE ? ESCAPE '\\' OR lower(a.serial) LIKE ? ESCAPE '\\' OR a.ip LIKE ? "
            "ESCAPE '\\' THEN 0 ELSE 1 END, a.id LIMIT ?",
            *filter.first, *filter.first, *filter.first, filter.limit);
    } else {
        select.end("ORDER BY a.id LIMIT ?", filter.limit);
    }
    std::vector<Asset> out;
    for (auto const& row : TRY(tx.query(select))) {
        out.push_back({.id = row.id<AssetTag>(0),
                       .name = row.text(1),
                       .class_ = row.text(2),
                       .model = row.optional_text(3),
                       .serial = row.optional_text(4),
                       .ip = row.optional_text(5),
                       .site = ref_at(row, 6, 7),
                       .organisation = ref_at(row, 8, 9),
                       .parent = ref_at(row, 10, 11),
                       .version = row.integer(12)});
    }
    return out;
}

}  // namespace keepword::place
