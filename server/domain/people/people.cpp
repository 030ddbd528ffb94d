#include "domain/people/people.hpp"

#include <algorithm>

#include "domain/people/people_rules.hpp"
#include "domain/people/phone.hpp"

namespace keepword::people {
namespace {

void check_phone(std::optional<std::string> const& phone, Checks& checks) {
    if (phone && phone_numbers(*phone).empty()) checks.wrong("phone", "phone");
}

void check_end(Instant from, Instant until, Instant now, Checks& checks) {
    if (until <= from) {
        checks.wrong("until", "order");
    } else if (until <= now) {
        checks.wrong("until", "past");
    }
}

// The scope as it is kept and compared: of an id the plain digits.
std::string scope_text(NewGrant const& in) {
    std::string const entered = in.scope ? std::string(text::trim(in.scope->value)) : std::string();
    struct ScopeTag;
    auto const id = in.scope_kind == ScopeKind::region ? std::nullopt : Id<ScopeTag>::parse(entered);
    return id ? id->str() : entered;
}

// Whether what a scope points at is there.
Result<bool> scope_exists(storage::Transaction& tx, RegionBook const& regions, ScopeKind kind,
                          std::string const& scope) {
    if (kind == ScopeKind::all) return scope.empty();
    return TRY(scope_ref(tx, regions, kind, scope)).has_value();
}

}  // namespace

bool plausible_login(std::string_view key) {
    // A blank (of any width: the key is folded) or a control character could not be told from its absence when read
    // out.
    return text::length(key) >= 2 && std::none_of(key.begin(), key.end(), [](char c) {
               return static_cast<unsigned char>(c) <= ' ' || c == 127;
           });
}

bool plausible_email(std::string_view email) {
    auto const at = email.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < email.size() && email.find('@', at + 1) == email.npos &&
           email.find_first_of(" <>,;\"\t\r\n") == email.npos;
}

Result<> check_department(storage::Transaction& tx, DepartmentRecord const& d) {
    Checks checks;
    if (d.kind == DepartmentKind::centre && d.parent) checks.wrong("parent", "centre-has-none");
    if (d.parent) {
        auto const parent = department_ref(tx, *d.parent);
        if (!parent) {
            checks.wrong("parent", "not-there");
        } else if (TRY(department_within(tx, *d.parent, d.id))) {
            checks.wrong("parent", "circle");
        }
    }
    TRY(checks.done());
    if (TRY(department_name_taken(tx, d))) return fail(Kind::conflict, "people.name-taken");
    return {};
}

Result<> check_organisation(RegionBook const& regions, OrganisationRecord const& o) {
    Checks checks;
    if (o.region && regions.find(*o.region) == nullptr) checks.wrong("region", "not-there");
    check_phone(o.phone, checks);
    return checks.done();
}

Result<> check_person(storage::Transaction& tx, PersonRecord const& p) {
    Checks checks;
    if (p.login && p.kind == PersonKind::contact) checks.wrong("login", "contact-has-none");
    if (p.login && p.kind == PersonKind::staff && !plausible_login(login_key(*p.login))) checks.wrong("login", "login");
    if (p.department && !department_ref(tx, *p.department)) checks.wrong("department", "not-there");
    if (p.organisation && !organisation_ref(tx, *p.organisation)) checks.wrong("organisation", "not-there");
    check_phone(p.phone, checks);
    if (p.email && !plausible_email(*p.email)) checks.wrong("email", "email");
    TRY(checks.done());
    if (p.login && TRY(login_taken(tx, login_key(*p.login), p.id))) return fail(Kind::conflict, "people.login-taken");
    return {};
}

Result<> keep_an_owner(storage::Transaction& tx, Instant now) {
    if (!TRY(has_owner(tx, now))) return fail(Kind::conflict, "people.last-owner");
    return {};
}

Result<DepartmentId> create_department(storage::Transaction& tx, Act const& act, NewDepartment const& in) {
    Checks checks;
    DepartmentRecord const department{.id = act.ids.next<DepartmentTag>(),
                                      .name = checks.required("name", in.name.value),
                                      .kind = in.kind,
                                      .parent = in.parent};
    TRY(checks.done());
    TRY(check_department(tx, department));
    TRY(insert_department(tx, department));
    TRY(record(tx, act, "department.created", subject("department", department.id), nullptr, json::encode(department)));
    return department.id;
}

Result<OrganisationId> create_organisation(storage::Transaction& tx, Act const& act, RegionBook const& regions,
                                           NewOrganisation const& in) {
    Checks checks;
    if (!in.kind) checks.wrong("kind", "required");
    OrganisationRecord const organisation{.id = act.ids.next<OrganisationTag>(),
                                          .kind = in.kind.value_or(OrganisationKind::customer),
                                          .name = checks.required("name", in.name.value),
                                          .region = text_of(in.region),
                                          .address = text_of(in.address),
                                          .phone = text_of(in.phone),
                                          .note = text_of(in.note)};
    TRY(checks.done());
    TRY(check_organisation(regions, organisation));
    TRY(insert_organisation(tx, organisation));
    TRY(record(tx, act, "organisation.created", subject("organisation", organisation.id), nullptr,
               json::encode(organisation)));
    return organisation.id;
}

Result<PersonId> create_person(storage::Transaction& tx, Act const& act, NewPerson const& in) {
    Checks checks;
    PersonRecord const person{.id = act.ids.next<PersonTag>(),
                              .kind = in.kind,
                              .login = text_of(in.login),
                              .name = checks.required("name", in.name.value),
                              .department = in.department,
                              .organisation = in.organisation,
                              .phone = text_of(in.phone),
                              .email = text_of(in.email),
                              .locale = in.locale.value_or(Locale::zh)};
    TRY(checks.done());
    TRY(check_person(tx, person));
    TRY(insert_person(tx, person));
    TRY(record(tx, act, "person.created", subject("person", person.id), nullptr, json::encode(person)));
    return person.id;
}

Result<GrantId> give_role(storage::Transaction& tx, Act const& act, RoleBook const& roles, RegionBook const& regions,
                          PersonId person, NewGrant const& in) {
    // Whoever gives rights to others could otherwise take every right there is.
    if (act.by == person) return fail(Kind::forbidden, "people.grant-to-oneself");
    auto const holder = TRY(read_person(tx, person));
    if (holder.kind == PersonKind::contact) return fail(Kind::conflict, "people.contact-has-no-roles");
    GrantRecord const grant{.id = act.ids.next<GrantTag>(),
                            .person = person,
                            .role = in.role.value,
                            .scope_kind = in.scope_kind,
                            .scope = scope_text(in),
                            .from = in.from.value_or(act.now),
                            .until = in.until,
                            .given_by = act.by ? std::optional(act.by) : std::nullopt};
    Checks checks;
    auto const* role = roles.find(grant.role);
    if (role == nullptr) checks.wrong("role", "choice");
    if (role != nullptr && role->unscoped && grant.scope_kind != ScopeKind::all) checks.wrong("scope_kind", "unscoped");
    if (grant.scope_kind != ScopeKind::all && grant.scope.empty()) {
        checks.wrong("scope", "required");
    } else if (!TRY(scope_exists(tx, regions, grant.scope_kind, grant.scope))) {
        checks.wrong("scope", "not-there");
    }
    if (grant.until) check_end(grant.from, *grant.until, act.now, checks);
    TRY(checks.done());
    TRY(insert_grant(tx, grant));
    TRY(touch_person(tx, person));
    TRY(rights_changed(tx, person, act.now));
    TRY(record(tx, act, "grant.given", subject("person", person), nullptr, json::encode(grant)));
    return grant.id;
}

Result<DeputyId> name_deputy(storage::Transaction& tx, Act const& act, RoleBook const& roles, PersonId person,
                             NewDeputy const& in) {
    if (act.by == in.deputy) return fail(Kind::forbidden, "people.grant-to-oneself");
    auto const absent = TRY(read_person(tx, person));
    if (absent.kind == PersonKind::contact) return fail(Kind::conflict, "people.contact-has-no-roles");
    DeputyRecord const deputy{.id = act.ids.next<DeputyTag>(),
                              .person = person,
                              .deputy = in.deputy,
                              .role = text_of(in.role),
                              .from = in.from,
                              .until = in.until,
                              .given_by = act.by ? std::optional(act.by) : std::nullopt};
    Checks checks;
    auto const stand_in = read_person(tx, in.deputy);
    if (!stand_in || stand_in->kind == PersonKind::contact || !stand_in->active) {
        checks.wrong("deputy", "not-there");
    } else if (in.deputy == person) {
        checks.wrong("deputy", "oneself");
    }
    if (deputy.role && roles.find(*deputy.role) == nullptr) checks.wrong("role", "choice");
    check_end(deputy.from, deputy.until, act.now, checks);
    TRY(checks.done());
    TRY(insert_deputy(tx, deputy));
    TRY(touch_person(tx, person));
    TRY(rights_changed(tx, person, act.now));
    TRY(record(tx, act, "deputy.named", subject("person", person), nullptr, json::encode(deputy)));
    return deputy.id;
}

Result<> set_locale(storage::Transaction& tx, Act const& act, PersonId id, Locale locale) {
    auto const before = TRY(read_person(tx, id));
    auto person = before;
    person.locale = locale;
    ++person.version;
    TRY(update_person(tx, person));
    return record(tx, act, "person.changed", subject("person", id), json::encode(before), json::encode(person));
}

Result<api::Caller> caller_of(storage::Transaction& tx, PersonId id, Instant now, RoleBook const& roles) {
    auto const person = read_person(tx, id);
    if (!person && person.error().kind != Kind::not_found) return std::unexpected(person.error());
    if (!person || !person->active || !person->login) return fail(Kind::unauthorised, "session.none");
    api::Caller caller{.person = id, .login = *person->login, .name = person->name, .locale = person->locale};
    caller.organisation = person->organisation.value_or(OrganisationId{}).value;
    caller.roles = TRY(holdings(tx, id, now));
    caller.rights = roles.rights_of(caller.roles, person->organisation.has_value());
    return caller;
}

Result<std::optional<api::Ref>> scope_ref(storage::Transaction& tx, RegionBook const& regions, ScopeKind kind,
                                          std::string const& scope) {
    auto found = [&]() -> Result<api::Ref> {
        if (kind == ScopeKind::region && regions.find(scope) != nullptr)
            return api::Ref{scope, regions.full_name(scope)};
        auto const department = Id<DepartmentTag>::parse(scope);
        if (kind == ScopeKind::department && department) return department_ref(tx, *department);
        auto const organisation = Id<OrganisationTag>::parse(scope);
        if (kind == ScopeKind::organisation && organisation) return organisation_ref(tx, *organisation);
        return fail(Kind::not_found, "not-found");
    }();
    if (found) return std::optional(*std::move(found));
    if (found.error().kind == Kind::not_found) return std::optional<api::Ref>();
    return std::unexpected(std::move(found).error());
}

}  // namespace keepword::people
