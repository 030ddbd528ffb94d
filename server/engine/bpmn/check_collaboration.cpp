#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/bpmn/draft.hpp"

// Rules about pools, the messages between them, and lanes.
namespace keepword::bpmn {
namespace {

constexpr std::string_view conversation_names = "conversation subConversation callConversation";

// The process in which something stands; a pool without a process, or what stands in none, is its own.
Index pool_of(Parts const& parts, Index part) {
    if (parts[part].name == "participant") {
        auto const node = parts[part].node;
        Index const process = parts.resolve(node, node.attribute("processRef").value()).part;
        return process == none ? part : process;
    }
    Index const process = parts.around(part, "process");
    return process == none ? part : process;
}

// An event without a definition is drawn by many where the message is not yet named; it is let pass.
bool about_messages(Draft const& draft, Index part) {
    Index const element = draft.definition.find(draft.parts[part].node.attribute("id").value());
    if (element == none) return true;
    auto const& triggers = draft.triggers[element];
    return triggers.empty() || triggers.contains(Trigger::message) || triggers.contains(Trigger::nothing);
}

bool takes_part(Draft const& draft, Index part, std::string_view events) {
    auto const name = draft.parts[part].name;
    if (has_word(events, name)) return about_messages(draft, part);
    return name == "participant" || has_word(activity_names, name) || has_word(conversation_names, name);
}

void check_message_flow(Draft& draft, Index flow) {
    auto const& parts = draft.parts;
    auto const node = parts[flow].node;
    Index const source = parts.named_by(flow, "sourceRef").part;
    Index const target = parts.named_by(flow, "targetRef").part;
    if (source != none && !takes_part(draft, source, "intermediateThrowEvent endEvent")) {
        draft.add(node, "bpmn.message-flow.source",
                  fmt::format("this {} sends no messages: pools, activities and throwing message events do",
                              parts[source].name));
    }
    if (target != none && !takes_part(draft, target, "startEvent intermediateCatchEvent boundaryEvent")) {
        draft.add(node, "bpmn.message-flow.target",
                  fmt::format("this {} receives no messages: pools, activities and catching message events do",
                              parts[target].name));
    }
    if (source != none && target != none && pool_of(parts, source) == pool_of(parts, target)) {
        draft.add(node, "bpmn.message-flow.one-pool",
                  "a message flow runs between two pools; inside one there are sequence flows");
    }
}

std::optional<long> number(pugi::xml_node node, char const* name, long otherwise) {
    auto const attribute = node.attribute(name);
    if (!attribute) return otherwise;
    std::string_view const text = attribute.value();
    long out = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    return failure == std::errc() && end == text.data() + text.size() ? std::optional(out) : std::nullopt;
}

void check_multiplicity(Draft& draft, pugi::xml_node node) {
    auto const least = number(node, "minimum", 0);
    auto const most = number(node, "maximum", 1);
    if (least && most && *least >= 0 && *most >= 1 && *least <= *most) return;
    draft.add(node, "bpmn.participant.multiplicity",
              "minimum is a whole number from 0 on, maximum one from 1 on, and not below minimum");
}

// ---- lanes ----------------------------------------------------------------------------------------------------------

// A node stands in one lane of a set; the lanes around that one may name it as well, and so may those of another set.
struct Standing {
    Index set;   // the outermost laneSet
    int depth;   // how many lanes deep
    Index node;  // which node
    auto operator<=>(Standing const&) const = default;
};

class Lanes {
  public:
    explicit Lanes(Draft& draft) : draft_(draft) {}

    void check_set(Index set, Index outermost, int depth) {
        for (Index const lane : draft_.parts.children(set)) {
            if (draft_.parts[lane].name != "lane") continue;
            for (Index const inner : draft_.parts.children(lane)) {
                if (draft_.parts[inner].name == "flowNodeRef") check_node(inner, lane, outermost, depth);
                if (draft_.parts[inner].name == "childLaneSet") check_set(inner, outermost, depth + 1);
            }
        }
    }

  private:
    void check_node(Index reference, Index lane, Index outermost, int depth) {
        auto const& parts = draft_.parts;
        auto const at = parts[reference].node;
        auto const id = text_of(at);
        Index const node = parts.find(local(id));
        if (node == none || !is_node_name(parts[node].name)) {
            return draft_.add(at, "bpmn.lane.dangling",
                              node == none ? fmt::format("the lane names “{}”, which is not there", id)
                                           : fmt::format("“{}” is a {}: activities, gateways and events stand in lanes",
                                                         id, parts[node].name));
        }
        if (parts.around(node, "process") != parts.around(lane, "process")) {
            return draft_.add(at, "bpmn.lane.other-pool", fmt::format("{} belongs to another process", id));
        }
        auto const [first, added] = stands_.emplace(Standing{outermost, depth, node}, lane);
        if (!added && first->second != lane) {
            draft_.add(at, "bpmn.lane.twice", fmt::format("{} stands in two lanes", id));
        }
    }

    Draft& draft_;
    std::map<Standing, Index> stands_;
};

}  // namespace

void check_collaborations(Draft& draft) {
    for (Index i = 0; i < draft.parts.size(); ++i) {
        if (draft.parts[i].name == "messageFlow") check_message_flow(draft, i);
        if (draft.parts[i].name == "participantMultiplicity") check_multiplicity(draft, draft.parts[i].node);
    }
}

void check_lanes(Draft& draft) {
    Lanes lanes(draft);
    for (Index i = 0; i < draft.parts.size(); ++i) {
        if (draft.parts[i].name == "laneSet") lanes.check_set(i, i, 1);
    }
}

}  // namespace keepword::bpmn
