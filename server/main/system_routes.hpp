#pragma once
#include "engine/api/route.hpp"

namespace keepword {

class Centre;

// Routes of the system itself: the audit, settings, and the clock of a centre that is served with `--clock manual`.
api::Routes system_routes(Centre& centre);

}  // namespace keepword
