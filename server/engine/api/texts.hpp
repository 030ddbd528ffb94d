#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/caller.hpp"
#include "foundation/result.hpp"

namespace keepword::api {

// What the server says to people, in both languages: data (data/texts.json), not code.
// Shape: {"code": {"zh": "任务已由{by}完成。", "en": "{by} has already completed this task."}}
class Texts {
  public:
    // texts.invalid where the file is not of that shape or a language is missing.
    static Result<Texts> load(std::string_view json);

    // The text of a code with its placeholders filled; the code itself where there is none.
    std::string say(Locale locale, std::string_view code,
                    std::vector<std::pair<std::string, std::string>> const& params = {}) const;
    bool knows(std::string_view code) const { return texts_.contains(code); }

  private:
    struct Pair {
        std::string zh;
        std::string en;
    };
    std::map<std::string, Pair, std::less<>> texts_;
};

}  // namespace keepword::api
