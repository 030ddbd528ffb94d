#include "domain/case/case_afterwards.hpp"

namespace keepword::cases {
namespace {

constexpr int max_call_depth = 8;           // processes calling processes
constexpr int max_children_of_act = 1'000;  // that one act opens; more is a loop of calls that never wait

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

// A caller that ended meanwhile, or whose call was taken away, waits for no answer.
Result<> tell(Desk& desk, Act const& act, CaseId caller, bpmn::Event const& event) {
    auto running = TRY(load_running(act, desk.parts(), caller));
    if (running.record.ended()) return {};
    auto const told = run(desk, act, running, event);
    return !told && told.error().code == "call.gone" ? Result<>{} : told;
}

// A called process is a case of its own, with the facts of the one that called it.
NewCase child_of(Record const& r, bpmn::CallStarted const& call, std::string const& version) {
    NewCase child{.kind = call.key,
                  .channel = r.channel,
                  .facts = {},
                  .parent = r.id,
                  .parent_instance = call.instance,
                  .version = version,
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
    return child;
}

Result<> open(Desk& desk, Act const& act, CaseId id, bpmn::CallStarted const& call, bool too_many) {
    auto const parent = TRY(load_running(act, desk.parts(), id));
    // What came before may have taken the call away.
    auto const* token = parent.engine.token(call.instance);
    if (parent.record.ended() || token == nullptr || token->wait != bpmn::Wait::call) return {};
    auto const fails = [&](char const* code) { return tell(desk, act, id, bpmn::CallFailed{call.instance, code}); };
    if (too_many) return fails("process.loop");
    if (TRY(depth_of(act.tx, id)) > max_call_depth) return fails("process.call-depth");
    auto const version = process::version_called(act.tx, parent.record.process_hash, call.key);
    if (!version && version.error().code == "process.unknown") return fails("process.unknown");
    auto const child = TRY(desk.open(act, child_of(parent.record, call, TRY(version))));
    return desk.link(act, id, child, "child");
}

Result<> cancel_call(Desk& desk, Act const& act, CaseId parent, bpmn::Instance call) {
    auto const row =
        TRY(act.tx.one("SELECT id FROM cases WHERE parent_case = ? AND parent_instance = ? "
                       "AND state IN ('open','waiting')",
                       parent, call));
    return row ? desk.handle(act, row->id<CaseTag>(0), bpmn::Cancel{}) : Result<>{};
}

}  // namespace

void Afterwards::open_child(CaseId parent, bpmn::CallStarted call) {
    bool const too_many = ++opened_ > max_children_of_act;
    todo_.push_back([parent, call = std::move(call), too_many](Desk& desk, Act const& act) {
        return open(desk, act, parent, call, too_many);
    });
}

void Afterwards::cancel_child(CaseId parent, bpmn::Instance call) {
    todo_.push_back([parent, call](Desk& desk, Act const& act) { return cancel_call(desk, act, parent, call); });
}

void Afterwards::tell_caller(CaseId parent, bpmn::Event event) {
    todo_.push_back(
        [parent, event = std::move(event)](Desk& desk, Act const& act) { return tell(desk, act, parent, event); });
}

Result<> Afterwards::run(Desk& desk, Act const& act) {
    while (!todo_.empty()) {
        auto const next = std::move(todo_.front());
        todo_.pop_front();
        TRY(next(desk, act));
    }
    return {};
}

Result<> with_what_follows(Desk& desk, Act const& act, std::function<Result<>(Act const& act)> const& what) {
    if (act.afterwards != nullptr) return what(act);
    Afterwards afterwards;
    Act inner = act;
    inner.afterwards = &afterwards;
    TRY(what(inner));
    return afterwards.run(desk, inner);
}

}  // namespace keepword::cases
