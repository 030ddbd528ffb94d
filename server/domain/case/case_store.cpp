#include "domain/case/case_store.hpp"

#include <fmt/core.h>

#include <utility>

#include "engine/audit/audit.hpp"
#include "engine/live/live.hpp"

namespace keepword::cases {
namespace {

template <class T>
std::optional<T> optional_of(storage::Row const& row, std::size_t i) {
    return row.null(i) ? std::nullopt : std::optional<T>(row.text(i));
}

std::string shown(std::optional<std::string> const& v) {
    return v.value_or("");
}
std::string shown(std::string const& v) {
    return v;
}
template <class Tag>
std::string shown(Id<Tag> v) {
    return v ? v.str() : "";
}
template <class E>
    requires std::is_enum_v<E>
std::string shown(E v) {
    return json::word(v);
}

// One fact, if it was given and is another than before.
template <class Old, class New>
void apply_fact(json::object& changes, std::string_view name, Old& old, std::optional<New> const& given) {
    if (!given) return;
    Old next{};
    if constexpr (requires { given->value; } && !requires { given->str(); })
        next = given->value;
    else
        next = *given;
    if constexpr (std::is_same_v<Old, std::optional<std::string>>) {
        if (next && next->empty()) next.reset();
    }
    if (next == old) return;
    changes[name] = json::object{{"old", shown(old)}, {"new", shown(next)}};
    old = std::move(next);
}

}  // namespace

Result<Record> load_record(storage::Transaction& tx, CaseId id) {
    auto const found = TRY(tx.one(
        "SELECT number, kind, process_hash, title, description, state, urgency, severity, category, channel, "
        "organisation, contact, contact_name, contact_phone, contact_email, site, asset, owner, opened_by, opened_at, "
        "updated_at, closed_at, due_at, paused_at, paused_until, paused_reason, parent_case, parent_instance, version "
        "FROM cases WHERE id = ?",
        id));
    if (!found) return fail(Kind::not_found, "not-found");
    auto const& r = *found;
    return Record{.id = id,
                  .number = r.text(0),
                  .kind = r.text(1),
                  .process_hash = r.text(2),
                  .title = r.text(3),
                  .description = r.text(4),
                  .state = r.word<State>(5),
                  .urgency = r.word<Urgency>(6),
                  .severity = r.optional_text(7),
                  .category = r.optional_text(8),
                  .channel = r.word<Channel>(9),
                  .organisation = r.id<AnyTag>(10),
                  .contact = r.id<PersonTag>(11),
                  .contact_name = r.optional_text(12),
                  .contact_phone = r.optional_text(13),
                  .contact_email = r.optional_text(14),
                  .site = r.id<AnyTag>(15),
                  .asset = r.id<AnyTag>(16),
                  .owner = r.id<PersonTag>(17),
                  .opened_by = r.id<PersonTag>(18),
                  .opened_at = r.instant(19),
                  .updated_at = r.instant(20),
                  .closed_at = r.optional_instant(21),
                  .due_at = r.optional_instant(22),
                  .paused_at = r.optional_instant(23),
                  .paused_until = r.optional_instant(24),
                  .paused_reason = r.optional_text(25),
                  .parent = r.id<CaseTag>(26),
                  .parent_instance = r.integer(27),
                  .version = r.integer(28)};
}

Result<> insert_record(storage::Transaction& tx, Record const& r) {
    TRY(tx.execute(
        "INSERT INTO cases (id, number, kind, process_hash, title, description, state, urgency, severity, category, "
        "channel, organisation, contact, contact_name, contact_phone, contact_email, site, asset, owner, opened_by, "
        "opened_at, updated_at, closed_at, due_at, paused_at, paused_until, paused_reason, parent_case, "
        "parent_instance, version) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        r.id, r.number, r.kind, r.process_hash, r.title, r.description, r.state, r.urgency, r.severity, r.category,
        r.channel, r.organisation, r.contact, r.contact_name, r.contact_phone, r.contact_email, r.site, r.asset,
        r.owner, r.opened_by, r.opened_at, r.updated_at, r.closed_at, r.due_at, r.paused_at, r.paused_until,
        r.paused_reason, r.parent, r.parent_instance, r.version));
    TRY(take_part(tx, r, r.owner));
    return take_part(tx, r, r.opened_by);
}

Result<> take_part(storage::Transaction& tx, Record const& record, PersonId person) {
    if (!person) return {};
    TRY(tx.execute("INSERT INTO case_person (person, kind, case_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", person,
                   record.kind, record.id));
    return {};
}

Result<> save_record(storage::Transaction& tx, Record& r, Instant now) {
    r.updated_at = now;
    ++r.version;
    if (!std::exchange(r.facts_changed, false)) {
        TRY(
            tx.execute("UPDATE cases SET state=?, owner=?, updated_at=?, closed_at=?, due_at=?, paused_at=?, "
                       "paused_until=?, paused_reason=?, version=? WHERE id=?",
                       r.state, r.owner, r.updated_at, r.closed_at, r.due_at, r.paused_at, r.paused_until,
                       r.paused_reason, r.version, r.id));
        return {};
    }
    TRY(tx.execute(
        "UPDATE cases SET title=?, description=?, state=?, urgency=?, severity=?, category=?, organisation=?, "
        "contact=?, "
        "contact_name=?, contact_phone=?, contact_email=?, site=?, asset=?, owner=?, updated_at=?, closed_at=?, "
        "due_at=?, paused_at=?, paused_until=?, paused_reason=?, version=? WHERE id=?",
        r.title, r.description, r.state, r.urgency, r.severity, r.category, r.organisation, r.contact, r.contact_name,
        r.contact_phone, r.contact_email, r.site, r.asset, r.owner, r.updated_at, r.closed_at, r.due_at, r.paused_at,
        r.paused_until, r.paused_reason, r.version, r.id));
    return {};
}

Result<bpmn::State> load_engine(storage::Transaction& tx, CaseId id, bpmn::Definition const& definition) {
    auto const row = TRY(tx.one("SELECT state FROM case_engine WHERE case_id = ?", id));
    if (!row) return bpmn::State{};
    return bpmn::state_from_json(row->json(0), definition);
}

Result<> save_engine(storage::Transaction& tx, CaseId id, json::value const& state, bool first) {
    if (first)
        TRY(tx.execute("INSERT INTO case_engine (case_id, state) VALUES (?,?)", id, state));
    else
        TRY(tx.execute("UPDATE case_engine SET state = ? WHERE case_id = ?", state, id));
    return {};
}

Result<std::string> next_number(storage::Transaction& tx, std::string const& prefix, Instant now) {
    auto const day = day_at(now, hours(8)).str();
    TRY(
        tx.execute("INSERT INTO case_number (prefix, day, last) VALUES (?,?,1) "
                   "ON CONFLICT (prefix, day) DO UPDATE SET last = case_number.last + 1",
                   prefix, day));
    auto const row = TRY(tx.one("SELECT last FROM case_number WHERE prefix = ? AND day = ?", prefix, day));
    return fmt::format("{}{}{}{}-{:04}", prefix, day.substr(0, 4), day.substr(5, 2), day.substr(8, 2), row->integer(0));
}

namespace {

TaskRow task_from(storage::Row const& r) {
    return {.id = r.id<TaskTag>(0),
            .case_id = r.id<CaseTag>(1),
            .instance = r.integer(2),
            .element = r.text(3),
            .lane = r.text(4),
            .role = r.text(5),
            .state = r.text(6),
            .assignee = r.id<PersonTag>(7),
            .done_by = r.id<PersonTag>(8),
            .ended_at = r.optional_instant(9),
            .due_at = r.optional_instant(10),
            .version = r.integer(11)};
}

}  // namespace

Result<TaskRow> load_task(storage::Transaction& tx, TaskId id) {
    auto const row =
        TRY(tx.one("SELECT id, case_id, instance, element, lane, role, state, assignee, done_by, ended_at, "
                   "due_at, version FROM task WHERE id = ?",
                   id));
    if (!row) return fail(Kind::not_found, "not-found");
    return task_from(*row);
}

Result<std::optional<TaskRow>> task_of(storage::Transaction& tx, CaseId id, bpmn::Instance instance) {
    auto const row =
        TRY(tx.one("SELECT id, case_id, instance, element, lane, role, state, assignee, done_by, ended_at, "
                   "due_at, version FROM task WHERE case_id = ? AND instance = ?",
                   id, instance));
    return row ? std::optional(task_from(*row)) : std::nullopt;
}

Result<EntryId> add_entry(Act const& act, IdSource& ids, CaseId id, Entry const& e) {
    auto const entry = ids.next<EntryTag>();
    auto const some = [](std::string const& v) { return v.empty() ? std::nullopt : std::optional(v); };
    TRY(
        act.tx.execute("INSERT INTO timeline (id, case_id, at, kind, actor, element, name_zh, name_en, text, data) "
                       "VALUES (?,?,?,?,?,?,?,?,?,?)",
                       entry, id, act.now, e.kind, act.actor, some(e.element), some(e.name_zh), some(e.name_en),
                       some(e.text), e.data));
    TRY(index_entry(act.tx, id, entry, e));
    return entry;
}

json::object apply_facts(Record& r, Facts const& f) {
    json::object changes;
    apply_fact(changes, "title", r.title, f.title);
    apply_fact(changes, "description", r.description, f.description);
    apply_fact(changes, "organisation", r.organisation, f.organisation);
    apply_fact(changes, "contact", r.contact, f.contact);
    apply_fact(changes, "contact_name", r.contact_name, f.contact_name);
    apply_fact(changes, "contact_phone", r.contact_phone, f.contact_phone);
    apply_fact(changes, "contact_email", r.contact_email, f.contact_email);
    apply_fact(changes, "site", r.site, f.site);
    apply_fact(changes, "asset", r.asset, f.asset);
    apply_fact(changes, "category", r.category, f.category);
    apply_fact(changes, "urgency", r.urgency, f.urgency);
    apply_fact(changes, "severity", r.severity, f.severity);
    r.facts_changed = r.facts_changed || !changes.empty();
    return changes;
}

Result<> publish(storage::Transaction& tx, Record const& r, std::string const& what, Instant now) {
    // Who may hear it is decided without a database when it is sent, so the event carries what that takes.
    json::array people;
    for (auto const& row :
         TRY(tx.query("SELECT DISTINCT assignee FROM task WHERE case_id = ? AND assignee IS NOT NULL", r.id))) {
        people.push_back(json::string(row.id<PersonTag>(0).str()));
    }
    if (r.owner) people.push_back(json::string(r.owner.str()));
    if (r.opened_by) people.push_back(json::string(r.opened_by.str()));
    auto const region = TRY(tx.one("SELECT region FROM organisation WHERE id = ?", r.organisation));
    return live::publish(tx, now, "case", r.id.value,
                         json::object{{"case", r.id.str()},
                                      {"what", what},
                                      {"kind", r.kind},
                                      {"organisation", r.organisation.str()},
                                      {"region", region ? region->text(0) : ""},
                                      {"people", std::move(people)}});
}

Result<> audit_case(Act const& act, CaseId id, std::string const& action, json::object data) {
    return audit::append(act.tx, {.chain = "case:" + id.str(),
                                  .at = act.now,
                                  .actor = act.actor.str(),
                                  .action = action,
                                  .subject = id.str(),
                                  .data = std::move(data)});
}

Result<std::optional<CaseId>> case_named(storage::Transaction& tx, std::string const& name) {
    auto const row =
        TRY(tx.one("SELECT id FROM cases WHERE number = ? OR id = ?", name, CaseId::parse(name).value_or(CaseId{})));
    return row ? std::optional(row->id<CaseTag>(0)) : std::nullopt;
}

Result<std::string> setting(storage::Transaction& tx, std::string const& key, std::string const& otherwise) {
    auto const row = TRY(tx.one("SELECT value FROM setting WHERE key = ?", key));
    return row ? row->text(0) : otherwise;
}

}  // namespace keepword::cases
