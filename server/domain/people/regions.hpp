#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json.hpp"
#include "foundation/result.hpp"

namespace keepword::people {

// A province, city or county by its official code.
struct Region {
    std::string code;
    std::string name;
    std::optional<std::string> parent;
};
BOOST_DESCRIBE_STRUCT(Region, (), (code, name, parent))

// The regions the centre serves. Data, not code; never changes while the program runs.
class RegionBook {
  public:
    // From data/regions.json; regions.invalid where it is not of that shape.
    static Result<RegionBook> load(std::string_view json);

    // A city stands before its counties.
    std::vector<Region> const& all() const { return regions_; }
    Region const* find(std::string_view code) const;
    // "南昌市西湖区": the city's name before a county's; empty where the code is unknown.
    std::string full_name(std::string_view code) const;
    // Whether `code` is `region` or lies in it.
    bool within(std::string_view code, std::string_view region) const;

  private:
    void add(Region region);

    std::vector<Region> regions_;
    std::map<std::string, std::size_t, std::less<>> by_code_;
};

}  // namespace keepword::people
