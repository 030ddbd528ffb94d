#include <unicode/ucnv.h>

#include <algorithm>
#include <memory>

#include "engine/table/csv.hpp"
#include "foundation/text.hpp"

namespace keepword::table {
namespace {

struct CloseConverter {
    void operator()(UConverter* c) const { ucnv_close(c); }
};

struct Strict {
    std::string text;
    std::size_t good = 0;  // bytes before the first that is no character; all of them where it is as long as they are
};

// Converts without forgiving anything. The output is a part at a time: a file may be large.
Strict convert_strictly(std::string_view bytes, char const* charset) {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<UConverter, CloseConverter> const from(ucnv_open(charset, &error));
    std::unique_ptr<UConverter, CloseConverter> const to(ucnv_open("UTF-8", &error));
    if (U_FAILURE(error)) return {};
    ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
    Strict out;
    constexpr std::size_t part = 64 * 1024;
    std::vector<UChar> wide(part);
    std::string narrow(4 * part, '\0');
    char const* source = bytes.data();
    char const* const end = source + bytes.size();
    for (bool more = true; more;) {
        UChar* target = wide.data();
        error = U_ZERO_ERROR;
        ucnv_toUnicode(from.get(), &target, wide.data() + part, &source, end, nullptr, 1, &error);
        more = error == U_BUFFER_OVERFLOW_ERROR;
        bool const bad = U_FAILURE(error) && !more;
        UChar const* written = wide.data();
        while (written < target) {
            char* text = narrow.data();
            UErrorCode none = U_ZERO_ERROR;
            ucnv_fromUnicode(to.get(), &text, narrow.data() + narrow.size(), &written, target, nullptr, 0, &none);
            out.text.append(narrow.data(), static_cast<std::size_t>(text - narrow.data()));
            if (U_FAILURE(none) && none != U_BUFFER_OVERFLOW_ERROR) break;
        }
        if (!bad) continue;
        char spoilt[8];
        std::int8_t length = sizeof spoilt;
        UErrorCode none = U_ZERO_ERROR;
        ucnv_getInvalidChars(from.get(), spoilt, &length, &none);
        auto const read = static_cast<std::size_t>(source - bytes.data());
        out.good = read - std::min<std::size_t>(read, static_cast<std::size_t>(std::max<std::int8_t>(length, 1)));
        return out;
    }
    out.good = bytes.size();
    return out;
}

// How far bytes are UTF-8.
std::size_t good_utf8(std::string_view bytes) {
    if (text::valid_utf8(bytes)) return bytes.size();
    std::size_t low = 0;
    std::size_t high = bytes.size();
    // Whether a prefix is whole up to a character that is cut: halved down to the place.
    while (high - low > 1) {
        std::size_t middle = low + (high - low) / 2;
        while (middle > low && (static_cast<unsigned char>(bytes[middle]) & 0xC0U) == 0x80U) --middle;
        if (middle == low) break;
        if (text::valid_utf8(bytes.substr(low, middle - low))) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

// The row and column a byte stands in, well enough for a person to look: quotes are not followed.
Error spoilt_at(std::string_view before) {
    auto const line = before.substr(before.rfind('\n') + 1);
    auto const row = 1 + std::ranges::count(before, '\n');
    auto const column = std::ranges::count_if(line, [](char c) { return c == ',' || c == ';' || c == '\t'; });
    return at_cell(Kind::invalid, "table.encoding", row, static_cast<std::size_t>(column));
}

// UTF-8 that lost a few bytes is no GB18030, although many of its characters would read as some.
bool surely_meant_utf8(std::string_view bytes) {
    auto const repaired = text::repair_utf8(bytes);
    std::size_t broken = 0;
    std::size_t whole = 0;
    for (std::size_t i = 0; i < repaired.size(); ++i) {
        if (repaired.compare(i, 3, "\xEF\xBF\xBD") == 0) {
            ++broken;
            i += 2;
        } else if (static_cast<unsigned char>(repaired[i]) >= 0xE0) {
            ++whole;
        }
    }
    return whole > 4 * broken;
}

Result<Plain> utf16(std::string_view bytes) {
    auto made = convert_strictly(bytes, "UTF-16");
    if (made.good < bytes.size() || bytes.size() % 2 != 0) return fail(spoilt_at(made.text));
    return Plain{std::move(made.text), "utf-16"};
}

}  // namespace

Result<Plain> plain_text(std::string_view bytes) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return utf16(bytes);
    bool const marked = bytes.starts_with(mark);
    if (marked) bytes.remove_prefix(mark.size());
    if (bytes.find('\0') != std::string_view::npos) return fail(Kind::invalid, "table.unknown");
    auto const good = good_utf8(bytes);
    if (good == bytes.size()) return Plain{std::string(bytes), "utf-8"};
    if (marked || surely_meant_utf8(bytes)) return fail(spoilt_at(bytes.substr(0, good)));
    auto made = convert_strictly(bytes, "gb18030");
    if (made.good < bytes.size()) return fail(spoilt_at(made.text));
    return Plain{std::move(made.text), "gb18030"};
}

}  // namespace keepword::table
