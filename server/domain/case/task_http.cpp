#include "domain/case/case_routes.hpp"
#include "domain/case/case_views.hpp"

// What people do with a task: claim, release, delegate, return, complete.
namespace keepword::cases {
namespace {

struct TaskCounts {
    std::int64_t mine = 0;
    std::int64_t claimable = 0;
    std::int64_t overdue = 0;
};
BOOST_DESCRIBE_STRUCT(TaskCounts, (), (mine, claimable, overdue))
struct DelegateBody {
    PersonId to{};
    std::optional<json::Text<2'000>> note;
};
BOOST_DESCRIBE_STRUCT(DelegateBody, (), (to, note))
struct ReturnBody {
    json::Text<2'000> reason;
};
BOOST_DESCRIBE_STRUCT(ReturnBody, (), (reason))
struct CompleteBody {
    std::optional<json::Text<100>> outcome;
    std::optional<json::object> fields;
};
BOOST_DESCRIBE_STRUCT(CompleteBody, (), (outcome, fields))

struct Seen {
    TaskRow task;
    Running running;
};

// The task of the path with its case, if the caller may see it and it is still to be done.
Result<Seen> open_task(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const task = TRY(load_task(tx, TRY(call.id<TaskTag>())));
    TRY(expect_visible(tx, desk.parts().library, call.caller, task.case_id));
    TRY(expect_to_do(tx, task));
    auto running = TRY(load_running(act_of(call, tx), desk.parts(), task.case_id));
    return Seen{task, std::move(running)};
}

Result<> expect_mine(Seen const& seen, api::Caller const& caller) {
    if (seen.task.assignee != caller.person) return fail(Kind::forbidden, "task.not-yours");
    return {};
}

Result<TaskView> claim(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const seen = TRY(open_task(desk, call, tx));
    TRY(desk.claim(act_of(call, tx), seen.task.id));
    return read_task(tx, desk.parts(), call.caller, seen.task.id, call.now);
}

Result<TaskView> release(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const seen = TRY(open_task(desk, call, tx));
    TRY(expect_mine(seen, call.caller));
    // A task that was given to one named person has candidates too: it can be given back to them.
    TRY(hand_over(act_of(call, tx), desk.parts(), seen.running, seen.task, {}, {.kind = "released"}));
    return read_task(tx, desk.parts(), call.caller, seen.task.id, call.now);
}

Result<TaskView> delegate(Desk& desk, api::Call const& call, DelegateBody const& in, storage::Transaction& tx) {
    auto const seen = TRY(open_task(desk, call, tx));
    auto const act = act_of(call, tx);
    if (!call.caller.may("cases.delegate-any")) TRY(expect_mine(seen, call.caller));
    if (!TRY(may_know_of(tx, call.caller, in.to))) return invalid("to", "not-in-lane");
    auto may = expect_may_do(act, desk.parts(), seen.running, seen.task, in.to);
    if (!may) return may.error().kind == Kind::forbidden ? invalid("to", "not-in-lane") : fail(std::move(may).error());
    TRY(hand_over(act, desk.parts(), seen.running, seen.task, in.to,
                  {.kind = "delegated", .text = in.note ? in.note->value : "", .data = {{"to", in.to.str()}}}));
    return read_task(tx, desk.parts(), call.caller, seen.task.id, call.now);
}

Result<TaskView> give_back(Desk& desk, api::Call const& call, ReturnBody const& in, storage::Transaction& tx) {
    auto seen = TRY(open_task(desk, call, tx));
    auto const act = act_of(call, tx);
    if (text::trim(in.reason.value).empty()) return invalid("reason", "required");
    TRY(expect_may_do(act, desk.parts(), seen.running, seen.task, call.caller.person));
    if (seen.task.assignee && seen.task.assignee != call.caller.person)
        return fail(Kind::conflict, "task.somebody-else");
    auto const& element = seen.running.definition().at(seen.running.definition().find(seen.task.element));
    TRY(add_entry(act, desk.parts().ids, seen.task.case_id,
                  {.kind = "returned",
                   .element = element.id,
                   .name_zh = element.name,
                   .name_en = element.name_en,
                   .text = in.reason.value}));
    TRY(run(desk, act, seen.running, bpmn::ReturnTask{seen.task.instance, in.reason.value}));
    return read_task(tx, desk.parts(), call.caller, seen.task.id, call.now);
}

Result<TaskView> complete(Desk& desk, api::Call const& call, CompleteBody const& in, storage::Transaction& tx) {
    auto const id = TRY(call.id<TaskTag>());
    auto const task = TRY(load_task(tx, id));
    TRY(expect_visible(tx, desk.parts().library, call.caller, task.case_id));
    auto const outcome = in.outcome ? std::optional(in.outcome->value) : std::nullopt;
    TRY(desk.complete(act_of(call, tx), id, outcome, in.fields.value_or(json::object{})));
    return read_task(tx, desk.parts(), call.caller, id, call.now);
}

Result<TaskCounts> counts(Desk& desk, api::Call call, storage::Transaction& tx) {
    TaskCounts out;
    out.mine = TRY(count_tasks(tx, desk.parts(), call, "mine"));
    out.claimable = TRY(count_tasks(tx, desk.parts(), call, "claimable"));
    out.overdue = TRY(count_tasks(tx, desk.parts(), call, "overdue"));
    return out;
}

}  // namespace

api::Routes task_routes(Desk& desk) {
    using Tx = storage::Transaction;
    api::Routes out;
    out.push_back(api::get("/tasks",
                           {.right = "signed-in",
                            .help = "Tasks by what is due next",
                            .query = {{"view", "mine, claimable, others, overdue"},
                                      {"limit", "1 to 200"},
                                      {"cursor", "next of the page before"}}},
                           [&](api::Call const& call, Tx& tx) { return list_tasks(tx, desk.parts(), call); }));
    out.push_back(api::get("/tasks/counts", {.right = "signed-in", .help = "How many tasks are in which view"},
                           [&](api::Call const& call, Tx& tx) { return counts(desk, call, tx); }));
    out.push_back(api::get("/tasks/{id}", {.right = "signed-in", .help = "A task with its form and the values known"},
                           [&](api::Call const& call, Tx& tx) -> Result<TaskView> {
                               return read_task(tx, desk.parts(), call.caller, TRY(call.id<TaskTag>()), call.now);
                           }));
    out.push_back(api::post<api::Nothing>(
        "/tasks/{id}/claim", {.right = "signed-in", .help = "Claim"},
        [&](api::Call const& call, api::Nothing const&, Tx& tx) { return claim(desk, call, tx); }));
    out.push_back(api::post<api::Nothing>(
        "/tasks/{id}/release", {.right = "signed-in", .help = "Give it back to whoever may claim it"},
        [&](api::Call const& call, api::Nothing const&, Tx& tx) { return release(desk, call, tx); }));
    out.push_back(api::post<DelegateBody>(
        "/tasks/{id}/delegate", {.right = "signed-in", .help = "Give it to somebody of the lane"},
        [&](api::Call const& call, DelegateBody const& in, Tx& tx) { return delegate(desk, call, in, tx); }));
    out.push_back(api::post<ReturnBody>(
        "/tasks/{id}/return", {.right = "signed-in", .help = "Back to the task before, with a reason (退回)"},
        [&](api::Call const& call, ReturnBody const& in, Tx& tx) { return give_back(desk, call, in, tx); }));
    out.push_back(api::post<CompleteBody>(
        "/tasks/{id}/complete", {.right = "signed-in", .help = "Complete, with outcome and fields"},
        [&](api::Call const& call, CompleteBody const& in, Tx& tx) { return complete(desk, call, in, tx); }));
    return out;
}

}  // namespace keepword::cases
