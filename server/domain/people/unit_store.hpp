#pragma once
#include "domain/people/people.hpp"

// The SQL of departments, centres and organisations. Inside of the slice only.
namespace keepword::people {

struct DepartmentRecord {
    DepartmentId id;
    std::string name;
    DepartmentKind kind = DepartmentKind::department;
    std::optional<DepartmentId> parent;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(DepartmentRecord, (), (id, name, kind, parent, version))

Result<DepartmentRecord> read_department(storage::Transaction& tx, DepartmentId id);
Result<> insert_department(storage::Transaction& tx, DepartmentRecord const& department);
Result<> update_department(storage::Transaction& tx, DepartmentRecord const& department);
Result<std::vector<Department>> list_departments(storage::Transaction& tx, std::int64_t after, std::int64_t limit);
// Whether a department of this name stands there already.
Result<bool> department_name_taken(storage::Transaction& tx, DepartmentRecord const& department);
// Whether `inner` is `outer` or stands somewhere below it.
Result<bool> department_within(storage::Transaction& tx, DepartmentId inner, DepartmentId outer);

struct OrganisationRecord {
    OrganisationId id;
    OrganisationKind kind = OrganisationKind::customer;
    std::string name;
    std::optional<std::string> region;
    std::optional<std::string> address;
    std::optional<std::string> phone;
    std::optional<std::string> note;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(OrganisationRecord, (), (id, kind, name, region, address, phone, note, version))

Result<OrganisationRecord> read_organisation(storage::Transaction& tx, OrganisationId id);
Result<> insert_organisation(storage::Transaction& tx, OrganisationRecord const& organisation);
Result<> update_organisation(storage::Transaction& tx, OrganisationRecord const& organisation);

struct OrganisationFilter {
    std::string q;
    std::optional<OrganisationKind> kind;
    std::int64_t after = 0;
    std::int64_t limit = 50;
    bool by_name = false;
};
Result<std::vector<Organisation>> list_organisations(storage::Transaction& tx, RegionBook const& regions,
                                                     OrganisationFilter const& filter);

}  // namespace keepword::people
