#include "domain/case/case_run.hpp"

#include "domain/case/case_clocks.hpp"
#include "domain/case/case_repair.hpp"
#include "foundation/log.hpp"

namespace keepword::cases {
namespace {

constexpr int max_call_depth = 8;  // processes calling processes

// Applies the effects of one step in their order, and remembers what must wait until the case is saved.
class Effects {
  public:
    Effects(Act const& act, Parts const& parts, Running& running) : act_(act), parts_(parts), running_(running) {}

    Result<> apply(std::vector<bpmn::Effect> const& effects) {
        for (auto const& effect : effects) {
            auto done = std::visit([this](auto const& e) { return on(e); }, effect);
            if (!done) return done;
        }
        return {};
    }

    std::vector<bpmn::CallStarted> started;
    std::vector<bpmn::CallCancelled> cancelled;
    std::vector<bpmn::MessageSent> sent;
    std::vector<bpmn::Escalated> escalated;
    std::optional<bpmn::Ended> ended;

  private:
    CaseId id() const { return running_.record.id; }
    bpmn::Element const& at(bpmn::Index element) const { return running_.definition().at(element); }

    Result<> on(bpmn::Traced const& t) {
        auto const& name = bpmn::id_of(t, running_.definition());
        switch (t.what) {
            case bpmn::Trace::enter:
                TRY(
                    act_.tx.execute("INSERT INTO case_visit (case_id, instance, element, entered_at) VALUES (?,?,?,?) "
                                    "ON CONFLICT (case_id, instance, element) DO NOTHING",
                                    id(), t.instance, name, act_.now));
                break;
            case bpmn::Trace::leave:
            case bpmn::Trace::cancel:
                TRY(act_.tx.execute(
                    "UPDATE case_visit SET left_at = ? WHERE case_id = ? AND instance = ? AND element = ?", act_.now,
                    id(), t.instance, name));
                // A timer event that waited on its own has no task whose end would end its clock.
                if (at(t.element).type == bpmn::Type::intermediate_catch_event) {
                    TRY(stop_clocks_of(act_, id(), t.instance, t.what == bpmn::Trace::leave));
                }
                break;
            case bpmn::Trace::take:
                TRY(
                    act_.tx.execute("INSERT INTO case_flow (case_id, flow, times) VALUES (?,?,1) "
                                    "ON CONFLICT (case_id, flow) DO UPDATE SET times = case_flow.times + 1",
                                    id(), name));
                break;
            default:
                break;
        }
        return {};
    }
    Result<> on(bpmn::TaskCreated const& e) { return create_task(act_, parts_, running_, e); }
    Result<> on(bpmn::TaskCancelled const& e) {
        TRY(
            act_.tx.execute("UPDATE task SET state = 'cancelled', ended_at = ?, version = version + 1 "
                            "WHERE case_id = ? AND instance = ? AND state IN ('open','claimed')",
                            act_.now, id(), e.instance));
        TRY(act_.tx.execute(
            "DELETE FROM task_candidate WHERE task IN (SELECT id FROM task WHERE case_id = ? AND instance = ?)", id(),
            e.instance));
        return stop_clocks_of(act_, id(), e.instance, false);
    }
    Result<> on(bpmn::TimerSet const& e) {
        return start_clock(act_, parts_, running_.record, running_.definition(), e);
    }
    Result<> on(bpmn::TimerCancelled const& e) { return stop_clock(act_, id(), e.instance, true); }
    Result<> on(bpmn::ServiceCalled const& e) { return call_service(act_, parts_, running_, e); }
    Result<> on(bpmn::CallStarted const& e) {
        started.push_back(e);
        return {};
    }
    Result<> on(bpmn::CallCancelled const& e) {
        cancelled.push_back(e);
        return {};
    }
    Result<> on(bpmn::MessageSent const& e) {
        TRY(add_entry(act_, parts_.ids, id(),
                      {.kind = "message",
                       .element = at(e.element).id,
                       .name_zh = at(e.element).name,
                       .name_en = at(e.element).name_en,
                       .data = {{"message", e.name}}}));
        sent.push_back(e);
        return {};
    }
    Result<> on(bpmn::SignalThrown const& e) { return spread_signal(act_, id(), e); }
    Result<> on(bpmn::Escalated const& e) {
        escalated.push_back(e);
        return {};
    }
    Result<> on(bpmn::Incident const& e) {
        log::warning("case {} stands at {}: {}", running_.record.number, at(e.element).id, e.code);
        TRY(add_entry(act_, parts_.ids, id(),
                      {.kind = "incident",
                       .element = at(e.element).id,
                       .name_zh = at(e.element).name,
                       .name_en = at(e.element).name_en,
                       .data = {{"code", e.code}}}));
        return {};
    }
    Result<> on(bpmn::Ended const& e) {
        auto& record = running_.record;
        bool const is_cancelled = e.status == bpmn::Status::cancelled;
        ended = e;
        TRY(forget_what_it_hears(act_, id()));
        record.state = is_cancelled ? State::cancelled : State::archived;
        record.closed_at = act_.now;
        TRY(end_pause(act_, record));
        // A cancelled case has its own entry, with the reason.
        if (is_cancelled) return {};
        json::object data;
        if (e.status == bpmn::Status::failed) data["error"] = e.code;
        TRY(add_entry(act_, parts_.ids, id(), {.kind = "archived", .data = std::move(data)}));
        return {};
    }

