#pragma once
#include <deque>
#include <functional>

#include "domain/case/case_run.hpp"

// What an act leads to in other cases: children opened and cancelled, callers told. Private to this folder.
namespace keepword::cases {

// Done one after the other once the case that the act began with is saved, each on the state as it is by then: no case
// is changed while it is in the middle of something, and processes that call each other without end use up no stack.
class Afterwards {
  public:
    void open_child(CaseId parent, bpmn::CallStarted call);
    void cancel_child(CaseId parent, bpmn::Instance call);
    void tell_caller(CaseId parent, bpmn::Event event);
    Result<> run(Desk& desk, Act const& act);

  private:
    std::deque<std::function<Result<>(Desk& desk, Act const& act)>> todo_;
    int opened_ = 0;
};

// Does something to a case, and then what it leads to, unless something around it goes on and will.
Result<> with_what_follows(Desk& desk, Act const& act, std::function<Result<>(Act const& act)> const& what);

}  // namespace keepword::cases
