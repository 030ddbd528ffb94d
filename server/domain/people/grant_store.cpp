#include "domain/people/grant_store.hpp"

#include "engine/live/live.hpp"

namespace keepword::people {
namespace {

api::Holding holding_of(storage::Row const& row, std::size_t first) {
    return {.role = row.text(first), .scope_kind = row.text(first + 1), .scope = row.text(first + 2)};
}

// The earlier of two ends, where there are any.
std::optional<Instant> earlier(std::optional<Instant> a, std::optional<Instant> b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

}  // namespace

Result<> insert_grant(storage::Transaction& tx, GrantRecord const& g) {
    TRY(tx.execute(
        "INSERT INTO role_grant (id, person, role, scope_kind, scope, valid_from, valid_until, given_by) VALUES "
        "(?,?,?,?,?,?,?,?)",
        g.id, g.person, g.role, g.scope_kind, g.scope, g.from, g.until, g.given_by));
    return {};
}

Result<> delete_grant(storage::Transaction& tx, GrantId id) {
    TRY(tx.execute("DELETE FROM role_grant WHERE id = ?", id));
    return {};
}

Result<std::vector<GrantRecord>> grants_of(storage::Transaction& tx, PersonId person, Instant now) {
    std::vector<GrantRecord> out;
    for (auto const& row :
         TRY(tx.query("SELECT id, role, scope_kind, scope, valid_from, valid_until, given_by FROM "
                      "role_grant WHERE person = ? AND (valid_until IS NULL OR valid_until > ?) ORDER BY id",
                      person, now))) {
        out.push_back({row.id<GrantTag>(0), person, row.text(1), row.word<ScopeKind>(2), row.text(3), row.instant(4),
                       row.optional_instant(5), row.optional_id<PersonTag>(6)});
    }
    return out;
}

Result<> insert_deputy(storage::Transaction& tx, DeputyRecord const& d) {
    TRY(tx.execute(
        "INSERT INTO deputy (id, person, deputy, role, valid_from, valid_until, given_by) VALUES (?,?,?,?,?,?,?)", d.id,
        d.person, d.deputy, d.role, d.from, d.until, d.given_by));
    return {};
}

Result<> delete_deputy(storage::Transaction& tx, DeputyId id) {
    TRY(tx.execute("DELETE FROM deputy WHERE id = ?", id));
    return {};
}

Result<std::vector<DeputyRecord>> deputies_of(storage::Transaction& tx, PersonId person, Instant now) {
    std::vector<DeputyRecord> out;
    for (auto const& row :
         TRY(tx.query("SELECT id, deputy, role, valid_from, valid_until, given_by FROM deputy WHERE person "
                      "= ? AND valid_until > ? ORDER BY id",
                      person, now))) {
        out.push_back({row.id<DeputyTag>(0), person, row.id<PersonTag>(1), row.optional_text(2), row.instant(3),
                       row.instant(4), row.optional_id<PersonTag>(5)});
    }
    return out;
}

Result<bool> has_owner(storage::Transaction& tx, Instant now) {
    return TRY(tx.one(
                   "SELECT 1 FROM role_grant g JOIN person p ON p.id = g.person WHERE g.role = ? AND g.valid_from <= ? "
                   "AND g.valid_until IS NULL AND p.active = 1 AND p.login_key IS NOT NULL LIMIT 1",
                   owner_role, now))
        .has_value();
}

Result<std::vector<HeldRole>> held_roles(storage::Transaction& tx, PersonId person, Instant now) {
    std::vector<HeldRole> out;
    for (auto const& row :
         TRY(tx.query("SELECT g.role, g.scope_kind, g.scope, g.valid_until FROM role_grant g JOIN person p "
                      "ON p.id = g.person WHERE g.person = ? AND p.active = 1 AND g.valid_from <= ? AND "
                      "(g.valid_until IS NULL OR g.valid_until > ?) ORDER BY g.id",
                      person, now, now))) {
        out.push_back({holding_of(row, 0), row.optional_instant(3)});
    }
    // A deputy stands in for what the other holds by grant; a deputy's deputy would have no one to answer to.
    for (auto const& row :
         TRY(tx.query("SELECT g.role, g.scope_kind, g.scope, g.valid_until, d.valid_until, d.person FROM "
                      "deputy d JOIN person q ON q.id = d.deputy JOIN person p ON p.id = d.person JOIN "
                      "role_grant g ON g.person = d.person AND (d.role IS NULL OR d.role = g.role) WHERE "
                      "d.deputy = ? AND q.active = 1 AND p.active = 1 AND d.valid_from <= ? AND "
                      "d.valid_until > ? AND g.valid_from <= ? AND (g.valid_until IS NULL OR "
                      "g.valid_until > ?) ORDER BY d.id, g.id",
                      person, now, now, now, now))) {
        auto holding = holding_of(row, 0);
        holding.deputy_for = row.id<PersonTag>(5);
        out.push_back({std::move(holding), earlier(row.optional_instant(3), row.optional_instant(4))});
    }
    return out;
}

Result<std::vector<api::Holding>> holdings(storage::Transaction& tx, PersonId person, Instant now) {
    std::vector<api::Holding> out;
    for (auto& held : TRY(held_roles(tx, person, now))) out.push_back(std::move(held.holding));
    return out;
}

Result<std::vector<Holder>> holders(storage::Transaction& tx, std::string_view role, Instant now) {
    std::vector<Holder> out;
    for (auto const& row :
         TRY(tx.query("SELECT p.id, p.name, g.role, g.scope_kind, g.scope FROM role_grant g JOIN person p "
                      "ON p.id = g.person WHERE g.role = ? AND p.active = 1 AND g.valid_from <= ? AND "
                      "(g.valid_until IS NULL OR g.valid_until > ?) ORDER BY g.id",
                      role, now, now))) {
        out.push_back({row.id<PersonTag>(0), row.text(1), holding_of(row, 2)});
    }
    for (auto const& row :
         TRY(tx.query("SELECT q.id, q.name, g.role, g.scope_kind, g.scope, d.person FROM role_grant g JOIN "
                      "deputy d ON d.person = g.person AND (d.role IS NULL OR d.role = g.role) JOIN person "
                      "p ON p.id = d.person JOIN person q ON q.id = d.deputy WHERE g.role = ? AND "
                      "q.active = 1 AND p.active = 1 AND d.valid_from <= ? AND d.valid_until > ? AND "
                      "g.valid_from <= ? AND (g.valid_until IS NULL OR g.valid_until > ?) ORDER BY d.id, "
                      "g.id",
                      role, now, now, now, now))) {
        auto holding = holding_of(row, 2);
        holding.deputy_for = row.id<PersonTag>(5);
        out.push_back({row.id<PersonTag>(0), row.text(1), std::move(holding)});
    }
    return out;
}

Result<> expect_browser_for(api::Call const& call, PersonId person) {
    if (person == call.caller.person && call.caller.session == 0) return fail(Kind::forbidden, "session.browser-only");
    return {};
}

Result<> rights_changed(storage::Transaction& tx, PersonId person, Instant now) {
    json::array people{json::string(person.str())};
    for (auto const& row : TRY(tx.query("SELECT deputy FROM deputy WHERE person = ?", person)))
        people.push_back(json::string(row.id<PersonTag>(0).str()));
    return live::publish(tx, now, rights_topic, 0, json::object{{"people", std::move(people)}});
}

}  // namespace keepword::people