    Act const& act_;
    Parts const& parts_;
    Running& running_;
};

Result<> save(Act const& act, Running& running) {
    TRY(refresh_due(act.tx, running.record));
    TRY(save_record(act.tx, running.record, act.now));
    TRY(save_engine(act.tx, running.record.id, bpmn::to_json(running.engine, running.definition()), running.fresh));
    running.fresh = false;
    return publish(act.tx, running.record, running.record.ended() ? "ended" : "changed", act.now);
}

Result<int> depth_of(storage::Transaction& tx, CaseId id) {
    int depth = 0;
    while (id && depth <= max_call_depth) {
        auto const row = TRY(tx.one("SELECT parent_case FROM cases WHERE id = ?", id));
        if (!row) break;
        id = row->id<CaseTag>(0);
        ++depth;
    }
    return depth;
}

// A called process is a case of its own, with the facts of the one that called it.
Result<> open_child(Desk& desk, Act const& act, Running const& parent, bpmn::CallStarted const& call) {
    auto const& r = parent.record;
    if (TRY(depth_of(act.tx, r.id)) > max_call_depth) {
        return desk.handle(act, r.id, bpmn::CallFailed{call.instance, "process.call-depth"});
    }
    auto const version = process::version_called(act.tx, r.process_hash, call.key);
    if (!version && version.error().code == "process.unknown") {
        return desk.handle(act, r.id, bpmn::CallFailed{call.instance, "process.unknown"});
    }
    NewCase child{.kind = call.key,
                  .channel = r.channel,
                  .facts = {},
                  .parent = r.id,
                  .parent_instance = call.instance,
                  .version = TRY(version),
                  .variables = call.variables};
    child.facts.title = json::Text<200>{r.title};
    child.facts.description = json::Text<20'000>{r.description};
    child.facts.organisation = r.organisation;
    child.facts.contact = r.contact;
    child.facts.contact_name = json::Text<100>{r.contact_name.value_or("")};
    child.facts.contact_phone = json::Text<50>{r.contact_phone.value_or("")};
    child.facts.contact_email = json::Text<200>{r.contact_email.value_or("")};
    child.facts.site = r.site;
    child.facts.asset = r.asset;
    child.facts.urgency = r.urgency;
    if (r.category) child.facts.category = json::Text<60>{*r.category};
    if (r.severity) child.facts.severity = json::Text<20>{*r.severity};
    auto const id = TRY(desk.open(act, child));
    return desk.link(act, r.id, id, "child");
}

Result<> cancel_child(Desk& desk, Act const& act, CaseId parent, bpmn::Instance call) {
    auto const row =
        TRY(act.tx.one("SELECT id FROM cases WHERE parent_case = ? AND parent_instance = ? "
                       "AND state IN ('open','waiting')",
                       parent, call));
    return row ? desk.handle(act, row->id<CaseTag>(0), bpmn::Cancel{}) : Result<>{};
}

// The parent goes on with what the child found out, or learns that the child came to nothing.
Result<> tell_parent(Desk& desk, Act const& act, Running const& running, bpmn::Ended const& ended) {
    auto const& r = running.record;
    if (!r.parent) return {};
    auto const parent = TRY(load_record(act.tx, r.parent));
    if (parent.ended()) return {};
    if (ended.status == bpmn::Status::failed) {
        return desk.handle(act, r.parent, bpmn::CallErrored{r.parent_instance, ended.code});
    }
    if (ended.status == bpmn::Status::cancelled) {
        return desk.handle(act, r.parent, bpmn::CallFailed{r.parent_instance, "process.call-cancelled"});
    }
    return desk.handle(act, r.parent, bpmn::CallEnded{r.parent_instance, running.engine.variables()});
}

// A parent whose call was taken away meanwhile waits for no answer.
Result<> unless_gone(Result<> told) {
    if (!told && told.error().code == "call.gone") return {};
    return told;
}

}  // namespace

Result<Running> load_running(Act const& act, Parts const& parts, CaseId id) {
    Running running{.record = TRY(load_record(act.tx, id)), .version = {}, .engine = {}};
    running.version = TRY(parts.library.version(act.tx, running.record.process_hash));
    running.engine = TRY(load_engine(act.tx, id, running.definition()));
    return running;
}

Result<> run(Desk& desk, Act const& act, Running& running, bpmn::Event const& event) {
    auto const stood = standing(running.engine);
    auto step = TRY(bpmn::step(running.definition(), std::move(running.engine), event, act.now));
    running.engine = std::move(step.state);
    TRY(note_incidents(act, running, stood));
    // The event itself is what the audit keeps: from the first to the last the state can be worked out again.
    TRY(audit_case(act, running.record.id, "case.event", {{"event", bpmn::to_json(event)}}));
    return apply_effects(desk, act, running, step.effects);
}

Result<> apply_effects(Desk& desk, Act const& act, Running& running, std::vector<bpmn::Effect> const& happened) {
    Effects effects(act, desk.parts(), running);
    TRY(effects.apply(happened));
    TRY(save(act, running));
    auto const id = running.record.id;
    auto const parent = running.record.parent;
    for (auto const& escalated : effects.escalated) {
        if (!parent) break;
        TRY(unless_gone(desk.handle(act, parent, bpmn::CallEscalated{running.record.parent_instance, escalated.code})));
    }
    for (auto const& sent : effects.sent) TRY(deliver_message(desk, act, id, sent));
    for (auto const& call : effects.cancelled) TRY(cancel_child(desk, act, running.record.id, call.instance));
    for (auto const& call : effects.started) TRY(open_child(desk, act, running, call));
    return effects.ended ? unless_gone(tell_parent(desk, act, running, *effects.ended)) : Result<>{};
}

}  // namespace keepword::cases
