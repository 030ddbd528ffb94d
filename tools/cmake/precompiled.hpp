// Read once for every file of the rooms that stand on engine/api: see Rooms.cmake. Nothing may count on it:
// a file includes what it uses, and the sanitizers' builds go without this.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>

#include <fmt/core.h>

#include "engine/api/app.hpp"
#include "engine/audit/audit.hpp"
