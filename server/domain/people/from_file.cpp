#include "domain/people/people_rules.hpp"
#include "domain/people/phone.hpp"

// What imports ask of this slice: whose name something is, for thousands of names at once, and changes that leave be
// what a file says nothing of.
namespace keepword::people {
namespace {

constexpr std::size_t names_at_once = 500;

// Asks for some of the keys at a time; `named_by(row)` makes of each row what it stands for.
template <class F>
Result<std::vector<Named>> by_keys(storage::Transaction& tx, storage::Sql head, storage::Sql column,
                                   std::vector<std::string> const& keys, F named_by) {
    std::vector<Named> out;
    for (std::size_t from = 0; from < keys.size(); from += names_at_once) {
        auto const begin = keys.begin() + static_cast<std::ptrdiff_t>(from);
        auto const count = std::min(names_at_once, keys.size() - from);
        std::vector<std::string> const some(begin, begin + static_cast<std::ptrdiff_t>(count));
        storage::Select select(head);
        select.where_in(column, some);
        for (auto const& row : TRY(tx.query(select))) out.push_back(named_by(row));
    }
    return out;
}

Named plainly(storage::Row const& row) {
    return {row.integer(0), row.text(1), {}};
}

}  // namespace

Result<std::vector<Named>> organisations_named(storage::Transaction& tx, std::vector<std::string> const& keys) {
    return by_keys(tx, "SELECT id, name_key FROM organisation", "name_key", keys, plainly);
}

Result<std::vector<Named>> all_departments(storage::Transaction& tx) {
    std::vector<Named> out;
    for (auto const& row : TRY(tx.query("SELECT id, name, parent FROM department ORDER BY id LIMIT 10000")))
        out.push_back({row.integer(0), text::fold(row.text(1)), row.null(2) ? "" : std::to_string(row.integer(2))});
    return out;
}

Result<std::vector<Named>> persons_with_logins(storage::Transaction& tx, std::vector<std::string> const& login_keys) {
    return by_keys(tx, "SELECT id, login_key FROM person", "login_key", login_keys, plainly);
}

Result<std::vector<Named>> persons_named(storage::Transaction& tx, std::vector<std::string> const& keys) {
    auto const beside = [](storage::Row const& row) {
        return Named{row.integer(0), row.text(1),
                     beside_name(row.optional_id<OrganisationTag>(2), row.optional_text(3))};
    };
    auto found = TRY(by_keys(tx, "SELECT id, name_key, organisation, phone, login_key FROM person", "name_key", keys,
                             [&](storage::Row const& row) { return row.null(4) ? beside(row) : Named{}; }));
    std::erase_if(found, [](Named const& one) { return one.id == 0; });
    return found;
}

std::string beside_name(std::optional<OrganisationId> organisation, std::optional<std::string> const& phone) {
    auto out = organisation ? organisation->str() : std::string("-");
    for (auto const& digits : phone_numbers(phone.value_or(""))) out += " " + digits;
    return out;
}

Result<bool> update_from_file(storage::Transaction& tx, Act const& act, RegionBook const& regions, OrganisationId id,
                              OrganisationUpdate const& in) {
    auto const before = TRY(read_organisation(tx, id));
    auto after = before;
    if (in.kind) after.kind = *in.kind;
    if (in.region) after.region = in.region;
    if (in.address) after.address = in.address;
    if (in.phone) after.phone = in.phone;
    if (in.note) after.note = in.note;
    if (json::encode(after) == json::encode(before)) return false;
    TRY(check_organisation(regions, after));
    ++after.version;
    TRY(update_organisation(tx, after));
    TRY(record(tx, act, "organisation.changed", subject("organisation", id), json::encode(before),
               json::encode(after)));
    return true;
}

Result<bool> update_from_file(storage::Transaction& tx, Act const& act, PersonId id, PersonUpdate const& in) {
    auto const before = TRY(read_person(tx, id));
    auto after = before;
    if (in.name) after.name = *in.name;
    if (in.department) after.department = in.department;
    if (in.organisation) after.organisation = in.organisation;
    if (in.phone) after.phone = in.phone;
    if (in.email) after.email = in.email;
    if (json::encode(after) == json::encode(before)) return false;
    TRY(check_person(tx, after));
    ++after.version;
    TRY(update_person(tx, after));
    if (before.organisation != after.organisation) TRY(rights_changed(tx, id, act.now));
    TRY(record(tx, act, "person.changed", subject("person", id), json::encode(before), json::encode(after)));
    return true;
}

Result<std::vector<std::string>> whole_roles_of(storage::Transaction& tx, PersonId id, Instant now) {
    std::vector<std::string> roles;
    for (auto const& grant : TRY(grants_of(tx, id, now))) {
        if (grant.scope_kind == ScopeKind::all && !grant.until) roles.push_back(grant.role);
    }
    return roles;
}

NewNumbers::NewNumbers(std::string owner_kind)
    : owner_kind_(std::move(owner_kind)),
      into_("INSERT INTO phone_number (owner, owner_kind, digits, tail) VALUES ", "(?,?,?,?)") {}

Result<> NewNumbers::add(storage::Transaction& tx, std::int64_t owner, std::optional<std::string> const& typed) {
    for (auto const& digits : phone_numbers(typed.value_or(""))) {
        into_.row(owner, owner_kind_, digits, phone_tail(digits));
        if (into_.full()) TRY(tx.execute(into_));
    }
    return {};
}

Result<> NewNumbers::done(storage::Transaction& tx) {
    if (into_.rows() > 0) TRY(tx.execute(into_));
    return {};
}

}  // namespace keepword::people
