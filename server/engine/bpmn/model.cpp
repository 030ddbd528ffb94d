#include "engine/bpmn/model.hpp"

namespace keepword::bpmn {

std::string_view Element::attribute(std::string_view wanted) const {
    for (auto const& [key, text] : kw) {
        if (key == wanted) return text;
    }
    return {};
}

Index Definition::find(std::string_view id) const {
    auto const found = by_id.find(id);
    return found == by_id.end() ? none : found->second;
}

Index Definition::find_flow(std::string_view id) const {
    auto const found = flows_by_id.find(id);
    return found == flows_by_id.end() ? none : found->second;
}

Lane const* Definition::lane_of(Index element) const {
    Index const lane = elements[element].lane;
    return lane == none ? nullptr : &lanes[lane];
}

std::vector<Index> Definition::starts(Index of_process) const {
    std::vector<Index> out;
    for (Index const child : elements[of_process].children) {
        if (elements[child].type == Type::start_event) out.push_back(child);
    }
    return out;
}

}  // namespace keepword::bpmn
