#pragma once
#include "domain/case/case.hpp"

// The hotline (热线): a call taken, recorded and, where it can be, solved in one act (ACC-02, ACC-03).
namespace keepword::hotline {

api::Routes routes(cases::Desk& desk);

}  // namespace keepword::hotline
