#include <fmt/core.h>

#include <algorithm>

#include "engine/bpmn/draft.hpp"
#include "foundation/crypto.hpp"

namespace keepword::bpmn {
namespace {

// Everything that needs the parts to be there comes after the rules that say they are not; rules look only at what
// was resolved, so that one mistake is reported once.
void apply_rules(Draft& draft, For purpose) {
    find_triggers(draft);
    if (purpose == For::going_on) return;
    check_ids(draft);
    check_references(draft);
    check_flows(draft);
    check_gateways(draft);
    check_events(draft);
    check_activities(draft);
    check_loops(draft);
    check_data(draft);
    check_processes(draft);
    check_collaborations(draft);
    check_lanes(draft);
    check_support(draft);
    if (purpose == For::deployment) {
        check_complete(draft);
        check_deployment(draft);
    }
    std::ranges::sort(draft.violations);
    auto const repeated = std::ranges::unique(draft.violations);
    draft.violations.erase(repeated.begin(), repeated.end());
}

std::optional<Violation> not_bpmn(Document const& document) {
    auto const root = document.root();
    auto const at = document.place(root);
    if (bpmn_name(root) != "definitions") {
        return Violation{at.line, at.column, "bpmn.root", "the root is not definitions of BPMN 2.0"};
    }
    for (auto const node : root.children()) {
        if (bpmn_name(node) == "process") return std::nullopt;
    }
    return Violation{at.line, at.column, "bpmn.process.missing", "there is no process in the file"};
}

// Whether anything in the file is ours: then it means to be deployed here.
bool speaks_ours(pugi::xml_node root) {
    for (auto const attribute : root.attributes()) {
        if (std::string_view(attribute.name()).starts_with("xmlns") && attribute.value() == our_namespace) return true;
    }
    return false;
}

Error unreadable(std::string code, Violation const& violation) {
    return Error(Kind::invalid, std::move(code))
        .with("line", std::to_string(violation.line))
        .with("column", std::to_string(violation.column))
        .with("rule", violation.rule)
        .with("message", violation.message);
}

}  // namespace

Checked check(std::string_view bytes, For purpose) {
    Document document;
    auto refused = Document::read(bytes, document);
    if (!refused) refused = not_bpmn(document);
    if (refused) return {nullptr, {std::move(*refused)}};
    Draft draft(document);
    draft.definition.hash = crypto::hex(crypto::sha256(bytes));
    import(draft);
    if (purpose == For::its_kind) purpose = speaks_ours(document.root()) ? For::deployment : For::simulation;
    apply_rules(draft, purpose);
    return {std::make_shared<Definition const>(std::move(draft.definition)), std::move(draft.violations)};
}

Result<DefinitionPtr> load(std::string_view bytes, For purpose) {
    auto checked = check(bytes, purpose);
    if (checked.violations.empty()) return std::move(checked.definition);
    return fail(unreadable("process.invalid", checked.violations.front())
                    .with("count", std::to_string(checked.violations.size())));
}

Result<std::string> round_trip(std::string_view bytes) {
    Document document;
    if (auto const refused = Document::read(bytes, document)) return fail(unreadable("process.unreadable", *refused));
    return document.write();
}

}  // namespace keepword::bpmn
