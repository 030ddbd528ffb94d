#include "domain/case/case_clocks.hpp"
#include "domain/case/case_run.hpp"
#include "engine/jobs/jobs.hpp"

namespace keepword::cases {
namespace {

Result<> expect_open(Record const& record) {
    if (record.ended()) return fail(Kind::conflict, "case.ended");
    return {};
}

std::string prefix_of(bpmn::Definition const& definition) {
    auto const prefix = definition.at(definition.process).attribute("number");
    return prefix.empty() ? "KW" : std::string(prefix);
}

std::string resume_alarm(CaseId id) {
    return "resume:" + id.str();
}

}  // namespace

Desk::Desk(Parts parts) : parts_(std::move(parts)) {}
Desk::~Desk() = default;

Result<> expect_known(storage::Transaction& tx, Facts const& facts) {
    Error error(Kind::invalid, "input.invalid");
    auto const check = [&](storage::Sql sql, auto const& id, char const* field) -> Result<> {
        if (!id || !*id) return {};
        if (!TRY(tx.one(sql, *id))) error.fields.push_back({field, "unknown"});
        return {};
    };
    TRY(check("SELECT 1 FROM organisation WHERE id = ?", facts.organisation, "organisation"));
    TRY(check("SELECT 1 FROM person WHERE id = ?", facts.contact, "contact"));
    TRY(check("SELECT 1 FROM site WHERE id = ?", facts.site, "site"));
    TRY(check("SELECT 1 FROM asset WHERE id = ?", facts.asset, "asset"));
    if (facts.title && text::trim(facts.title->value).empty()) error.fields.push_back({"title", "required"});
    if (!error.fields.empty()) return std::unexpected(std::move(error));
    return {};
}

Result<CaseId> Desk::open(Act const& act, NewCase const& in) {
    if (!in.facts.title) return invalid("title", "required");
    TRY(expect_known(act.tx, in.facts));
    Running running{.record = {}, .version = {}, .engine = {}, .fresh = true};
    running.version =
        TRY(in.version.empty() ? parts_.library.current(act.tx, in.kind) : parts_.library.version(act.tx, in.version));
    auto& record = running.record;
    record.id = parts_.ids.next<CaseTag>();
    record.kind = in.kind;
    record.process_hash = running.definition().hash;
    record.channel = in.channel;
    record.opened_by = act.actor;
    record.opened_at = act.now;
    record.updated_at = act.now;
    record.parent = in.parent;
    record.parent_instance = in.parent_instance;
    record.number = TRY(next_number(act.tx, prefix_of(running.definition()), act.now));
    apply_facts(record, in.facts);
    // Whoever takes a call is its owner at once; a mail has none until somebody accepts it.
    if (in.channel == Channel::hotline && !in.parent) record.owner = act.actor;
    TRY(insert_record(act.tx, record));
    record.facts_changed = false;
    TRY(index_case(act.tx, record));
    TRY(add_entry(act, parts_.ids, record.id,
                  {.kind = "opened", .text = record.description, .data = {{"channel", json::word(in.channel)}}}));
    TRY(audit_case(act, record.id, "case.opened",
                   {{"number", record.number},
                    {"kind", record.kind},
                    {"process", record.process_hash},
                    {"facts", json::encode(in.facts)}}));
    TRY(remember_what_it_hears(act, running));
    bpmn::Start start{.element = in.start, .process = {}, .variables = in.variables};
    if (!start.variables.contains("called")) start.variables["called"] = false;
    TRY(run(*this, act, running, start));
    return record.id;
}

Result<> Desk::handle(Act const& act, CaseId id, bpmn::Event const& event) {
    auto running = TRY(load_running(act, parts_, id));
    return run(*this, act, running, event);
}

Result<std::optional<TaskId>> Desk::open_task(storage::Transaction& tx, CaseId id, std::string const& element) {
    auto const row = TRY(
        tx.one("SELECT id FROM task WHERE case_id = ? AND element = ? AND state IN ('open','claimed')", id, element));
    return row ? std::optional(row->id<TaskTag>(0)) : std::nullopt;
}

Result<> Desk::correct(Act const& act, CaseId id, Facts const& facts, std::string const& reason) {
    auto record = TRY(load_record(act.tx, id));
    // What is sealed stays as it was; a new linked case carries on.
    TRY(expect_open(record));
    TRY(expect_known(act.tx, facts));
    auto const changes = apply_facts(record, facts);
    if (changes.empty()) return {};
    TRY(save_record(act.tx, record, act.now));
    TRY(index_case(act.tx, record));
    TRY(add_entry(act, parts_.ids, id, {.kind = "corrected", .text = reason, .data = {{"changes", changes}}}));
    TRY(audit_case(act, id, "case.corrected", {{"changes", changes}, {"reason", reason}}));
    return publish(act.tx, record, "corrected", act.now);
}

Result<EntryId> Desk::note(Act const& act, CaseId id, std::string const& kind, std::string const& text,
                           json::object data) {
    auto const record = TRY(load_record(act.tx, id));
    TRY(audit_case(act, id, "case." + kind, {{"text", text}, {"data", data}}));
    auto const entry = TRY(add_entry(act, parts_.ids, id, {.kind = kind, .text = text, .data = std::move(data)}));
    TRY(publish(act.tx, record, kind, act.now));
    return entry;
}

Result<> Desk::cancel(Act const& act, CaseId id, std::string const& reason) {
    auto running = TRY(load_running(act, parts_, id));
    TRY(expect_open(running.record));
    TRY(add_entry(act, parts_.ids, id, {.kind = "cancelled", .text = reason}));
    return run(*this, act, running, bpmn::Cancel{reason});
}

Result<> Desk::pause(Act const& act, CaseId id, std::string const& reason, std::optional<Instant> until) {
    auto record = TRY(load_record(act.tx, id));
    TRY(expect_open(record));
    if (record.paused_at) return fail(Kind::conflict, "case.already-paused");
    if (until && *until <= act.now) return invalid("until", "past");
    record.state = State::waiting;
    record.paused_at = act.now;
    record.paused_until = until;
    record.paused_reason = reason;
    TRY(act.tx.execute("INSERT INTO case_pause (id, case_id, from_at, reason) VALUES (?,?,?,?)",
                       parts_.ids.next<struct PauseTag>(), id, act.now, reason));
    TRY(pause_clocks(act, id));
    if (until) TRY(jobs::set_alarm(act.tx, resume_alarm(id), "resume", *until, json::object{{"case", id.str()}}));
    TRY(refresh_due(act.tx, record));
    TRY(save_record(act.tx, record, act.now));
    json::object data;
    if (until) data["until"] = until->str();
    TRY(add_entry(act, parts_.ids, id, {.kind = "paused", .text = reason, .data = data}));
    TRY(audit_case(act, id, "case.paused", {{"reason", reason}}));
    return publish(act.tx, record, "paused", act.now);
}

Result<> end_pause(Act const& act, Record& record) {
    if (!record.paused_at) return {};
    record.paused_at.reset();
    record.paused_until.reset();
    record.paused_reason.reset();
    TRY(act.tx.execute("UPDATE case_pause SET to_at = ? WHERE case_id = ? AND to_at IS NULL", act.now, record.id));
    return jobs::cancel_alarm(act.tx, resume_alarm(record.id));
}

Result<> Desk::resume(Act const& act, CaseId id) {
    auto record = TRY(load_record(act.tx, id));
    if (!record.paused_at) return fail(Kind::conflict, "case.not-paused");
    record.state = State::open;
    TRY(end_pause(act, record));
    TRY(resume_clocks(act, parts_, id));
    TRY(refresh_due(act.tx, record));
    TRY(save_record(act.tx, record, act.now));
    TRY(add_entry(act, parts_.ids, id, {.kind = "resumed"}));
    TRY(audit_case(act, id, "case.resumed", {}));
    return publish(act.tx, record, "resumed", act.now);
}

Result<> Desk::link(Act const& act, CaseId from, CaseId to, std::string const& kind) {
    if (from == to) return invalid("case", "itself");
    auto const record = TRY(load_record(act.tx, from));
    auto const other = TRY(load_record(act.tx, to));
    auto const done =
        TRY(act.tx.execute("INSERT INTO case_link (id, from_case, to_case, kind, at) VALUES (?,?,?,?,?) "
                           "ON CONFLICT (from_case, to_case, kind) DO NOTHING",
                           parts_.ids.next<struct LinkTag>(), from, to, kind, act.now));
    if (done == 0) return {};
    TRY(add_entry(act, parts_.ids, from,
                  {.kind = "linked", .data = {{"link", kind}, {"case", to.str()}, {"number", other.number}}}));
    TRY(add_entry(
        act, parts_.ids, to,
        {.kind = "linked", .data = {{"link", "from-" + kind}, {"case", from.str()}, {"number", record.number}}}));
    TRY(audit_case(act, from, "case.linked", {{"link", kind}, {"case", to.str()}}));
    return publish(act.tx, record, "linked", act.now);
}

Result<AttachmentId> Desk::attach(Act const& act, CaseId id, std::string const& name, std::string const& type,
                                  storage::BlobName const& blob, EntryId entry, std::string const& text) {
    auto const record = TRY(load_record(act.tx, id));
    TRY(expect_open(record));
    auto const attachment = parts_.ids.next<AttachmentTag>();
    if (!entry) {
        entry =
            TRY(add_entry(act, parts_.ids, id,
                          {.kind = "attached", .text = name, .data = {{"size", blob.size}, {"sha256", blob.sha256}}}));
    }
    TRY(
        act.tx.execute("INSERT INTO attachment (id, case_id, entry, name, type, size, sha256, by_person, at) "
                       "VALUES (?,?,?,?,?,?,?,?,?)",
                       attachment, id, entry, name, type, blob.size, blob.sha256, act.actor, act.now));
    if (!text.empty())
        TRY(act.tx.execute("INSERT INTO attachment_text (attachment, text) VALUES (?, ?)", attachment, text));
    TRY(index_file(act.tx, id, attachment, name, text));
    TRY(audit_case(act, id, "case.attached", {{"name", name}, {"size", blob.size}, {"sha256", blob.sha256}}));
    TRY(publish(act.tx, record, "attached", act.now));
    return attachment;
}

Result<std::int64_t> Desk::recompute_clocks(Act const& act, std::string const& calendar) {
    auto const all = TRY(recompute_due(act, parts_, calendar));
    for (auto const& moved : all) {
        auto record = TRY(load_record(act.tx, moved.id));
        TRY(refresh_due(act.tx, record));
        TRY(save_record(act.tx, record, act.now));
        json::object data{{"old_due", moved.old_due.str()}, {"new_due", moved.new_due.str()}, {"calendar", calendar}};
        TRY(add_entry(act, parts_.ids, moved.id,
                      {.kind = "clock-changed", .name_zh = moved.name_zh, .name_en = moved.name_en, .data = data}));
        TRY(audit_case(act, moved.id, "case.clock-changed", data));
        TRY(publish(act.tx, record, "clock-changed", act.now));
    }
    return std::ssize(all);
}

Result<> Desk::clock_due(Act const& act, json::value const& payload) {
    auto const id = CaseId::parse(payload.at("case").as_string());
    auto const timer = payload.at("timer").to_number<bpmn::Instance>();
    if (!id) return fail(Kind::internal, "clock.payload", json::serialize(payload));
    auto running = TRY(load_running(act, parts_, *id));
    auto const* due = running.engine.timer(timer);
    // Somebody finished the task in the moment the alarm rang: nothing is left to do.
    if (due == nullptr) return {};
    bool const watches = running.definition().at(due->element).type == bpmn::Type::boundary_event;
    auto const missed = TRY(missed_periods(act, parts_, *id, timer));
    TRY(break_clock(act, *id, timer, watches));
    return run(*this, act, running, bpmn::TimerFired{timer, missed});
}

}  // namespace keepword::cases
