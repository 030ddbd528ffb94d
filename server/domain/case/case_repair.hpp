#pragma once
#include "domain/case/case_run.hpp"

// What is done when a process stands. Private to this folder but for what case.hpp declares.
namespace keepword::cases {

// The numbers of the tokens that stand and cannot go on.
std::vector<bpmn::Instance> standing(bpmn::State const& state);
// Brings the list of incidents up to date after a step: `stood` is what stood before it.
Result<> note_incidents(Act const& act, Running const& running, std::vector<bpmn::Instance> const& stood);

}  // namespace keepword::cases
