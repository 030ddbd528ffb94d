#pragma once
#include <map>
#include <set>

#include "domain/case/case_run.hpp"

// What the API shows of cases and tasks, and the queries behind it: one query per table and page, never one per row.
namespace keepword::cases {

struct CaseRef {
    CaseId id{};
    std::string number;
    std::string title;
    std::string kind;
    State state = State::open;
    Urgency urgency = Urgency::normal;
    std::optional<api::Ref> organisation;
};
BOOST_DESCRIBE_STRUCT(CaseRef, (), (id, number, title, kind, state, urgency, organisation))

// Where a case stands: an open task, or in lists, where it has none, the process that it called and waits for.
struct StepView {
    std::optional<TaskId> task;
    std::string element;
    std::string name_zh;
    std::string name_en;
    std::optional<api::Ref> assignee;
    std::optional<Instant> due_at;
    bool overdue = false;
};
BOOST_DESCRIBE_STRUCT(StepView, (), (task, element, name_zh, name_en, assignee, due_at, overdue))

struct CaseRow {
    CaseId id{};
    std::string number;
    std::string kind;
    std::string title;
    State state = State::open;
    Urgency urgency = Urgency::normal;
    std::optional<std::string> severity;
    std::optional<std::string> category;
    Channel channel = Channel::api;
    std::optional<api::Ref> organisation;
    std::optional<std::string> contact_name;
    std::optional<api::Ref> owner;
    std::vector<StepView> steps;
    Instant opened_at;
    Instant updated_at;
    std::optional<Instant> closed_at;
    std::optional<Instant> due_at;
    bool overdue = false;
};
BOOST_DESCRIBE_STRUCT(CaseRow, (),
                      (id, number, kind, title, state, urgency, severity, category, channel, organisation, contact_name,
                       owner, steps, opened_at, updated_at, closed_at, due_at, overdue))

struct ClockView {
    ClockId id{};
    std::string name;
    std::string element;
    std::string name_zh;
    std::string name_en;
    Instant started_at;
    Instant due_at;
    std::string length;
    std::string calendar;
    std::string state;
};
BOOST_DESCRIBE_STRUCT(ClockView, (), (id, name, element, name_zh, name_en, started_at, due_at, length, calendar, state))

struct AttachmentView {
    AttachmentId id{};
    std::string name;
    std::string type;
    std::int64_t size = 0;
    std::string sha256;
    std::optional<api::Ref> by;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(AttachmentView, (), (id, name, type, size, sha256, by, at))

struct LinkShown {
    std::string id;
    std::string kind;
    CaseRef case_;
};
BOOST_DESCRIBE_STRUCT(LinkShown, (), (id, kind, case_))

struct ProcessRef {
    std::string key;
    std::string version;
    std::string name_zh;
    std::string name_en;
};
BOOST_DESCRIBE_STRUCT(ProcessRef, (), (key, version, name_zh, name_en))

// Where the process cannot go on.
struct StandingView {
    std::string element;
    std::string name_zh;
    std::string name_en;
    std::string code;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(StandingView, (), (element, name_zh, name_en, code, at))

struct PauseView {
    Instant since;
    std::string reason;
    std::optional<Instant> until;
};
BOOST_DESCRIBE_STRUCT(PauseView, (), (since, reason, until))

struct Case {
    CaseId id{};
    std::string number;
    std::string kind;
    std::string title;
    std::string description;
    State state = State::open;
    Urgency urgency = Urgency::normal;
    std::optional<std::string> severity;
    std::optional<std::string> category;
    Channel channel = Channel::api;
    std::optional<api::Ref> organisation;
    std::optional<api::Ref> contact;
    std::optional<std::string> contact_name;
    std::optional<std::string> contact_phone;
    std::optional<std::string> contact_email;
    std::optional<api::Ref> site;
    std::optional<api::Ref> asset;
    std::optional<api::Ref> owner;
    std::vector<StepView> steps;
    Instant opened_at;
    Instant updated_at;
    std::optional<Instant> closed_at;
    std::optional<Instant> due_at;
    bool overdue = false;
    json::object variables;
    ProcessRef process;
    std::vector<ClockView> clocks;
    std::vector<AttachmentView> attachments;
    std::vector<LinkShown> links;
    std::optional<PauseView> paused;
    std::vector<StandingView> standing;
    std::vector<std::string> may;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(Case, (),
                      (id, number, kind, title, description, state, urgency, severity, category, channel, organisation,
                       contact, contact_name, contact_phone, contact_email, site, asset, owner, steps, opened_at,
                       updated_at, closed_at, due_at, overdue, variables, process, clocks, attachments, links, paused,
                       standing, may, version))

struct TaskRowView {
    TaskId id{};
    CaseRef case_;
    std::string element;
    std::string name_zh;
    std::string name_en;
    std::string role;
    std::string state;
    std::optional<api::Ref> assignee;
    Instant created_at;
    std::optional<Instant> due_at;
    bool overdue = false;
    std::int64_t urged = 0;
    std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(TaskRowView, (),
                      (id, case_, element, name_zh, name_en, role, state, assignee, created_at, due_at, overdue, urged,
                       version))

struct FieldView {
    std::string id;
    process::FieldType type = process::FieldType::text;
    std::string label_zh;
    std::string label_en;
    std::optional<std::string> help_zh;
    std::optional<std::string> help_en;
    bool required = false;
    std::optional<std::int64_t> max;
    std::optional<std::int64_t> min;
    std::optional<std::string> when;
    std::optional<std::string> role;
    std::vector<process::Choice> choices;
};
BOOST_DESCRIBE_STRUCT(FieldView, (),
                      (id, type, label_zh, label_en, help_zh, help_en, required, max, min, when, role, choices))

struct FormView {
    std::string title_zh;
    std::string title_en;
    std::vector<FieldView> fields;
};
BOOST_DESCRIBE_STRUCT(FormView, (), (title_zh, title_en, fields))

// A task with all that is needed to work on it.
struct TaskView {
    TaskId id{};
    CaseRef case_;
    std::string element;
    std::string name_zh;
    std::string name_en;
    std::string role;
    std::string state;
    std::optional<api::Ref> assignee;
    Instant created_at;
    std::optional<Instant> due_at;
    bool overdue = false;
    std::int64_t urged = 0;
    std::int64_t version = 1;
    std::optional<FormView> form;
    std::vector<process::Choice> outcomes;
    json::object values;
    std::optional<ClockView> clock;
    std::vector<std::string> may;
    std::vector<api::Ref> delegates;
};
BOOST_DESCRIBE_STRUCT(TaskView, (),
                      (id, case_, element, name_zh, name_en, role, state, assignee, created_at, due_at, overdue, urged,
                       version, form, outcomes, values, clock, may, delegates))

// Which cases a caller may see, as parameters of the visibility condition.
struct Sight {
    // A kind seen within an organisation, or a region.
    struct Within {
        std::string kind;
        bool of_region = false;
        std::string scope;
    };
    std::vector<std::string> whole;
    std::vector<Within> within;
    std::vector<std::string> others;  // all kinds but those seen as a whole
    // The same as the condition wants it.
    std::string kinds;   // ",customer-acceptance,fault-maintenance,": kinds seen whole
    std::string scoped;  // ",customer-acceptance@17,customer-acceptance#3601,": within an organisation or a region
    PersonId person{};
    std::string tasks = "%";  // LIKE: in which states the person's own tasks count
};
Result<Sight> sight_of(storage::Transaction& tx, process::Library& library, api::Caller const& caller);
// The same with what the caller may work on (may_work_on), at once.
struct Sights {
    Sight seeing;
    Sight working;
};
Result<Sights> sights_of(storage::Transaction& tx, process::Library& library, api::Caller const& caller);
// Of which cases the caller may know that and where they stand, without seeing what is in them: for whoever repairs
// processes all but those of closed kinds.
Result<Sight> sight_of_repair(storage::Transaction& tx, process::Library& library, api::Caller const& caller);
// Adds "may be seen" to a query over cases c. Everything that shows cases goes through here.
void see(storage::Select& select, Sight const& sight);
Result<bool> covers(storage::Transaction& tx, Sight const& sight, CaseId id);
Result<bool> covers(storage::Transaction& tx, Sight const& sight, CaseId id, std::string const& kind);
// Which of these are covered.
Result<std::set<std::int64_t>> visible_of(storage::Transaction& tx, Sight const& sight, std::vector<CaseId> const& ids);

Result<Case> read_case(storage::Transaction& tx, Parts const& parts, api::Caller const& caller, CaseId id, Instant now);
Result<api::Page<CaseRow>> list_cases(storage::Transaction& tx, Parts const& parts, api::Call const& call);
// A query's instant, or the beginning of a day in China. Errors: input.invalid naming it.
Result<std::optional<Instant>> instant_in(api::Call const& call, std::string const& name);
// How many cases of a list are in which state: each counted up to 10,000, with a text within the newest 10,000 it
// finds.
struct Counts {
    std::int64_t open = 0;
    std::int64_t waiting = 0;
    std::int64_t archived = 0;
    std::int64_t cancelled = 0;
    std::int64_t overdue = 0;
};
BOOST_DESCRIBE_STRUCT(Counts, (), (open, waiting, archived, cancelled, overdue))
Result<Counts> count_cases(storage::Transaction& tx, Parts const& parts, api::Call const& call);
// Rows of exactly these cases, newest first.
Result<std::vector<CaseRow>> rows_of(storage::Transaction& tx, Parts const& parts, std::vector<CaseId> const& ids,
                                     Instant now);
Result<std::vector<ClockView>> clocks_of(storage::Transaction& tx, CaseId id);
Result<api::Page<TaskRowView>> list_tasks(storage::Transaction& tx, Parts const& parts, api::Call const& call);
// How many tasks a view has.
Result<std::int64_t> count_tasks(storage::Transaction& tx, Parts const& parts, api::Call const& call,
                                 std::string const& name);
// May the caller learn that this person is there? Staff of everybody; whoever is from outside of their own colleagues.
Result<bool> may_know_of(storage::Transaction& tx, api::Caller const& caller, PersonId person);
Result<TaskView> read_task(storage::Transaction& tx, Parts const& parts, api::Caller const& caller, TaskId id,
                           Instant now);
std::optional<api::Ref> ref_at(storage::Row const& row, std::size_t id, std::size_t name);

}  // namespace keepword::cases
