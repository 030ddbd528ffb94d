#include "domain/people/people_http.hpp"
#include "domain/people/people_rules.hpp"

namespace keepword::people {
namespace {

using api::Call;
using storage::Transaction;

struct RoleRow {
    std::string key;
    std::string name_zh;
    std::string name_en;
    std::vector<std::string> rights;
    bool outside = false;
    bool unscoped = false;
};
BOOST_DESCRIBE_STRUCT(RoleRow, (), (key, name_zh, name_en, rights, outside, unscoped))

struct DepartmentChange {
    json::Given<json::Text<100>> name;
    json::Given<DepartmentId> parent;
};
BOOST_DESCRIBE_STRUCT(DepartmentChange, (), (name, parent))

struct OrganisationChange {
    json::Given<json::Text<200>> name;
    json::Given<OrganisationKind> kind;
    json::Given<json::Text<12>> region;
    json::Given<json::Text<300>> address;
    json::Given<json::Text<100>> phone;
    json::Given<json::Text<2000>> note;
};
BOOST_DESCRIBE_STRUCT(OrganisationChange, (), (name, kind, region, address, phone, note))

api::Page<RoleRow> roles(RoleBook const& book) {
    api::Page<RoleRow> page;
    for (auto const& role : book.all()) {
        page.items.push_back({role.key, role.name_zh, role.name_en, role.rights, role.outside, role.unscoped});
    }
    return page;
}

Result<Department> show_department(Transaction& tx, DepartmentId id) {
    auto const kept = TRY(read_department(tx, id));
    Department out{.id = id, .name = kept.name, .kind = kept.kind, .version = kept.version};
    if (kept.parent) out.parent = TRY(department_ref(tx, *kept.parent));
    return out;
}

Result<Department> change_department(PeopleParts const& parts, Call const& call, DepartmentChange const& in,
                                     Transaction& tx) {
    auto const id = TRY(call.id<DepartmentTag>());
    auto const before = TRY(read_department(tx, id));
    TRY(call.expect_version(before.version));
    auto department = before;
    Checks checks;
    set_required(department.name, "name", in.name, checks);
    set(department.parent, in.parent);
    TRY(checks.done());
    TRY(check_department(tx, department));
    ++department.version;
    TRY(update_department(tx, department));
    TRY(record(tx, act_of(parts, call), "department.changed", subject("department", id), json::encode(before),
               json::encode(department)));
    return show_department(tx, id);
}

void add_department_routes(api::Routes& routes, PeopleParts const& parts) {
    routes.push_back(api::get("/departments",
                              {.right = "people.read",
                               .help = "Centres and departments",
                               .query = {{"limit", "1 to 200"}, {"cursor", "next of the page before"}}},
                              [](Call const& call, Transaction& tx) -> Result<api::Page<Department>> {
                                  auto const limit = TRY(call.limit());
                                  auto const after = TRY(cursor_of(call));
                                  return page_of(TRY(list_departments(tx, after, limit + 1)), limit,
                                                 [](Department const& d) { return d.id.str(); });
                              }));
    routes.push_back(api::post<NewDepartment>(
        "/departments", {.right = "people.manage", .help = "Set up a centre or department", .status = 201},
        [parts](Call const& call, NewDepartment const& in, Transaction& tx) -> Result<Department> {
            return show_department(tx, TRY(create_department(tx, act_of(parts, call), in)));
        }));
    routes.push_back(api::patch<DepartmentChange>(
        "/departments/{id}", {.right = "people.manage", .help = "Rename a department or put it elsewhere"},
        [parts](Call const& call, DepartmentChange const& in, Transaction& tx) {
            return change_department(parts, call, in, tx);
        }));
}

// The organisation of the path; below /customers any other kind is not there.
Result<OrganisationRecord> wanted(Call const& call, std::optional<OrganisationKind> only, Transaction& tx) {
    auto const id = TRY(call.id<OrganisationTag>());
    auto found = TRY(read_organisation(tx, id));
    if (only && found.kind != *only) return fail(Kind::not_found, "not-found");
    return found;
}

Result<Organisation> change_organisation(PeopleParts const& parts, Call const& call, OrganisationChange const& in,
                                         std::optional<OrganisationKind> only, Transaction& tx) {
    auto const before = TRY(wanted(call, only, tx));
    TRY(call.expect_version(before.version));
    auto organisation = before;
    Checks checks;
    set_required(organisation.name, "name", in.name, checks);
    if (in.kind.value) organisation.kind = *in.kind.value;
    if (only && organisation.kind != *only) checks.wrong("kind", "choice");
    set(organisation.region, in.region);
    set(organisation.address, in.address);
    set(organisation.phone, in.phone);
    set(organisation.note, in.note);
    TRY(checks.done());
    TRY(check_organisation(parts.regions, organisation));
    ++organisation.version;
    TRY(update_organisation(tx, organisation));
    TRY(record(tx, act_of(parts, call), "organisation.changed", subject("organisation", organisation.id),
               json::encode(before), json::encode(organisation)));
    return people::organisation(tx, parts.regions, organisation.id);
}

Result<api::Page<Organisation>> list(PeopleParts const& parts, Call const& call, std::optional<OrganisationKind> only,
                                     Transaction& tx) {
    auto const limit = TRY(call.limit());
    auto const kind = call.query.text("kind");
    auto const after = TRY(cursor_of(call));
    OrganisationFilter filter{.q = call.query.text("q"), .kind = only, .after = after, .limit = limit + 1};
    if (!only && !kind.empty()) {
        filter.kind = json::from_word<OrganisationKind>(kind);
        if (!filter.kind) return invalid("kind", "choice");
    }
    return page_of(TRY(list_organisations(tx, parts.regions, filter)), limit,
                   [](Organisation const& o) { return o.id.str(); });
}

// /customers are the organisations of that kind; the rest is the same.
void add_organisation_routes(api::Routes& routes, PeopleParts const& parts, std::string const& path,
                             std::optional<OrganisationKind> only) {
    std::vector<api::QueryField> query{
        {"q", "part of the name or telephone number"}, {"limit", "1 to 200"}, {"cursor", "next of the page before"}};
    if (!only) query.push_back({"kind", "customer, operator, partner, builder or installer"});
    routes.push_back(
        api::get(path, {.right = "customers.read", .help = "Outside organisations", .query = std::move(query)},
                 [parts, only](Call const& call, Transaction& tx) { return list(parts, call, only, tx); }));
    routes.push_back(api::get(path + "/{id}", {.right = "customers.read", .help = "One organisation"},
                              [parts, only](Call const& call, Transaction& tx) -> Result<Organisation> {
                                  return organisation(tx, parts.regions, TRY(wanted(call, only, tx)).id);
                              }));
    routes.push_back(api::post<NewOrganisation>(
        path, {.right = "customers.manage", .help = "Enter an organisation", .status = 201},
        [parts, only](Call const& call, NewOrganisation in, Transaction& tx) -> Result<Organisation> {
            if (only && in.kind.value_or(*only) != *only) return invalid("kind", "choice");
            if (only) in.kind = only;
            return organisation(tx, parts.regions,
                                TRY(create_organisation(tx, act_of(parts, call), parts.regions, in)));
        }));
    routes.push_back(
        api::patch<OrganisationChange>(path + "/{id}", {.right = "customers.manage", .help = "Correct an organisation"},
                                       [parts, only](Call const& call, OrganisationChange const& in, Transaction& tx) {
                                           return change_organisation(parts, call, in, only, tx);
                                       }));
}

}  // namespace

void add_unit_routes(api::Routes& routes, PeopleParts const& parts) {
    routes.push_back(
        api::get("/roles", {.right = "people.read", .help = "The roles there are and what they allow"},
                 [parts](Call const&, Transaction&) -> Result<api::Page<RoleRow>> { return roles(parts.roles); }));
    add_department_routes(routes, parts);
    add_organisation_routes(routes, parts, "/organisations", std::nullopt);
    add_organisation_routes(routes, parts, "/customers", OrganisationKind::customer);
}

}  // namespace keepword::people
