#pragma once
#include "domain/case/case_run.hpp"

// What is done when a process stands. Private to this folder but for what case.hpp declares.
namespace keepword::cases {

// A token that stands and cannot go on: where, and why.
struct Standing {
    bpmn::Instance instance = 0;
    bpmn::Index element = bpmn::none;
    std::string code;
    bool operator==(Standing const&) const = default;
};
std::vector<Standing> standing(bpmn::State const& state);
// Brings the list of incidents up to date after a step: `stood` is what stood before it, in the same drawing. What
// stands as it stood keeps its row, and with it since when; an act on a case where nothing stands writes nothing.
Result<> note_incidents(Act const& act, Running const& running, std::vector<Standing> const& stood);

}  // namespace keepword::cases
