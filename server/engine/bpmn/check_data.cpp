#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>

#include "engine/bpmn/draft.hpp"

// Rules about data: where they come from, where they go, and whether what arrives is what is expected.
namespace keepword::bpmn {
namespace {

constexpr std::string_view scope_names = "process subProcess transaction adHocSubProcess";
constexpr std::string_view catching_names = "startEvent intermediateCatchEvent boundaryEvent";
constexpr std::string_view throwing_names = "endEvent intermediateThrowEvent";

// What a reference to a data object or a data store stands for.
Index behind(Parts const& parts, Index part) {
    auto const name = parts[part].name;
    auto const node = parts[part].node;
    char const* reference = name == "dataObjectReference" ? "dataObjectRef" : "dataStoreRef";
    if (name != "dataObjectReference" && name != "dataStoreReference") return part;
    Index const target = parts.resolve(node, node.attribute(reference).value()).part;
    return target == none ? part : target;
}

std::string_view item_of(Parts const& parts, Index part) {
    std::string_view const own = parts[part].node.attribute("itemSubjectRef").value();
    return own.empty() ? parts[behind(parts, part)].node.attribute("itemSubjectRef").value() : own;
}

// Two item definitions of the same structure are as good as one.
bool same_item(Parts const& parts, pugi::xml_node at, std::string_view a, std::string_view b) {
    if (a.empty() || b.empty() || local(a) == local(b)) return true;
    Index const first = parts.resolve(at, a).part;
    Index const second = parts.resolve(at, b).part;
    if (first == none || second == none) return true;  // said already, or a type from elsewhere
    // A tool that adds to the definitions has types, and ways from one to the other, of its own.
    if (parts.extended(first) || parts.extended(second)) return true;
    std::string_view const structure = parts[first].node.attribute("structureRef").value();
    return !structure.empty() && structure == parts[second].node.attribute("structureRef").value();
}

// A data object is seen by what stands beside it and inside that. A data store belongs to nobody.
bool sees(Parts const& parts, Index activity, Index data) {
    if (!has_word("dataObject dataObjectReference property", parts[data].name)) return true;
    Index const scope = parts[data].parent;
    return scope == none || !has_word(scope_names, parts[scope].name) || parts.stands_in(activity, scope);
}

struct Association {
    Index self = none;
    Index owner = none;  // the activity or event
    std::vector<Index> sources;
    Index target = none;
    bool input = true;
    bool computes = false;  // a transformation or assignments say what arrives
};

Association read(Parts const& parts, Index self) {
    Association out{.self = self, .owner = parts[self].parent, .input = parts[self].name == "dataInputAssociation"};
    for (Index const inner : parts.children(self)) {
        auto const name = parts[inner].name;
        if (name == "transformation" || name == "assignment") out.computes = true;
        if (name == "sourceRef")
            out.sources.push_back(parts.resolve(parts[inner].node, text_of(parts[inner].node)).part);
        if (name == "targetRef") out.target = parts.resolve(parts[inner].node, text_of(parts[inner].node)).part;
    }
    return out;
}

// What goes in ends at an input of the activity; what comes out begins at one of its outputs.
void check_side(Draft& draft, Association const& a, Index end) {
    auto const& parts = draft.parts;
    if (end == none || !has_word(data_names, parts[end].name)) return;
    bool const inside = parts.stands_in(end, a.owner);
    bool const wrong_side =
        has_word(a.input ? "dataOutput outputDataItem" : "dataInput inputDataItem", parts[end].name);
    if (inside && !wrong_side) return;
    draft.add(parts[a.self].node, a.input ? "bpmn.data.input" : "bpmn.data.output",
              a.input ? "the targetRef of a dataInputAssociation is a data input of the activity it stands in"
                      : "the sourceRef of a dataOutputAssociation is a data output of the activity it stands in");
}

void check_association(Draft& draft, Association const& a) {
    auto const& parts = draft.parts;
    auto const node = parts[a.self].node;
    if (a.input) check_side(draft, a, a.target);
    for (Index const source : a.sources) {
        if (!a.input) check_side(draft, a, source);
        if (source == none || a.target == none || a.computes) continue;
        auto const from = item_of(parts, source);
        auto const to = item_of(parts, a.target);
        if (!same_item(parts, node, from, to)) {
            draft.add(node, "bpmn.data.item",
                      fmt::format("{} comes out and {} goes in: without a transformation both are of one item "
                                  "definition",
                                  from, to));
        }
    }
    if (a.sources.size() > 1 && !a.computes) {
        draft.add(node, "bpmn.data.sources", "several sources need a transformation that makes one thing of them");
    }
    auto outer = a.input ? a.sources : std::vector{a.target};
    for (Index const data : outer) {
        if (data == none || sees(parts, a.owner, data)) continue;
        draft.add(node, "bpmn.data.scope",
                  fmt::format("{} is not seen from here: it belongs to another process or sub-process",
                              parts[data].node.attribute("id").value()));
    }
}

// Catching events bring data, throwing ones take them along.
void check_event(Draft& draft, Index part) {
    auto const& parts = draft.parts;
    if (parts[part].parent == none) return;
    bool const catching = has_word(catching_names, parts[parts[part].parent].name);
    bool const throwing = has_word(throwing_names, parts[parts[part].parent].name);
    bool const in = has_word("dataInput dataInputAssociation inputSet", parts[part].name);
    bool const out = has_word("dataOutput dataOutputAssociation outputSet", parts[part].name);
    if ((catching && in) || (throwing && out)) {
        draft.add(parts[part].node, "bpmn.data.event",
                  catching ? "a catching event has data outputs only" : "a throwing event has data inputs only");
    }
}

// A set lists inputs or outputs of what it stands in; those that are optional or come later are among them.
void check_set(Draft& draft, Index set) {
    auto const& parts = draft.parts;
    bool const in = parts[set].name == "inputSet";
    std::unordered_set<Index> listed;
    auto const each = [&](std::string_view names, auto&& judge) {
        for (Index const inner : parts.children(set)) {
            if (!has_word(names, parts[inner].name)) continue;
            Index const target = parts.resolve(parts[inner].node, text_of(parts[inner].node)).part;
            if (target != none) judge(inner, target);
        }
    };
    each(in ? "dataInputRefs" : "dataOutputRefs", [&](Index inner, Index target) {
        listed.insert(target);
        if (parts[target].parent == parts[set].parent) return;
        draft.add(parts[inner].node, "bpmn.data.set", "a set lists the inputs or outputs of what it stands in");
    });
    each(in ? "optionalInputRefs whileExecutingInputRefs" : "optionalOutputRefs whileExecutingOutputRefs",
         [&](Index inner, Index target) {
             if (listed.contains(target)) return;
             draft.add(parts[inner].node, "bpmn.data.set",
                       fmt::format("{} must be among the {} as well", text_of(parts[inner].node),
                                   in ? "dataInputRefs" : "dataOutputRefs"));
         });
}

}  // namespace

void check_data(Draft& draft) {
    auto const& parts = draft.parts;
    for (Index i = 0; i < parts.size(); ++i) {
        auto const name = parts[i].name;
        check_event(draft, i);
        if (name == "inputSet" || name == "outputSet") check_set(draft, i);
        if (name == "dataInputAssociation" || name == "dataOutputAssociation") {
            check_association(draft, read(parts, i));
        }
        if (name == "ioSpecification" &&
            has_word("subProcess transaction adHocSubProcess", parts[parts[i].parent].name)) {
            draft.add(parts[i].node, "bpmn.data.sub-process",
                      "a sub-process has no inputs and outputs of its own; it sees the data around it");
        }
    }
}

}  // namespace keepword::bpmn
