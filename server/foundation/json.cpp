#include "foundation/json.hpp"

namespace keepword::json {

Result<value> parse(std::string_view text, std::size_t depth) {
    boost::system::error_code error;
    bj::parse_options options;
    options.max_depth = depth;
    value parsed = bj::parse(text, error, {}, options);
    if (error) return fail(Kind::invalid, "json.syntax", error.message());
    return parsed;
}

}  // namespace keepword::json
