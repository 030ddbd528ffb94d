#include "domain/access/qr.hpp"

#include <fmt/core.h>
#include <qrencode.h>

#include <memory>

namespace keepword::access {

Result<std::string> qr_svg(std::string_view text) {
    constexpr int quiet = 4;  // modules of white around it
    std::unique_ptr<QRcode, decltype(&QRcode_free)> const code(
        QRcode_encodeString(std::string(text).c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1), &QRcode_free);
    if (!code) return fail(Kind::internal, "qr.too-long");
    std::string dark;
    for (int y = 0; y < code->width; ++y) {
        for (int x = 0; x < code->width; ++x) {
            if ((code->data[y * code->width + x] & 1U) != 0)
                dark += fmt::format("M{} {}h1v1h-1z", x + quiet, y + quiet);
        }
    }
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" shape-rendering=\"crispEdges\">"
        "<path fill=\"#fff\" d=\"M0 0h{0}v{0}H0z\"/><path d=\"{1}\"/></svg>",
        code->width + 2 * quiet, dark);
}

}  // namespace keepword::access
