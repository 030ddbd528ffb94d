#include "domain/case/case_run.hpp"

#include "domain/case/case_afterwards.hpp"
#include "domain/case/case_clocks.hpp"
#include "domain/case/case_repair.hpp"
#include "foundation/log.hpp"

namespace keepword::cases {
namespace {

// Applies the effects of one step in their order; what they mean for other cases waits until this one is saved.
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

  private:
    CaseId id() const { return running_.record.id; }
    // A clock that went off stays as long as what it watches; a user task ends its clocks itself.
    static bool may_be_watched(bpmn::Element const& element) {
        return !element.boundary.empty() && element.type != bpmn::Type::user_task;
    }
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
                if (may_be_watched(at(t.element))) {
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
        act_.afterwards->open_child(id(), e);
        return {};
    }
    Result<> on(bpmn::CallCancelled const& e) {
        act_.afterwards->cancel_child(id(), e.instance);
        return {};
    }
    Result<> on(bpmn::MessageSent const& e) {
        TRY(add_entry(act_, parts_.ids, id(),
                      {.kind = "message",
                       .element = at(e.element).id,
                       .name_zh = at(e.element).name,
                       .name_en = at(e.element).name_en,
                       .data = {{"message", e.name}}}));
        return send_message(act_, parts_, running_, e);
    }
    Result<> on(bpmn::SignalThrown const& e) { return spread_signal(act_, parts_, running_, e); }
    Result<> on(bpmn::Escalated const& e) {
        auto const& r = running_.record;
        if (r.parent) act_.afterwards->tell_caller(r.parent, bpmn::CallEscalated{r.parent_instance, e.code});
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
        tell_caller(e);
        TRY(forget_what_it_hears(act_, id()));
        record.state = is_cancelled ? State::cancelled : State::archived;
        record.closed_at = act_.now;
        TRY(end_pause(act_, record));
        TRY(stop_clocks(act_, id()));
        // A cancelled case has its own entry, with the reason.
        if (is_cancelled) return {};
        json::object data;
        if (e.status == bpmn::Status::failed) data["error"] = e.code;
        TRY(add_entry(act_, parts_.ids, id(), {.kind = "archived", .data = std::move(data)}));
        return {};
    }

    // The caller goes on with what this case found out, or learns that it came to nothing.
    void tell_caller(bpmn::Ended const& e) {
        auto const& r = running_.record;
        if (!r.parent) return;
        bpmn::Event event = bpmn::CallEnded{r.parent_instance, running_.engine.variables()};
        if (e.status == bpmn::Status::failed) event = bpmn::CallErrored{r.parent_instance, e.code};
        if (e.status == bpmn::Status::cancelled) {
            event = bpmn::CallFailed{r.parent_instance, "process.call-cancelled"};
        }
        act_.afterwards->tell_caller(r.parent, std::move(event));
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

}  // namespace

Result<Running> load_running(Act const& act, Parts const& parts, CaseId id) {
    Running running{.record = TRY(load_record(act.tx, id)), .version = {}, .engine = {}};
    running.version = TRY(parts.library.version(act.tx, running.record.process_hash));
    running.engine = TRY(load_engine(act.tx, id, running.definition()));
    return running;
}

Result<> run(Desk& desk, Act const& act, Running& running, bpmn::Event const& event) {
    return with_what_follows(desk, act, [&](Act const& inner) -> Result<> {
        auto const stood = standing(running.engine);
        auto step = TRY(bpmn::step(running.definition(), std::move(running.engine), event, inner.now));
        running.engine = std::move(step.state);
        TRY(note_incidents(inner, running, stood));
        // The event itself is what the audit keeps: from the first to the last the state can be worked out again.
        TRY(audit_case(inner, running.record.id, "case.event", {{"event", bpmn::to_json(event)}}));
        return apply_effects(desk.parts(), inner, running, step.effects);
    });
}

Result<> apply_effects(Parts const& parts, Act const& act, Running& running, std::vector<bpmn::Effect> const& effects) {
    TRY(Effects(act, parts, running).apply(effects));
    return save(act, running);
}

}  // namespace keepword::cases
