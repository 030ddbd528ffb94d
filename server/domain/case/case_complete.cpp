#include "domain/case/case_clocks.hpp"
#include "domain/case/case_run.hpp"

// Completing a task: exactly once, by whoever may, with what its form asks for.
namespace keepword::cases {
namespace {

Result<Facts> facts_of(json::object const& entered) {
    json::object given;
    for (auto const& [name, value] : entered) {
        // An emptied text is taken out; an emptied choice stays as it was.
        if (!value.is_null())
            given[name] = value;
        else if (name.starts_with("contact_") || name == "description")
            given[name] = "";
    }
    auto facts = json::decode<Facts>(given);
    if (!facts) {
        for (auto& field : facts.error().fields) field.field = "case." + field.field;
    }
    return facts;
}

// Persons a form names must be there, and hold the role that the form asks for: a task is given to whom it names.
Result<> expect_persons(Act const& act, Parts const& parts, process::Form const& form, json::object const& entered) {
    Error error(Kind::invalid, "input.invalid");
    auto const check = [&](process::Field const& field, json::value const& one) -> Result<> {
        auto const person = one.is_string() ? PersonId::parse(one.get_string()) : std::nullopt;
        if (!person || !TRY(act.tx.one("SELECT 1 FROM person WHERE id = ? AND active = 1", *person))) {
            error.fields.push_back({field.id, "not-there"});
        } else if (!field.role.empty()) {
            auto const held = TRY(parts.holdings(act.tx, *person, act.now));
            if (std::ranges::find(held, field.role, &api::Holding::role) == held.end())
                error.fields.push_back({field.id, "not-in-role"});
        }
        return {};
    };
    for (auto const& field : form.fields) {
        auto const* value = entered.if_contains(field.id);
        if (value == nullptr || value->is_null()) continue;
        if (field.type == process::FieldType::person) TRY(check(field, *value));
        if (field.type == process::FieldType::persons && value->is_array()) {
            for (auto const& one : value->get_array()) TRY(check(field, one));
        }
    }
    if (!error.fields.empty()) return std::unexpected(std::move(error));
    return {};
}

// Files a form names are those of this case: the id of another case's file is as good as none.
Result<> expect_files(Act const& act, CaseId id, process::Form const& form, json::object const& entered) {
    Error error(Kind::invalid, "input.invalid");
    for (auto const& field : form.fields) {
        auto const* value = entered.if_contains(field.id);
        if (field.type != process::FieldType::files || value == nullptr || !value->is_array()) continue;
        for (auto const& one : value->get_array()) {
            auto const file = one.is_string() ? AttachmentId::parse(one.get_string()) : std::nullopt;
            if (!file || !TRY(act.tx.one("SELECT 1 FROM attachment WHERE id = ? AND case_id = ?", *file, id)))
                error.fields.push_back({field.id, "not-there"});
        }
    }
    if (!error.fields.empty()) return std::unexpected(std::move(error));
    return {};
}

// Compare-and-set: of two who complete at once, one row changes hands once.
Result<bool> mark_done(Act const& act, TaskRow const& task, std::optional<std::string> const& outcome) {
    auto const changed = TRY(act.tx.execute(
        "UPDATE task SET state = 'done', assignee = ?, done_by = ?, ended_at = ?, outcome = ?, version = version + 1 "
        "WHERE id = ? AND state IN ('open','claimed') AND version = ?",
        act.actor, act.actor, act.now, outcome, task.id, task.version));
    TRY(act.tx.execute("DELETE FROM task_candidate WHERE task = ?", task.id));
    return changed == 1;
}

// The answer to the customer goes out by mail where the form says that mail is how it is told.
Result<> answer_customer(Act const& act, Parts const& parts, Running const& running, bpmn::Element const& element,
                         EntryId entry, json::object const& variables) {
    auto const field = element.attribute("answer");
    if (field.empty()) return {};
    auto const* channel = variables.if_contains("channel");
    auto const* reply = variables.if_contains(field);
    if (channel == nullptr || *channel != "mail") return {};
    auto const& r = running.record;
    if (!r.contact_email || r.contact_email->empty()) return invalid("case.contact_email", "required");
    if (reply == nullptr || !reply->is_string()) return invalid(std::string(field), "required");
    return parts.tell_customer(act.tx,
                               {.id = r.id,
                                .number = r.number,
                                .title = r.title,
                                .to_address = *r.contact_email,
                                .to_name = r.contact_name.value_or(""),
                                .text = std::string(reply->get_string()),
                                .entry = entry},
                               act.now);
}

}  // namespace

json::object known_values(Record const& r, bpmn::State const& engine, bpmn::Instance task) {
    json::object known = engine.visible_at(task);
    known.erase("outcome");
    auto const put = [&](char const* name, auto const& value) {
        if (value) known[name] = json::encode(*value);
    };
    auto const put_id = [&](char const* name, auto id) {
        if (id) known[name] = json::string(id.str());
    };
    known["case.title"] = r.title;
    known["case.description"] = r.description;
    known["case.urgency"] = json::word(r.urgency);
    put("case.severity", r.severity);
    put("case.category", r.category);
    put("case.contact_name", r.contact_name);
    put("case.contact_phone", r.contact_phone);
    put("case.contact_email", r.contact_email);
    put_id("case.organisation", r.organisation);
    put_id("case.contact", r.contact);
    put_id("case.site", r.site);
    put_id("case.asset", r.asset);
    return known;
}

Result<> Desk::complete(Act const& act, TaskId id, std::optional<std::string> const& outcome,
                        json::object const& fields) {
    auto const task = TRY(load_task(act.tx, id));
    TRY(expect_to_do(act.tx, task));
    auto running = TRY(load_running(act, parts_, task.case_id));
    TRY(expect_may_do(act, parts_, running, task, act.actor));
    if (task.assignee && task.assignee != act.actor) return fail(Kind::conflict, "task.somebody-else");

    process::Entered entered;
    if (auto const* form = running.version->form_of(task.element)) {
        entered = TRY(process::check_entered(*form, outcome, fields,
                                             known_values(running.record, running.engine, task.instance)));
        TRY(expect_persons(act, parts_, *form, entered.variables));
        TRY(expect_files(act, task.case_id, *form, entered.variables));
    } else if (!fields.empty()) {
        return invalid("fields", "not-asked");
    }
    auto const facts = TRY(facts_of(entered.record));
    if (auto known = expect_known(act.tx, facts); !known) {
        for (auto& field : known.error().fields) field.field = "case." + field.field;
        return known;
    }
    if (!TRY(mark_done(act, task, outcome))) {
        TRY(expect_to_do(act.tx, TRY(load_task(act.tx, id))));
        return fail(Kind::conflict, "task.somebody-else");
    }
    auto const changes = apply_facts(running.record, facts);
    if (!changes.empty()) TRY(index_case(act.tx, running.record));
    // The first who does something on a case keeps following it to its end (ACC-04).
    if (!running.record.owner) running.record.owner = act.actor;
    TRY(take_part(act.tx, running.record, act.actor));

    auto const& element = running.definition().at(running.definition().find(task.element));
    json::object data{{"fields", entered.variables}};
    if (outcome) data["outcome"] = *outcome;
    if (!changes.empty()) data["changes"] = changes;
    auto const entry = TRY(add_entry(act, parts_.ids, task.case_id,
                                     {.kind = "completed",
                                      .element = task.element,
                                      .name_zh = element.name,
                                      .name_en = element.name_en,
                                      .data = std::move(data)}));
    TRY(stop_clocks_of(act, task.case_id, task.instance, true));
    json::object known = running.engine.visible_at(task.instance);  // before the step, which may end the task's round
    for (auto const& [name, value] : entered.variables) known[name] = value;
    TRY(answer_customer(act, parts_, running, element, entry, known));
    return run(*this, act, running, bpmn::CompleteTask{task.instance, outcome, entered.variables});
}

}  // namespace keepword::cases
