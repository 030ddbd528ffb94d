#pragma once
#include <string_view>
#include <utility>

namespace keepword::outbound {

// Where a reply's own text ends and the repeated earlier mail begins: {own, repeated}, together the whole. Only where
// that is plain (a line by which a mail program introduces it, or '>' before every line to the end), and only where
// something of its own stands before; answers written between quoted lines stay whole, and so does what is forwarded.
std::pair<std::string_view, std::string_view> split_quote(std::string_view text);

}  // namespace keepword::outbound
