#include <algorithm>

#include "domain/case/case_run.hpp"

// Who gets a task, and who may do it: lanes bound to roles, enforced.
namespace keepword::cases {
namespace {

// Does a role held within a scope reach this case?
Result<bool> reaches(storage::Transaction& tx, api::Holding const& holding, Record const& record) {
    if (holding.scope_kind == "all" || holding.scope_kind == "department") return true;
    if (holding.scope_kind == "organisation") return holding.scope == record.organisation.str();
    // A region is an administrative code; a city's code begins those of its counties.
    auto const row = TRY(tx.one("SELECT region FROM organisation WHERE id = ?", record.organisation));
    auto scope = std::string_view(holding.scope);
    while (scope.size() > 2 && scope.ends_with("00")) scope.remove_suffix(2);
    return row && row->text(0).starts_with(scope);
}

// What a lane's kw:scope names on this case: ids of persons, departments or organisations, codes of regions.
std::vector<std::string> scope_of(feel::Expression const& scope, Running const& running) {
    auto const value = feel::evaluate(scope, known_values(running.record, running.engine));
    std::vector<std::string> names;
    auto const add = [&](json::value const& one) {
        if (one.is_string() && !one.get_string().empty()) names.emplace_back(one.get_string());
    };
    if (value.is_array())
        std::ranges::for_each(value.get_array(), add);
    else
        add(value);
    return names;
}

// Is the person this one, or of this department or one inside it?
Result<bool> is_or_belongs_to(storage::Transaction& tx, PersonId person, std::string const& name) {
    if (name == person.str()) return true;
    auto const row =
        TRY(tx.one("WITH RECURSIVE above (id, parent) AS (SELECT d.id, d.parent FROM department d JOIN person p "
                   "ON p.department = d.id WHERE p.id = ? UNION SELECT d.id, d.parent FROM department d JOIN above a "
                   "ON d.id = a.parent) SELECT 1 FROM above WHERE CAST(id AS TEXT) = ?",
                   person, name));
    return row.has_value();
}

// Does the lane's scope let a holder of its role act? Where it names an organisation or a region, a role held for that
// one or for everything does; where it names a person or a department, only who is or belongs to it. A scope that
// names nothing lets nobody act: a flowchart that narrows must not open the lane to all by a slip.
Result<bool> in_scope(storage::Transaction& tx, PersonId person, api::Holding const& holding,
                      std::vector<std::string> const& names) {
    for (auto const& name : names) {
        if (TRY(is_or_belongs_to(tx, person, name))) return true;
        if (holding.scope_kind == "organisation" || holding.scope_kind == "region") {
            if (holding.scope == name) return true;
        } else if (!TRY(tx.one("SELECT 1 FROM person WHERE CAST(id AS TEXT) = ? UNION ALL "
                               "SELECT 1 FROM department WHERE CAST(id AS TEXT) = ?",
                               name, name))) {
            return true;
        }
    }
    return false;
}

// A lane that is no role: whoever started the case.
bool is_starter(bpmn::Lane const& lane, Record const& record, PersonId person) {
    return person == record.opened_by && std::any_of(lane.roles.begin(), lane.roles.end(), [](std::string const& role) {
               return role == "customer" || role == "reporter" || role == "applicant";
           });
}

// `right.lane` where the person holds no role of the lane that reaches this case, `right.not-by` where they did a task
// whose doer may not act here.
Result<> may_act_in(Act const& act, Parts const& parts, Running const& running, bpmn::Lane const& lane,
                    PersonId person) {
    bool may = is_starter(lane, running.record, person);
    for (auto const& holding : TRY(parts.holdings(act.tx, person, act.now))) {
        bool const in_lane = std::find(lane.roles.begin(), lane.roles.end(), holding.role) != lane.roles.end();
        if (!in_lane || !TRY(reaches(act.tx, holding, running.record))) continue;
        if (!lane.scope || TRY(in_scope(act.tx, person, holding, scope_of(*lane.scope, running)))) may = true;
    }
    if (!may) return fail(Kind::forbidden, "right.lane");
    for (auto const& node : lane.not_by) {
        auto const row = TRY(act.tx.one("SELECT 1 FROM task WHERE case_id = ? AND element = ? AND done_by = ?",
                                        running.record.id, node, person));
        if (row) return fail(Kind::forbidden, "right.not-by");
    }
    return {};
}

// The persons a variable names (kw:assignee), one or several.
std::vector<PersonId> named(Running const& running, std::string_view variable, bpmn::Instance task) {
    std::vector<PersonId> out;
    auto const known = variable.empty() ? json::object() : running.engine.visible_at(task);
    auto const* value = known.if_contains(variable);
    auto const add = [&](json::value const& v) {
        if (auto const id = v.is_string() ? PersonId::parse(v.get_string()) : std::nullopt) out.push_back(*id);
    };
    if (value == nullptr) return out;
    if (value->is_array())
        std::for_each(value->get_array().begin(), value->get_array().end(), add);
    else
        add(*value);
    return out;
}

// Whoever did this lane's last task on the case goes on with it; the acceptance lane falls back on the owner.
Result<PersonId> usual_doer(Act const& act, Parts const& parts, Running const& running, bpmn::Lane const& lane) {
    // Without LIMIT, for which SQLite would make a table to sort these few in.
    auto const row =
        TRY(act.tx.one("SELECT done_by FROM task WHERE case_id = ? AND lane = ? AND state = 'done' "
                       "ORDER BY ended_at DESC, id DESC",
                       running.record.id, lane.id));
    PersonId person = row ? row->id<PersonTag>(0) : PersonId{};
    bool const acceptance = std::find(lane.roles.begin(), lane.roles.end(), "acceptance-engineer") != lane.roles.end();
    if (!person && acceptance) person = running.record.owner;
    if (!person) return person;
    auto const may = may_act_in(act, parts, running, lane, person);
    if (!may && may.error().kind != Kind::forbidden) return std::unexpected(may.error());
    return may ? person : PersonId{};
}

std::string joined(std::vector<std::string> const& words) {
    std::string out;
    for (auto const& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

Result<> add_candidate(storage::Transaction& tx, TaskId task, std::string_view kind, std::string const& value) {
    TRY(tx.execute("INSERT INTO task_candidate (kind, value, task) VALUES (?,?,?)", kind, value, task));
    return {};
}

// Whoever may claim it: the persons that the drawing names, else the holders of the lane's roles.
Result<> offer(storage::Transaction& tx, TaskId task, std::vector<PersonId> const& persons, bpmn::Lane const& lane) {
    for (auto const person : persons) TRY(add_candidate(tx, task, "person", person.str()));
    if (!persons.empty()) return {};
    for (auto const& role : lane.roles) TRY(add_candidate(tx, task, "role", role));
    return {};
}

}  // namespace

Result<> create_task(Act const& act, Parts const& parts, Running const& running, bpmn::TaskCreated const& created) {
    auto const& element = running.definition().at(created.element);
    auto const* lane = running.definition().lane_of(created.element);
    if (lane == nullptr) return fail(Kind::internal, "task.no-lane", element.id);
    auto const persons = named(running, element.attribute("assignee"), created.instance);
    PersonId assignee = persons.size() == 1 ? persons.front() : PersonId{};
    if (persons.empty()) assignee = TRY(usual_doer(act, parts, running, *lane));

    auto const id = parts.ids.next<TaskTag>();
    TRY(act.tx.execute(
        "INSERT INTO task (id, case_id, instance, element, name_zh, name_en, lane, role, state, assignee, "
        "created_at, claimed_at, urged, version) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,0,1)",
        id, running.record.id, created.instance, element.id, element.name, element.name_en, lane->id,
        joined(lane->roles), assignee ? "claimed" : "open", assignee, act.now,
        assignee ? std::optional(act.now) : std::nullopt));
    TRY(take_part(act.tx, running.record, assignee));
    // The candidates stay while the task is claimed: it may be given back.
    return offer(act.tx, id, persons, *lane);
}

Result<> redraw_task(Act const& act, Running const& running, bpmn::Token const& token) {
    auto const& element = running.definition().at(token.element);
    auto const task = TRY(task_of(act.tx, running.record.id, token.instance));
    if (!task) return {};
    auto const* lane = running.definition().lane_of(token.element);
    if (lane == nullptr) return fail(Kind::internal, "task.no-lane", element.id);
    TRY(
        act.tx.execute("UPDATE task SET element = ?, name_zh = ?, name_en = ?, lane = ?, role = ?, "
                       "version = version + 1 WHERE id = ?",
                       element.id, element.name, element.name_en, lane->id, joined(lane->roles), task->id));
    TRY(act.tx.execute("DELETE FROM task_candidate WHERE task = ?", task->id));
    return offer(act.tx, task->id, named(running, element.attribute("assignee"), token.instance), *lane);
}

Result<bool> holds_for(Act const& act, Parts const& parts, Record const& record, std::string const& role,
                       PersonId person) {
    for (auto const& holding : TRY(parts.holdings(act.tx, person, act.now))) {
        if (holding.role == role && TRY(reaches(act.tx, holding, record))) return true;
    }
    return false;
}

Result<> expect_may_do(Act const& act, Parts const& parts, Running const& running, TaskRow const& task,
                       PersonId person) {
    auto const index = running.definition().find(task.element);
    auto const* lane = index == bpmn::none ? nullptr : running.definition().lane_of(index);
    if (lane == nullptr) return fail(Kind::internal, "task.no-lane", task.element);
    return may_act_in(act, parts, running, *lane, person);
}

Result<> expect_to_do(storage::Transaction& tx, TaskRow const& task) {
    if (task.state == "open" || task.state == "claimed") return {};
    auto const row = TRY(tx.one("SELECT name FROM person WHERE id = ?", task.done_by));
    return fail(Error(Kind::conflict, "task.already-done")
                    .with("by", row ? row->text(0) : "")
                    .with("at", task.ended_at ? task.ended_at->str() : ""));
}

Result<> hand_over(Act const& act, Parts const& parts, Running const& running, TaskRow const& task, PersonId to,
                   Entry entry) {
    auto const changed = TRY(
        act.tx.execute("UPDATE task SET state = ?, assignee = ?, claimed_at = ?, version = version + 1 "
                       "WHERE id = ? AND state IN ('open','claimed') AND version = ?",
                       to ? "claimed" : "open", to, to ? std::optional(act.now) : std::nullopt, task.id, task.version));
    if (changed != 1) return fail(Kind::conflict, "task.somebody-else");
    TRY(take_part(act.tx, running.record, to));
    auto const& element = running.definition().at(running.definition().find(task.element));
    entry.element = element.id;
    entry.name_zh = element.name;
    entry.name_en = element.name_en;
    TRY(audit_case(act, task.case_id, "task." + entry.kind, {{"task", task.id.str()}, {"to", to.str()}}));
    TRY(add_entry(act, parts.ids, task.case_id, entry));
    return publish(act.tx, running.record, entry.kind, act.now);
}

Result<> Desk::claim(Act const& act, TaskId id) {
    auto const task = TRY(load_task(act.tx, id));
    TRY(expect_to_do(act.tx, task));
    auto const running = TRY(load_running(act, parts_, task.case_id));
    TRY(expect_may_do(act, parts_, running, task, act.actor));
    if (task.assignee == act.actor) return {};
    if (task.assignee) return fail(Kind::conflict, "task.somebody-else");
    return hand_over(act, parts_, running, task, act.actor, {.kind = "claimed"});
}

}  // namespace keepword::cases
