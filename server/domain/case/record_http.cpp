#include "domain/case/case_routes.hpp"
#include "domain/case/case_views.hpp"

// What happened on a case: its timeline, and its way over its own flowchart.
namespace keepword::cases {
namespace {

// What was entered in a form, with the words that stood beside it.
struct FilledField {
    std::string id;
    std::string label_zh;
    std::string label_en;
    std::string type;
    json::value value;
};
BOOST_DESCRIBE_STRUCT(FilledField, (), (id, label_zh, label_en, type, value))
struct EntryView {
    EntryId id{};
    Instant at;
    std::string kind;
    std::optional<api::Ref> actor;
    std::optional<std::string> element;
    std::optional<std::string> name_zh;
    std::optional<std::string> name_en;
    std::optional<std::string> text;
    json::object data;
    std::optional<process::Choice> outcome;
    std::vector<FilledField> fields;
    std::vector<AttachmentView> attachments;
};
BOOST_DESCRIBE_STRUCT(EntryView, (),
                      (id, at, kind, actor, element, name_zh, name_en, text, data, outcome, fields, attachments))

struct ActiveElement {
    std::string element;
    Instant since;
    std::optional<TaskId> task;
    std::optional<api::Ref> assignee;
    std::optional<Instant> due_at;
};
BOOST_DESCRIBE_STRUCT(ActiveElement, (), (element, since, task, assignee, due_at))
struct VisitedElement {
    std::string element;
    std::int64_t times = 0;
    std::int64_t ms = 0;
    std::optional<Instant> last_left_at;
};
BOOST_DESCRIBE_STRUCT(VisitedElement, (), (element, times, ms, last_left_at))
struct TakenFlow {
    std::string flow;
    std::int64_t times = 0;
};
BOOST_DESCRIBE_STRUCT(TakenFlow, (), (flow, times))
struct Diagram {
    std::string process;
    std::string version;
    std::string xml;
    std::vector<ActiveElement> active;
    std::vector<VisitedElement> visited;
    std::vector<TakenFlow> flows;
};
BOOST_DESCRIBE_STRUCT(Diagram, (), (process, version, xml, active, visited, flows))

Result<CaseId> visible(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const id = TRY(call.id<CaseTag>());
    TRY(expect_visible(tx, desk.parts().library, call.caller, id));
    return id;
}

json::value shown(process::Field const& field, json::value const& value) {
    for (auto const& choice : field.choices) {
        if (value.is_string() && value.get_string() == choice.value) return {{"zh", choice.zh}, {"en", choice.en}};
    }
    return value;
}

// Says what a completed step decided and what was entered, in the words of the version that the case runs on.
void describe(EntryView& entry, process::Version const& version) {
    if (entry.kind != "completed" || !entry.element) return;
    if (auto const* outcome = entry.data.if_contains("outcome"); outcome != nullptr && outcome->is_string()) {
        auto const index = version.definition->find(*entry.element);
        if (index != bpmn::none) {
            for (auto const& o : version.definition->outcomes(index)) {
                if (o.value == outcome->get_string()) entry.outcome = process::Choice{o.value, o.name, o.name_en};
            }
        }
    }
    auto const* fields = entry.data.if_contains("fields");
    auto const* form = version.form_of(*entry.element);
    if (fields == nullptr || !fields->is_object() || form == nullptr) return;
    for (auto const& field : form->fields) {
        auto const* value = fields->get_object().if_contains(field.id);
        if (value == nullptr || value->is_null()) continue;
        entry.fields.push_back(
            {field.id, field.label.zh, field.label.en, json::word(field.type), shown(field, *value)});
    }
}

// Attachments of all entries of the page in one query.
Result<> add_attachments(storage::Transaction& tx, std::vector<EntryView>& entries) {
    if (entries.empty()) return {};
    std::map<std::int64_t, EntryView*> by_id;
    std::vector<EntryId> ids;
    for (auto& entry : entries) {
        by_id[entry.id.value] = &entry;
        ids.push_back(entry.id);
    }
    storage::Select select(
        "SELECT a.entry, a.id, a.name, a.type, a.size, a.sha256, p.id, p.name, a.at FROM attachment a "
        "LEFT JOIN person p ON p.id = a.by_person");
    select.where_in("a.entry", ids).end("ORDER BY a.id");
    for (auto const& r : TRY(tx.query(select))) {
        by_id[r.integer(0)]->attachments.push_back(
            {r.id<AttachmentTag>(1), r.text(2), r.text(3), r.integer(4), r.text(5), ref_at(r, 6, 7), r.instant(8)});
    }
    return {};
}

// An entry that tells of a link names the case at its other end: it is there for whoever may see that one too.
Result<> drop_links_out_of_sight(Desk& desk, api::Call const& call, storage::Transaction& tx,
                                 std::vector<EntryView>& entries) {
    auto const far_end = [](EntryView const& entry) {
        auto const* named = entry.kind == "linked" ? entry.data.if_contains("case") : nullptr;
        return named != nullptr && named->is_string() ? CaseId::parse(named->get_string()) : std::nullopt;
    };
    std::vector<CaseId> named;
    for (auto const& entry : entries) {
        if (auto const id = far_end(entry)) named.push_back(*id);
    }
    if (named.empty()) return {};
    auto const seen = TRY(visible_of(tx, TRY(sight_of(tx, desk.parts().library, call.caller)), named));
    std::erase_if(entries, [&](EntryView const& entry) {
        auto const id = far_end(entry);
        return id && !seen.contains(id->value);
    });
    return {};
}

Result<api::Page<EntryView>> timeline(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const id = TRY(visible(desk, call, tx));
    auto const limit = TRY(call.limit());
    storage::Select select(
        "SELECT t.id, t.at, t.kind, p.id, p.name, t.element, t.name_zh, t.name_en, t.text, t.data "
        "FROM timeline t LEFT JOIN person p ON p.id = t.actor");
    select.where("t.case_id = ?", id);
    // Which article of the knowledge base somebody looked into is the centre's own business.
    if (!call.caller.may("cases.read")) select.where("t.kind <> 'knowledge'");
    if (auto cursor = TRY(call.query_id<EntryTag>("cursor"))) select.where("t.id < ?", *cursor);
    if (auto kind = call.query.text("kind"); !kind.empty()) select.where("t.kind = ?", kind);
    select.end("ORDER BY t.id DESC LIMIT ?", limit + 1);
    auto const record = TRY(load_record(tx, id));
    auto const version = TRY(desk.parts().library.version(tx, record.process_hash));
    api::Page<EntryView> page;
    for (auto const& r : TRY(tx.query(select))) {
        auto const data = r.json(9);
        page.items.push_back({.id = r.id<EntryTag>(0),
                              .at = r.instant(1),
                              .kind = r.text(2),
                              .actor = ref_at(r, 3, 4),
                              .element = r.optional_text(5),
                              .name_zh = r.optional_text(6),
                              .name_en = r.optional_text(7),
                              .text = r.optional_text(8),
                              .data = data.is_object() ? data.get_object() : json::object{},
                              .outcome = {},
                              .fields = {},
                              .attachments = {}});
        describe(page.items.back(), *version);
    }
    if (static_cast<std::int64_t>(page.items.size()) > limit) {
        page.items.pop_back();
        page.next = page.items.back().id.str();
    }
    TRY(drop_links_out_of_sight(desk, call, tx, page.items));
    TRY(add_attachments(tx, page.items));
    return page;
}

Result<Diagram> diagram(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const id = TRY(visible(desk, call, tx));
    auto const record = TRY(load_record(tx, id));
    auto const version = TRY(desk.parts().library.version(tx, record.process_hash));
    Diagram out{.process = record.kind,
                .version = record.process_hash,
                .xml = version->xml,
                .active = {},
                .visited = {},
                .flows = {}};
    for (auto const& r : TRY(tx.query("SELECT v.element, v.entered_at, t.id, p.id, p.name, t.due_at FROM case_visit v "
                                      "LEFT JOIN task t ON t.case_id = v.case_id AND t.instance = v.instance "
                                      "LEFT JOIN person p ON p.id = t.assignee "
                                      "WHERE v.case_id = ? AND v.left_at IS NULL LIMIT 1000",
                                      id))) {
        out.active.push_back(
            {r.text(0), r.instant(1), r.optional_id<TaskTag>(2), ref_at(r, 3, 4), r.optional_instant(5)});
    }
    // What has ended waits for nobody: its end event holds no token any more.
    if (record.ended()) out.active.clear();
    for (auto const& r : TRY(tx.query("SELECT element, count(*), sum(coalesce(left_at, ?) - entered_at), max(left_at) "
                                      "FROM case_visit WHERE case_id = ? GROUP BY element",
                                      record.closed_at.value_or(call.now), id))) {
        out.visited.push_back({r.text(0), r.integer(1), r.integer(2), r.optional_instant(3)});
    }
    for (auto const& r : TRY(tx.query("SELECT flow, times FROM case_flow WHERE case_id = ?", id))) {
        out.flows.push_back({r.text(0), r.integer(1)});
    }
    return out;
}

}  // namespace

api::Routes record_routes(Desk& desk) {
    api::Routes out;
    out.push_back(api::get("/cases/{id}/timeline",
                           {.right = "signed-in",
                            .help = "What happened, newest first",
                            .query = {{"kind", "Only entries of this kind"},
                                      {"limit", "1 to 200"},
                                      {"cursor", "next of the page before"}}},
                           [&](api::Call const& call, storage::Transaction& tx) { return timeline(desk, call, tx); }));
    out.push_back(api::get("/cases/{id}/diagram",
                           {.right = "signed-in", .help = "Its flowchart, tokens and the path taken"},
                           [&](api::Call const& call, storage::Transaction& tx) { return diagram(desk, call, tx); }));
    return out;
}

}  // namespace keepword::cases
