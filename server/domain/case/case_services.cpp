#include "domain/case/case_run.hpp"
#include "engine/live/live.hpp"

// What the service tasks of a flowchart do: they need nobody and act in the transaction that reached them.
namespace keepword::cases {
namespace {

// Whose role is for another region or organisation than the case's hears nothing of it.
Result<json::array> holders_of(Act const& act, Parts const& parts, Record const& record,
                               std::vector<std::string> const& roles) {
    json::array people;
    for (auto const& role : roles) {
        for (auto const person : TRY(parts.holders(act.tx, role, act.now))) {
            if (TRY(holds_for(act, parts, record, role, person))) people.push_back(json::string(person.str()));
        }
    }
    return people;
}

// Whoever has a task of the case in hand, and the case's owner.
Result<json::array> task_holders(Act const& act, Running const& running) {
    json::array people;
    for (auto const& row : TRY(act.tx.query(
             "SELECT DISTINCT assignee FROM task WHERE case_id = ? AND state = 'claimed'", running.record.id))) {
        people.push_back(json::string(row.id<PersonTag>(0).str()));
    }
    if (running.record.owner) people.push_back(json::string(running.record.owner.str()));
    return people;
}

}  // namespace

Result<> call_service(Act const& act, Parts const& parts, Running const& running, bpmn::ServiceCalled const& called) {
    auto const& element = running.definition().at(called.element);
    auto const service = element.attribute("service");
    std::vector<std::string> to;
    for (auto part : text::split(element.attribute("to"), ' ')) {
        if (!part.empty()) to.emplace_back(part);
    }
    json::array roles;
    for (auto const& role : to) roles.push_back(json::string(role));
    std::string_view const kind = service == "pass-on" ? "passed-on" : service == "escalate" ? "escalated" : "warned";
    TRY(add_entry(act, parts.ids, running.record.id,
                  {.kind = std::string(kind),
                   .element = element.id,
                   .name_zh = element.name,
                   .name_en = element.name_en,
                   .data = {{"to", std::move(roles)}}}));
    if (service == "pass-on") return {};
    // Shown at once wherever one of them has a browser open.
    bool const to_holders = to.empty() || to.front() == "task-holder";
    auto people = TRY(to_holders ? task_holders(act, running) : holders_of(act, parts, running.record, to));
    auto const& number = running.record.number;
    return live::publish(act.tx, act.now, "notice", running.record.id.value,
                         json::object{{"case", running.record.id.str()},
                                      {"number", number},
                                      {"text_zh", number + " " + element.name},
                                      {"text_en", number + " " + element.name_en},
                                      {"people", std::move(people)}});
}

}  // namespace keepword::cases
