#include "domain/people/unit_store.hpp"

#include "domain/people/people_store.hpp"
#include "domain/people/phone.hpp"
#include "engine/search/search.hpp"

namespace keepword::people {
namespace {

Organisation shown(RegionBook const& regions, storage::Row const& row) {
    Organisation out{.id = row.id<OrganisationTag>(0),
                     .name = row.text(1),
                     .kind = row.word<OrganisationKind>(2),
                     .region = row.optional_text(3),
                     .address = row.optional_text(4),
                     .phone = row.optional_text(5),
                     .note = row.optional_text(6),
                     .version = row.integer(7)};
    if (out.region && regions.find(*out.region) != nullptr) out.region_name = regions.full_name(*out.region);
    return out;
}

constexpr storage::Sql organisation_head =
    "SELECT o.id, o.name, o.kind, o.region, o.address, o.phone, o.note, o.version FROM organisation o";

}  // namespace

Result<DepartmentRecord> read_department(storage::Transaction& tx, DepartmentId id) {
    auto const row = TRY(tx.one("SELECT id, name, kind, parent, version FROM department WHERE id = ?", id));
    if (!row) return fail(Kind::not_found, "not-found");
    return DepartmentRecord{row->id<DepartmentTag>(0), row->text(1), row->word<DepartmentKind>(2),
                            row->optional_id<DepartmentTag>(3), row->integer(4)};
}

Result<> insert_department(storage::Transaction& tx, DepartmentRecord const& d) {
    TRY(tx.execute("INSERT INTO department (id, kind, name, parent, version) VALUES (?,?,?,?,?)", d.id, d.kind, d.name,
                   d.parent, d.version));
    return {};
}

Result<> update_department(storage::Transaction& tx, DepartmentRecord const& d) {
    TRY(tx.execute("UPDATE department SET kind = ?, name = ?, parent = ?, version = ? WHERE id = ?", d.kind, d.name,
                   d.parent, d.version, d.id));
    return {};
}

Result<std::vector<Department>> list_departments(storage::Transaction& tx, std::int64_t after, std::int64_t limit) {
    std::vector<Department> out;
    for (auto const& row :
         TRY(tx.query("SELECT d.id, d.name, d.kind, p.id, p.name, d.version FROM department d LEFT JOIN "
                      "department p ON p.id = d.parent WHERE d.id > ? ORDER BY d.id LIMIT ?",
                      after, limit))) {
        Department department{.id = row.id<DepartmentTag>(0), .name = row.text(1), .kind = row.word<DepartmentKind>(2)};
        if (!row.null(3)) department.parent = api::Ref{std::to_string(row.integer(3)), row.text(4)};
        department.version = row.integer(5);
        out.push_back(std::move(department));
    }
    return out;
}

Result<bool> department_name_taken(storage::Transaction& tx, DepartmentRecord const& d) {
    std::int64_t const parent = d.parent ? d.parent->value : 0;
    return TRY(tx.one("SELECT 1 FROM department WHERE coalesce(parent, 0) = ? AND name = ? AND id <> ?", parent, d.name,
                      d.id))
        .has_value();
}

Result<bool> department_within(storage::Transaction& tx, DepartmentId inner, DepartmentId outer) {
    return TRY(tx.one("WITH RECURSIVE above (id) AS (SELECT CAST(? AS BIGINT) UNION SELECT d.parent FROM department d "
                      "JOIN "
                      "above a ON d.id = a.id WHERE d.parent IS NOT NULL) SELECT 1 FROM above WHERE id = ?",
                      inner, outer))
        .has_value();
}

Result<api::Ref> department_ref(storage::Transaction& tx, DepartmentId id) {
    auto const row = TRY(tx.one("SELECT name FROM department WHERE id = ?", id));
    if (!row) return fail(Kind::not_found, "not-found");
    return api::Ref{id.str(), row->text(0)};
}

Result<OrganisationRecord> read_organisation(storage::Transaction& tx, OrganisationId id) {
    auto const row =
        TRY(tx.one("SELECT id, kind, name, region, address, phone, note, version FROM organisation WHERE id = ?", id));
    if (!row) return fail(Kind::not_found, "not-found");
    return OrganisationRecord{
        row->id<OrganisationTag>(0), row->word<OrganisationKind>(1), row->text(2),          row->optional_text(3),
        row->optional_text(4),       row->optional_text(5),          row->optional_text(6), row->integer(7)};
}

namespace {

Result<> index_organisation(storage::Transaction& tx, OrganisationRecord const& o) {
    return search::index(tx, {.kind = "organisation",
                              .id = o.id.value,
                              .title = o.name,
                              .body = o.address.value_or("") + " " + o.phone.value_or(""),
                              .marks = {"organisation"},
                              .names = {o.name}});
}

}  // namespace

Result<> index_organisation_again(storage::Transaction& tx, OrganisationId id) {
    return index_organisation(tx, TRY(read_organisation(tx, id)));
}

Result<> insert_organisation(storage::Transaction& tx, OrganisationRecord const& o) {
    TRY(
        tx.execute("INSERT INTO organisation (id, kind, name, name_key, region, address, phone, note, version) VALUES "
                   "(?,?,?,?,?,?,?,?,?)",
                   o.id, o.kind, o.name, text::fold(o.name), o.region, o.address, o.phone, o.note, o.version));
    TRY(index_organisation(tx, o));
    return keep_numbers(tx, o.id.value, "organisation", o.phone);
}

Result<> update_organisation(storage::Transaction& tx, OrganisationRecord const& o) {
    TRY(tx.execute(
        "UPDATE organisation SET kind = ?, name = ?, name_key = ?, region = ?, address = ?, phone = ?, note = ?, "
        "version = ? WHERE id = ?",
        o.kind, o.name, text::fold(o.name), o.region, o.address, o.phone, o.note, o.version, o.id));
    TRY(index_organisation(tx, o));
    return keep_numbers(tx, o.id.value, "organisation", o.phone);
}

Result<std::vector<Organisation>> list_organisations(storage::Transaction& tx, RegionBook const& regions,
                                                     OrganisationFilter const& filter) {
    storage::Select select(organisation_head);
    auto const digits = digits_of_query(filter.q);
    if (!digits.empty()) {
        auto const pattern = storage::contains(digits);
        select.where(
            "o.name_key LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM phone_number n WHERE n.owner = o.id AND "
            "n.digits LIKE ? ESCAPE '\\')",
            pattern, pattern);
    } else {
        for (auto const& pattern : search_patterns(filter.q)) select.where("o.name_key LIKE ? ESCAPE '\\'", pattern);
    }
    if (filter.kind) select.where("o.kind = ?", *filter.kind);
    if (filter.by_name) {
        select.end("ORDER BY CASE WHEN o.name_key LIKE ? ESCAPE '\\' THEN 0 ELSE 1 END, o.id LIMIT ?", begins(filter.q),
                   filter.limit);
    } else {
        select.where("o.id > ?", filter.after).end("ORDER BY o.id LIMIT ?", filter.limit);
    }
    std::vector<Organisation> out;
    for (auto const& row : TRY(tx.query(select))) out.push_back(shown(regions, row));
    return out;
}

Result<Organisation> organisation(storage::Transaction& tx, RegionBook const& regions, OrganisationId id) {
    storage::Select select(organisation_head);
    select.where("o.id = ?", id);
    auto const rows = TRY(tx.query(select));
    if (rows.empty()) return fail(Kind::not_found, "not-found");
    return shown(regions, rows.front());
}

Result<api::Ref> organisation_ref(storage::Transaction& tx, OrganisationId id) {
    auto const row = TRY(tx.one("SELECT name FROM organisation WHERE id = ?", id));
    if (!row) return fail(Kind::not_found, "not-found");
    return api::Ref{id.str(), row->text(0)};
}

Result<std::vector<Organisation>> find_organisations(storage::Transaction& tx, RegionBook const& regions,
                                                     std::string_view query, std::int64_t limit) {
    return list_organisations(tx, regions, {.q = std::string(query), .limit = limit, .by_name = true});
}

}  // namespace keepword::people
