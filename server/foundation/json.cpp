#include "foundation/json.hpp"

namespace keepword::json {

Result<value> parse(std::string_view text) {
    boost::system::error_code error;
    bj::parse_options options;
    options.max_depth = max_depth;
    value parsed = bj::parse(text, error, {}, options);
    if (error) return fail(Kind::invalid, "json.syntax", error.message());
    return parsed;
}

}  // namespace keepword::json
