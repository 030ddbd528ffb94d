#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/caller.hpp"
#include "foundation/result.hpp"

namespace keepword::people {

// One role of data/roles.json.
struct Role {
    std::string key;
    std::string name_zh;
    std::string name_en;
    std::vector<std::string> rights;  // sorted
    bool outside = false;             // of another unit: without the rights that all staff have
    bool unscoped = false;            // concerns the whole centre: given for everything or not at all
};

// The roles there are and what they allow. Data, not code; never changes while the program runs.
class RoleBook {
  public:
    // From data/roles.json; roles.invalid where a key is missing or stands twice.
    static Result<RoleBook> load(std::string_view json);

    std::vector<Role> const& all() const { return roles_; }
    Role const* find(std::string_view key) const;
    // What every signed-in person of the centre may do.
    std::vector<std::string> const& staff_rights() const { return staff_rights_; }
    // Kinds of cases that only those taking part see, whatever rights somebody holds; sorted.
    std::vector<std::string> const& closed_kinds() const { return closed_kinds_; }
    // All rights there are, sorted.
    std::vector<std::string> every_right() const;

    // What somebody with these roles may do, sorted, each once. `outsider`: belongs to an outside organisation. Who
    // does, or holds an outside role of their own, has only what their roles give; standing in for somebody outside
    // takes nothing away. A right over the whole centre comes from a role held for the whole centre only.
    std::vector<std::string> rights_of(std::vector<api::Holding> const& holdings, bool outsider) const;

  private:
    std::vector<std::string> staff_rights_;
    std::vector<std::string> closed_kinds_;
    std::vector<std::string> whole_rights_;  // that reach over the whole centre
    std::vector<Role> roles_;
};

// The role nobody may be without: whoever holds it can give the others.
constexpr std::string_view owner_role = "system-owner";

}  // namespace keepword::people
