#include "domain/case/case_views.hpp"

#include "domain/case/case_clocks.hpp"

namespace keepword::cases {
namespace {

CaseRow case_row(storage::Row const& r, Instant now) {
    CaseRow out{.id = r.id<CaseTag>(0),
                .number = r.text(1),
                .kind = r.text(2),
                .title = r.text(3),
                .state = r.word<State>(4),
                .urgency = r.word<Urgency>(5),
                .severity = r.optional_text(6),
                .category = r.optional_text(7),
                .channel = r.word<Channel>(8),
                .organisation = ref_at(r, 9, 10),
                .contact_name = r.optional_text(11),
                .owner = ref_at(r, 12, 13),
                .steps = {},
                .opened_at = r.instant(14),
                .updated_at = r.instant(15),
                .closed_at = r.optional_instant(16),
                .due_at = r.optional_instant(17)};
    out.overdue = out.due_at && *out.due_at < now && !out.closed_at;
    return out;
}

StepView step_from(storage::Row const& r, Instant now) {
    StepView step{.task = r.id<TaskTag>(1),
                  .element = r.text(2),
                  .name_zh = r.text(3),
                  .name_en = r.text(4),
                  .assignee = ref_at(r, 5, 6),
                  .due_at = r.optional_instant(7)};
    step.overdue = step.due_at && *step.due_at < now;
    return step;
}

constexpr storage::Sql open_steps =
    "SELECT t.case_id, t.id, t.element, t.name_zh, t.name_en, p.id, p.name, t.due_at FROM task t "
    "LEFT JOIN person p ON p.id = t.assignee";

Result<std::vector<StepView>> steps_of(storage::Transaction& tx, CaseId id, Instant now) {
    std::vector<StepView> out;
    storage::Select select(open_steps);
    select.where("t.state IN ('open','claimed')").where("t.case_id = ?", id).end("ORDER BY t.id");
    for (auto const& r : TRY(tx.query(select))) out.push_back(step_from(r, now));
    return out;
}

// What the cases without a task of their own have called, in one query.
Result<> add_called(storage::Transaction& tx, process::Library& library,
                    std::map<std::int64_t, CaseRow*> const& by_id) {
    std::vector<CaseId> waiting;
    for (auto const& [id, row] : by_id) {
        if (row->steps.empty() && row->state == State::open) waiting.push_back(row->id);
    }
    if (waiting.empty()) return {};
    storage::Select select("SELECT c.parent_case, c.kind, c.process_hash FROM cases c");
    select.where("c.state IN ('open','waiting')").where_in("c.parent_case", waiting).end("ORDER BY c.id");
    for (auto const& r : TRY(tx.query(select))) {
        auto const version = TRY(library.version(tx, r.text(2)));
        auto const& process = version->definition->at(version->definition->process);
        by_id.at(r.integer(0))
            ->steps.push_back({.task = {},
                               .element = r.text(1),
                               .name_zh = process.name,
                               .name_en = process.name_en,
                               .assignee = {},
                               .due_at = {}});
    }
    return {};
}

// Where all the page's cases stand.
Result<> add_steps(storage::Transaction& tx, process::Library& library, std::vector<CaseRow>& rows, Instant now) {
    if (rows.empty()) return {};
    std::vector<CaseId> ids;
    std::map<std::int64_t, CaseRow*> by_id;
    for (auto& row : rows) {
        ids.push_back(row.id);
        by_id[row.id.value] = &row;
    }
    storage::Select select(open_steps);
    select.where("t.state IN ('open','claimed')").where_in("t.case_id", ids).end("ORDER BY t.id");
    for (auto const& r : TRY(tx.query(select))) by_id[r.integer(0)]->steps.push_back(step_from(r, now));
    return add_called(tx, library, by_id);
}

storage::Select select_rows() {
    return storage::Select(
        "SELECT c.id, c.number, c.kind, c.title, c.state, c.urgency, c.severity, c.category, c.channel, "
        "o.id, o.name, c.contact_name, p.id, p.name, c.opened_at, c.updated_at, c.closed_at, c.due_at "
        "FROM cases c LEFT JOIN organisation o ON o.id = c.organisation "
        "LEFT JOIN person p ON p.id = c.owner");
}

Result<std::vector<AttachmentView>> attachments_of(storage::Transaction& tx, CaseId id) {
    std::vector<AttachmentView> out;
    for (auto const& r :
         TRY(tx.query("SELECT a.id, a.name, a.type, a.size, a.sha256, p.id, p.name, a.at FROM attachment a "
                      "LEFT JOIN person p ON p.id = a.by_person WHERE a.case_id = ? ORDER BY a.id LIMIT 500",
                      id))) {
        out.push_back(
            {r.id<AttachmentTag>(0), r.text(1), r.text(2), r.integer(3), r.text(4), ref_at(r, 5, 6), r.instant(7)});
    }
    return out;
}

// Links of both directions; the far case is named only where the caller may see it.
Result<std::vector<LinkShown>> links_of(storage::Transaction& tx, Sight const& sight, CaseId id) {
    std::vector<LinkShown> out;
    // Most cases have none, and looking for what may be seen of them is dear.
    if (!TRY(tx.one("SELECT 1 FROM case_link WHERE from_case = ? UNION ALL SELECT 1 FROM case_link WHERE to_case = ? "
                    "LIMIT 1",
                    id, id)))
        return out;
    storage::Select links(
        "SELECT l.id, l.kind, l.from_case, c.id, c.number, c.title, c.kind, c.state, c.urgency "
        "FROM case_link l JOIN cases c ON (c.id = l.to_case OR c.id = l.from_case)");
    links.where("l.from_case = ? OR l.to_case = ?", id, id).where("c.id <> ?", id);
    see(links, sight);
    links.end("ORDER BY l.id LIMIT 200");
    for (auto const& r : TRY(tx.query(links))) {
        bool const forward = r.id<CaseTag>(2) == id;
        auto const kind = r.text(1) == "child" && !forward ? "parent" : r.text(1);
        out.push_back({std::to_string(r.integer(0)),
                       kind,
                       {r.id<CaseTag>(3), r.text(4), r.text(5), r.text(6), r.word<State>(7), r.word<Urgency>(8), {}}});
    }
    return out;
}

// The same as case_http.cpp checks: whoever only sees a case reads it, whoever is from outside answers on it.
std::vector<std::string> allowed(Record const& r, api::Caller const& caller, bool works) {
    std::vector<std::string> may;
    bool const staff = caller.may("cases.read");
    if (staff) may.emplace_back("export");
    if (works) may.emplace_back("comment");
    if (r.ended() || !works) return may;
    may.insert(may.end(), {"attach", "urge"});
    if (!staff) return may;
    may.insert(may.end(), {"correct", "link", r.paused_at ? "resume" : "pause"});
    if (caller.person == r.owner || caller.may("cases.cancel-any")) may.emplace_back("cancel");
    return may;
}

}  // namespace

Result<std::vector<ClockView>> clocks_of(storage::Transaction& tx, CaseId id) {
    std::vector<ClockView> out;
    for (auto const& r :
         TRY(tx.query("SELECT id, element, name_zh, name_en, started_at, due_at, length, calendar, state "
                      "FROM clock WHERE case_id = ? ORDER BY id LIMIT 200",
                      id))) {
        out.push_back({r.id<ClockTag>(0), r.text(1), r.text(1), r.text(2), r.text(3), r.instant(4), r.instant(5),
                       r.text(6), r.text(7), r.text(8)});
    }
    return out;
}

std::optional<api::Ref> ref_at(storage::Row const& row, std::size_t id, std::size_t name) {
    if (row.null(id)) return std::nullopt;
    return api::Ref{std::to_string(row.integer(id)), row.text(name)};
}

Result<std::vector<CaseRow>> rows_of(storage::Transaction& tx, Parts const& parts, std::vector<CaseId> const& ids,
                                     Instant now) {
    auto select = select_rows();
    select.where_in("c.id", ids).end("ORDER BY c.id DESC");
    std::vector<CaseRow> rows;
    for (auto const& r : TRY(tx.query(select))) rows.push_back(case_row(r, now));
    TRY(add_steps(tx, parts.library, rows, now));
    return rows;
}

namespace {

Result<std::vector<StandingView>> standing_of(storage::Transaction& tx, bpmn::Definition const& d, CaseId id) {
    std::vector<StandingView> out;
    for (auto const& row :
         TRY(tx.query("SELECT element, code, at FROM incident WHERE case_id = ? ORDER BY instance LIMIT 50", id))) {
        auto const element = d.find(row.text(0));
        out.push_back({row.text(0), element == bpmn::none ? "" : d.at(element).name,
                       element == bpmn::none ? "" : d.at(element).name_en, row.text(1), row.instant(2)});
    }
    return out;
}

}  // namespace

Result<Case> read_case(storage::Transaction& tx, Parts const& parts, api::Caller const& caller, CaseId id,
                       Instant now) {
    auto const sights = TRY(sights_of(tx, parts.library, caller));
    auto const r = TRY(load_record(tx, id));
    if (!TRY(covers(tx, sights.seeing, id, r.kind))) return fail(Kind::not_found, "not-found");
    bool const works = caller.may("cases.cancel-any") || TRY(covers(tx, sights.working, id, r.kind));
    auto const version = TRY(parts.library.version(tx, r.process_hash));
    auto const engine = TRY(load_engine(tx, id, *version->definition));
    auto const names =
        TRY(tx.one("SELECT n.id, n.name, s.id, s.name, a.id, a.name, o.id, o.name, p.id, p.name FROM cases c "
                   "LEFT JOIN person n ON n.id = c.contact LEFT JOIN site s ON s.id = c.site "
                   "LEFT JOIN asset a ON a.id = c.asset LEFT JOIN organisation o ON o.id = c.organisation "
                   "LEFT JOIN person p ON p.id = c.owner WHERE c.id = ?",
                   id));
    auto const& element = version->definition->at(version->definition->process);
    auto steps = TRY(steps_of(tx, id, now));
    auto clocks = TRY(clocks_of(tx, id));
    auto attachments = TRY(attachments_of(tx, id));
    auto links = TRY(links_of(tx, sights.seeing, id));
    auto standing = TRY(standing_of(tx, *version->definition, id));
    Case out{.id = id,
             .number = r.number,
             .kind = r.kind,
             .title = r.title,
             .description = r.description,
             .state = r.state,
             .urgency = r.urgency,
             .severity = r.severity,
             .category = r.category,
             .channel = r.channel,
             .organisation = ref_at(*names, 6, 7),
             .contact = ref_at(*names, 0, 1),
             .contact_name = r.contact_name,
             .contact_phone = r.contact_phone,
             .contact_email = r.contact_email,
             .site = ref_at(*names, 2, 3),
             .asset = ref_at(*names, 4, 5),
             .owner = ref_at(*names, 8, 9),
             .steps = std::move(steps),
             .opened_at = r.opened_at,
             .updated_at = r.updated_at,
             .closed_at = r.closed_at,
             .due_at = r.due_at,
             .overdue = r.due_at && *r.due_at < now && !r.closed_at,
             .variables = engine.variables(),
             .process = {element.id, r.process_hash, element.name, element.name_en},
             .clocks = std::move(clocks),
             .attachments = std::move(attachments),
             .links = std::move(links),
             .paused = {},
             .standing = std::move(standing),
             .may = allowed(r, caller, works),
             .version = r.version};
    if (r.paused_at) out.paused = PauseView{*r.paused_at, r.paused_reason.value_or(""), r.paused_until};
    return out;
}

}  // namespace keepword::cases
