#include <charconv>

#include "domain/case/case_repair.hpp"
#include "domain/case/case_routes.hpp"
#include "domain/case/case_views.hpp"

// The routes by which an administrator repairs a process that stands, and speaks to one from outside.
namespace keepword::cases {
namespace {

struct IncidentRow {
    std::string id;  // CASE-INSTANCE
    api::Ref case_;
    std::string kind;
    std::int64_t instance = 0;
    std::string element;
    std::string name_zh;
    std::string name_en;
    std::string code;
    Instant at;            // since when it stands
    bool visible = false;  // may the caller open the case?
};
BOOST_DESCRIBE_STRUCT(IncidentRow, (), (id, case_, kind, instance, element, name_zh, name_en, code, at, visible))

struct RetryBody {
    std::optional<json::object> variables;
};
BOOST_DESCRIBE_STRUCT(RetryBody, (), (variables))

struct MessageBody {
    json::Text<200> name;
    std::optional<json::object> fields;
};
BOOST_DESCRIBE_STRUCT(MessageBody, (), (name, fields))

struct MigrationBody {
    json::Text<64> version;
    std::map<std::string, json::Text<200>> elements;
};
BOOST_DESCRIBE_STRUCT(MigrationBody, (), (version, elements))

// Only where a case stands and why, never what is in it: the caller need not be one who may see it.
Result<IncidentRow> incident_from(Desk& desk, storage::Transaction& tx, storage::Row const& row) {
    auto const version = TRY(desk.parts().library.version(tx, row.text(7)));
    auto const index = version->definition->find(row.text(2));
    auto const case_id = row.id<CaseTag>(0).str();
    IncidentRow out{.id = case_id + "-" + std::to_string(row.integer(1)),
                    .case_ = {case_id, row.text(5)},
                    .kind = row.text(6),
                    .instance = row.integer(1),
                    .element = row.text(2),
                    .name_zh = {},
                    .name_en = {},
                    .code = row.text(3),
                    .at = row.instant(4)};
    if (index != bpmn::none) {
        out.name_zh = version->definition->at(index).name;
        out.name_en = version->definition->at(index).name_en;
    }
    return out;
}

std::optional<bpmn::Instance> instance_from(std::string_view text) {
    bpmn::Instance out = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return out;
}

// The cursor is the id of the last incident seen: a page may end between two of one case.
Result<> begin_after(storage::Select& select, api::Call const& call) {
    auto const cursor = call.query.text("cursor");
    if (cursor.empty()) return {};
    auto const dash = cursor.find('-');
    auto const id = CaseId::parse(cursor.substr(0, dash));
    auto const instance = dash == std::string::npos ? std::nullopt : instance_from(cursor.substr(dash + 1));
    if (!id || !instance) return invalid("cursor", "id");
    select.where("(i.case_id, i.instance) > (?, ?)", *id, *instance);
    return {};
}

Result<> mark_visible(Desk& desk, api::Call const& call, storage::Transaction& tx, std::vector<IncidentRow>& rows) {
    std::vector<CaseId> ids;
    for (auto const& row : rows) ids.push_back(CaseId::parse(row.case_.id).value_or(CaseId{}));
    auto const seen = TRY(visible_of(tx, TRY(sight_of(tx, desk.parts().library, call.caller)), ids));
    for (auto& row : rows) row.visible = seen.contains(CaseId::parse(row.case_.id).value_or(CaseId{}).value);
    return {};
}

// The oldest cases first, in the order of the table's key.
Result<api::Page<IncidentRow>> incidents(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const limit = TRY(call.limit());
    storage::Select select(
        "SELECT i.case_id, i.instance, i.element, i.code, i.at, c.number, c.kind, c.process_hash "
        "FROM incident i JOIN cases c ON c.id = i.case_id");
    TRY(begin_after(select, call));
    see(select, TRY(sight_of_repair(tx, desk.parts().library, call.caller)));
    select.end("ORDER BY i.case_id, i.instance LIMIT ?", limit + 1);
    auto const rows = TRY(tx.query(select));
    api::Page<IncidentRow> page;
    for (auto const& row : rows) {
        if (static_cast<std::int64_t>(page.items.size()) == limit) {
            page.next = page.items.back().id;
            break;
        }
        page.items.push_back(TRY(incident_from(desk, tx, row)));
    }
    TRY(mark_visible(desk, call, tx, page.items));
    return page;
}

Result<bpmn::Instance> instance_of(api::Call const& call) {
    auto const instance = instance_from(call.part("instance"));
    if (!instance) return fail(Kind::not_found, "not-found");
    return *instance;
}

// The case to be repaired. Repair needs no sight of what is in a case; but one of a closed kind is there only for those
// taking part, and whoever may not repair learns of no case that they may not see.
Result<CaseId> repaired(Desk& desk, api::Call const& call, storage::Transaction& tx) {
    auto const id = TRY(call.id<CaseTag>());
    if (!TRY(covers(tx, TRY(sight_of_repair(tx, desk.parts().library, call.caller)), id)))
        return fail(Kind::not_found, "not-found");
    if (!call.caller.may("cases.repair"))
        return fail(Error(Kind::forbidden, "right.missing").with("right", "cases.repair"));
    return id;
}

}  // namespace

api::Routes repair_routes(Desk& desk) {
    api::Routes out;
    out.push_back(api::get("/incidents",
                           {.right = "cases.repair",
                            .help = "Where processes stand and cannot go on",
                            .query = {{"limit", "1 to 200"}, {"cursor", "next of the page before"}}},
                           [&](api::Call const& call, storage::Transaction& tx) { return incidents(desk, call, tx); }));
    out.push_back(api::post<RetryBody>(
        "/cases/{id}/incidents/{instance}/retry",
        {.right = "signed-in", .help = "Try again where the process stands, with variables put right first"},
        [&](api::Call const& call, RetryBody const& in, storage::Transaction& tx) -> Result<api::Nothing> {
            auto const id = TRY(repaired(desk, call, tx));
            TRY(desk.retry(act_of(call, tx), id, TRY(instance_of(call)), in.variables.value_or(json::object())));
            return api::Nothing{};
        }));
    out.push_back(api::post<MessageBody>(
        "/cases/{id}/messages", {.right = "signed-in", .help = "Give a case's process a message it waits for"},
        [&](api::Call const& call, MessageBody const& in, storage::Transaction& tx) -> Result<api::Nothing> {
            auto const id = TRY(repaired(desk, call, tx));
            TRY(desk.handle(act_of(call, tx), id,
                            bpmn::MessageArrived{in.name.value, 0, in.fields.value_or(json::object())}));
            return api::Nothing{};
        }));
    out.push_back(api::post<MigrationBody>(
        "/cases/{id}/migrate",
        {.right = "signed-in", .help = "Move a running case to another version of its process by an explicit map"},
        [&](api::Call const& call, MigrationBody const& in, storage::Transaction& tx) -> Result<api::Nothing> {
            auto const id = TRY(repaired(desk, call, tx));
            bpmn::MigrationMap map;
            for (auto const& [old, now] : in.elements) map.elements[old] = now.value;
            TRY(desk.migrate(act_of(call, tx), id, in.version.value, map));
            return api::Nothing{};
        }));
    return out;
}

}  // namespace keepword::cases
