#include <algorithm>
#include <array>

#include "domain/case/case_views.hpp"

// Tasks (待办) as the workbench shows them.
namespace keepword::cases {
namespace {

storage::Select select_tasks() {
    return storage::Select(
        "SELECT t.id, c.id, c.number, c.title, c.kind, c.state, c.urgency, o.id, o.name, t.element, "
        "t.name_zh, t.name_en, t.role, t.state, p.id, p.name, t.created_at, t.due_at, t.urged, t.version "
        "FROM task t JOIN cases c ON c.id = t.case_id "
        "LEFT JOIN organisation o ON o.id = c.organisation LEFT JOIN person p ON p.id = t.assignee");
}

TaskRowView task_row(storage::Row const& r, Instant now) {
    TaskRowView out{.id = r.id<TaskTag>(0),
                    .case_ = {.id = r.id<CaseTag>(1),
                              .number = r.text(2),
                              .title = r.text(3),
                              .kind = r.text(4),
                              .state = r.word<State>(5),
                              .urgency = r.word<Urgency>(6),
                              .organisation = ref_at(r, 7, 8)},
                    .element = r.text(9),
                    .name_zh = r.text(10),
                    .name_en = r.text(11),
                    .role = r.text(12),
                    .state = r.text(13),
                    .assignee = ref_at(r, 14, 15),
                    .created_at = r.instant(16),
                    .due_at = r.optional_instant(17),
                    .urged = r.integer(18),
                    .version = r.integer(19)};
    out.overdue = out.due_at && *out.due_at < now;
    return out;
}

std::vector<std::string> role_names(api::Caller const& caller) {
    std::vector<std::string> names;
    for (auto const& holding : caller.roles) names.push_back(holding.role);
    return names;
}

std::string listed_roles(api::Caller const& caller) {
    std::string roles = ",";
    for (auto const& role : role_names(caller)) roles += role + ",";
    return roles;
}

// Which of the workbench's lists: what I have, what I may take, what others have on my cases, what is late.
void view(storage::Select& select, api::Call const& call, std::string const& name) {
    auto const me = call.caller.person;
    if (name == "claimable") {
        select.where("t.state = 'open'");
        select.where(
            "EXISTS (SELECT 1 FROM task_candidate k WHERE k.task = t.id AND ((k.kind = 'person' AND k.value = ?) "
            "OR (k.kind = 'role' AND ? LIKE '%,' || k.value || ',%')))",
            me.str(), listed_roles(call.caller));
    } else if (name == "others") {
        select.where("t.state IN ('open','claimed') AND c.owner = ? AND (t.assignee IS NULL OR t.assignee <> ?)", me,
                     me);
    } else if (name == "overdue") {
        select.where("t.state IN ('open','claimed') AND t.due_at < ?", call.now);
        // Whoever coordinates looks after everybody's; others after what they do, may do, or answer for.
        if (!call.caller.may("cases.delegate-any")) {
            select.where(
                "t.assignee = ? OR c.owner = ? OR (t.state = 'open' AND EXISTS (SELECT 1 FROM task_candidate k WHERE "
                "k.task = t.id AND ((k.kind = 'person' AND k.value = ?) OR (k.kind = 'role' AND ? LIKE '%,' || k.value "
                "|| "
                "',%'))))",
                me, me, me.str(), listed_roles(call.caller));
        }
    } else {
        select.where("t.state = 'claimed' AND t.assignee = ?", me);
    }
}

FormView form_view(process::Form const& form) {
    FormView out{.title_zh = form.title.zh, .title_en = form.title.en, .fields = {}};
    auto const some = [](std::string const& v) { return v.empty() ? std::nullopt : std::optional(v); };
    for (auto const& f : form.fields) {
        out.fields.push_back({.id = f.id,
                              .type = f.type,
                              .label_zh = f.label.zh,
                              .label_en = f.label.en,
                              .help_zh = some(f.help.zh),
                              .help_en = some(f.help.en),
                              .required = f.required,
                              .max = f.max,
                              .min = f.min,
                              .when = some(f.when_text),
                              .role = some(f.role),
                              .choices = f.choices});
    }
    return out;
}

// What the form's fields hold already: nothing that the form does not ask for leaves by this way.
json::object values_for(process::Form const& form, json::object const& known) {
    json::object out;
    for (auto const& field : form.fields) {
        auto const value_of = [&](std::string const& name) {
            auto const* value = known.if_contains(name);
            return value != nullptr && value->is_null() ? nullptr : value;
        };
        auto const* found = value_of(field.id);
        for (auto const& name : field.from) {
            if (found == nullptr) found = value_of(name);
        }
        if (found != nullptr) out[field.id] = *found;
    }
    return out;
}

Result<std::vector<api::Ref>> delegates_of(storage::Transaction& tx, Parts const& parts, api::Caller const& caller,
                                           bpmn::Lane const& lane, Instant now) {
    std::vector<PersonId> persons;
    for (auto const& role : lane.roles) {
        for (auto const person : TRY(parts.holders(tx, role, now))) {
            if (TRY(may_know_of(tx, caller, person))) persons.push_back(person);
        }
    }
    std::vector<api::Ref> out;
    storage::Select select("SELECT id, name FROM person");
    select.where_in("id", persons).end("ORDER BY name LIMIT 200");
    for (auto const& row : TRY(tx.query(select))) out.push_back({std::to_string(row.integer(0)), row.text(1)});
    return out;
}

std::vector<std::string> allowed(TaskRow const& task, api::Caller const& caller, bool may_do) {
    if (task.state != "open" && task.state != "claimed") return {};
    bool const mine = task.assignee == caller.person;
    std::vector<std::string> may;
    if (task.state == "open" && may_do) may.insert(may.end(), {"claim", "complete"});
    if (mine && may_do) may.insert(may.end(), {"release", "return", "complete"});
    if ((mine && may_do) || caller.may("cases.delegate-any")) may.emplace_back("delegate");
    return may;
}

}  // namespace

Result<bool> may_know_of(storage::Transaction& tx, api::Caller const& caller, PersonId person) {
    if (caller.may("people.read")) return true;
    return TRY(tx.one("SELECT 1 FROM person p JOIN person q ON q.id = ? WHERE p.id = ? AND (p.id = q.id "
                      "OR p.organisation = q.organisation OR p.department = q.department)",
                      caller.person, person))
        .has_value();
}

// `?mine`, `?claimable`, `?others`, `?overdue`, or `?view=` with one of these; mine where nothing is said.
Result<std::string> wanted_view(api::Query const& query) {
    constexpr std::array<std::string_view, 4> known{"mine", "claimable", "others", "overdue"};
    for (auto const view : known) {
        if (query.flag(view)) return std::string(view);
    }
    auto named = query.get("view").value_or("mine");
    if (std::ranges::find(known, named) == known.end()) return invalid("view", "choice");
    return named;
}

Result<api::Page<TaskRowView>> list_tasks(storage::Transaction& tx, Parts const& parts, api::Call const& call) {
    auto const limit = TRY(call.limit());
    auto const name = TRY(wanted_view(call.query));
    auto select = select_tasks();
    view(select, call, name);
    see(select, TRY(sight_of(tx, parts.library, call.caller)));
    // By what is due next; what has no deadline comes last. The cursor is how many were seen: these lists are short.
    auto const seen = TRY(call.query_id<struct OffsetTag>("cursor"));
    std::int64_t const offset = seen ? seen->value : 0;
    select.end("ORDER BY CASE WHEN t.due_at IS NULL THEN 1 ELSE 0 END, t.due_at, t.id LIMIT ? OFFSET ?", limit + 1,
               offset);
    api::Page<TaskRowView> page;
    for (auto const& r : TRY(tx.query(select))) page.items.push_back(task_row(r, call.now));
    if (static_cast<std::int64_t>(page.items.size()) > limit) {
        page.items.pop_back();
        page.next = std::to_string(offset + limit);
    }
    return page;
}

Result<std::int64_t> count_tasks(storage::Transaction& tx, Parts const& parts, api::Call const& call,
                                 std::string const& name) {
    storage::Select select("SELECT count(*) FROM task t JOIN cases c ON c.id = t.case_id");
    view(select, call, name);
    see(select, TRY(sight_of(tx, parts.library, call.caller)));
    return TRY(tx.query(select)).front().integer(0);
}

Result<TaskView> read_task(storage::Transaction& tx, Parts const& parts, api::Caller const& caller, TaskId id,
                           Instant now) {
    auto const task = TRY(load_task(tx, id));
    TRY(expect_visible(tx, parts.library, caller, task.case_id));
    auto select = select_tasks();
    select.where("t.id = ?", id);
    auto const rows = TRY(tx.query(select));
    auto row = task_row(rows.front(), now);
    Act const act{tx, now, caller.person};
    auto const running = TRY(load_running(act, parts, task.case_id));
    bool const may_do = expect_may_do(act, parts, running, task, caller.person).has_value();
    auto const index = running.definition().find(task.element);
    TaskView out{.id = id,
                 .case_ = std::move(row.case_),
                 .element = row.element,
                 .name_zh = row.name_zh,
                 .name_en = row.name_en,
                 .role = row.role,
                 .state = row.state,
                 .assignee = row.assignee,
                 .created_at = row.created_at,
                 .due_at = row.due_at,
                 .overdue = row.overdue,
                 .urged = row.urged,
                 .version = row.version};
    if (auto const* form = running.version->form_of(task.element)) {
        out.form = form_view(*form);
        out.values = values_for(*form, known_values(running.record, running.engine, task.instance));
    }
    for (auto const& o : running.definition().outcomes(index)) out.outcomes.push_back({o.value, o.name, o.name_en});
    for (auto& clock : TRY(clocks_of(tx, task.case_id))) {
        bool const open = clock.state == "running" || clock.state == "paused" || clock.state == "broken";
        if (open && clock.due_at == row.due_at) out.clock = std::move(clock);
    }
    out.may = allowed(task, caller, may_do);
    auto const* lane = running.definition().lane_of(index);
    if (lane != nullptr && std::find(out.may.begin(), out.may.end(), "delegate") != out.may.end()) {
        out.delegates = TRY(delegates_of(tx, parts, caller, *lane, now));
    }
    return out;
}

}  // namespace keepword::cases
