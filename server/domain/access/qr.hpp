#pragma once
#include <string>
#include <string_view>

#include "foundation/result.hpp"

namespace keepword::access {

// A QR code as an SVG picture, dark on white with the quiet zone that cameras need. Error qr.too-long.
Result<std::string> qr_svg(std::string_view text);

}  // namespace keepword::access
