#pragma once
#include "domain/case/case_store.hpp"

// The shell round the engine's core: loads a case, lets the core decide, and does what it says.
namespace keepword::cases {

// A case in the middle of an act: what was read, and is written when the act is done.
struct Running {
    Record record;
    process::VersionPtr version;
    bpmn::State engine;
    bool fresh = false;  // its process has not started yet

    bpmn::Definition const& definition() const { return *version->definition; }
};

Result<Running> load_running(Act const& act, Parts const& parts, CaseId id);

// Hands the event to the core, applies the effects and saves the case, and then does what that leads to in other cases
// (case_afterwards.hpp), this one among them: `running` may be older than what is kept. Everything in the act's
// transaction.
Result<> run(Desk& desk, Act const& act, Running& running, bpmn::Event const& event);

// What its process says to others (case_events.cpp), after this act: a signal to all cases that hear it, a message to a
// linked case.
Result<> remember_what_it_hears(Act const& act, Running const& running);
Result<> forget_what_it_hears(Act const& act, CaseId id);
Result<> spread_signal(Act const& act, Parts const& parts, Running const& from, bpmn::SignalThrown const& thrown);
Result<> send_message(Act const& act, Parts const& parts, Running const& from, bpmn::MessageSent const& sent);

// What a case is about must be there; that it may be seen was the business of whoever offered it (case_desk.cpp).
Result<> expect_known(storage::Transaction& tx, Facts const& facts);

// The end of a pause, whether somebody resumes or the case ends: its row, its alarm, the record's fields
// (case_desk.cpp).
Result<> end_pause(Act const& act, Record& record);

// Makes a waiting user task something a person can see and claim (case_assign.cpp).
Result<> create_task(Act const& act, Parts const& parts, Running const& running, bpmn::TaskCreated const& created);
// A task that goes on under another version of the drawing has its names, lane and candidates from that.
Result<> redraw_task(Act const& act, Running const& running, bpmn::Token const& token);
// Does what the effects of a step say and saves the case. Within with_what_follows().
Result<> apply_effects(Parts const& parts, Act const& act, Running& running, std::vector<bpmn::Effect> const& effects);
// Lets a service task act: passes on, escalates, warns (case_services.cpp).
Result<> call_service(Act const& act, Parts const& parts, Running const& running, bpmn::ServiceCalled const& called);

// What a form starts with and its conditions see: the variables at a task, those of its round before the process's,
// and the record's facts as "case.…".
json::object known_values(Record const& record, bpmn::State const& engine, bpmn::Instance task = 0);

// Does this person hold the role, within a scope that reaches this case?
Result<bool> holds_for(Act const& act, Parts const& parts, Record const& record, std::string const& role,
                       PersonId person);

// `task.already-done`, with who was first and when, where there is nothing left to do.
Result<> expect_to_do(storage::Transaction& tx, TaskRow const& task);
// A task changes hands by compare-and-set: of two who claim at once, one gets it. To nobody: whoever may claim it.
Result<> hand_over(Act const& act, Parts const& parts, Running const& running, TaskRow const& task, PersonId to,
                   Entry entry);

// May this person act in the lane of this task, on this case? `right.lane` where not, `right.not-by` where the person
// did a task whose doer may not do this one.
Result<> expect_may_do(Act const& act, Parts const& parts, Running const& running, TaskRow const& task,
                       PersonId person);

}  // namespace keepword::cases
