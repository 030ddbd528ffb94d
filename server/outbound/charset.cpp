#include "outbound/charset.hpp"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "foundation/text.hpp"

namespace keepword::outbound {
namespace {

struct CloseConverter {
    void operator()(UConverter* c) const { ucnv_close(c); }
};

// Bytes that are no character are counted and become U+FFFD instead of ending the conversion.
void count_bad(void const* context, UConverterToUnicodeArgs* args, char const*, int32_t,
               UConverterCallbackReason reason, UErrorCode* error) {
    if (reason > UCNV_IRREGULAR) return;
    ++*static_cast<std::size_t*>(const_cast<void*>(context));
    *error = U_ZERO_ERROR;
    UChar const replacement = 0xFFFD;
    ucnv_cbToUWriteUChars(args, &replacement, 1, 0, error);
}

struct Converted {
    std::string text;
    std::size_t bad = 0;
};

// Nothing where the encoding's name is unknown.
std::optional<Converted> convert(std::string_view bytes, std::string const& charset) {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<UConverter, CloseConverter> converter(ucnv_open(charset.c_str(), &error));
    if (U_FAILURE(error)) return std::nullopt;
    Converted out;
    ucnv_setToUCallBack(converter.get(), count_bad, &out.bad, nullptr, nullptr, &error);
    // One byte never makes more than two UTF-16 units in any encoding ICU knows, escapes included.
    icu::UnicodeString wide;
    auto const room = static_cast<int32_t>(bytes.size() * 2 + 16);
    UChar* buffer = wide.getBuffer(room);
    if (buffer == nullptr) return std::nullopt;
    auto const length =
        ucnv_toUChars(converter.get(), buffer, room, bytes.data(), static_cast<int32_t>(bytes.size()), &error);
    wide.releaseBuffer(U_SUCCESS(error) ? length : 0);
    if (U_FAILURE(error)) return std::nullopt;
    wide.toUTF8String(out.text);
    return out;
}

bool is_ascii(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Chinese in UTF-8 by its looks: enough characters of three bytes. Two valid bytes alone prove nothing, since many
// pairs of GBK are valid UTF-8 by chance.
bool surely_utf8(std::string_view bytes) {
    if (!text::valid_utf8(bytes)) return false;
    std::size_t two = 0;
    std::size_t three = 0;
    for (char c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte >= 0xE0)
            ++three;
        else if (byte >= 0xC2)
            ++two;
    }
    return three >= 4 && three > two;
}

// Chinese in GB2312's two high bytes by its looks: Western European text never has high bytes in pairs throughout.
bool surely_gb(std::string_view bytes) {
    std::size_t pairs = 0;
    std::size_t single = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (static_cast<unsigned char>(bytes[i]) < 0x80) continue;
        bool const pair = i + 1 < bytes.size() && static_cast<unsigned char>(bytes[i + 1]) >= 0x80;
        pair ? ++pairs, ++i : ++single;
    }
    return pairs >= 2 && single * 10 <= pairs;
}

// UTF-8 that lost a few bytes on its way is still UTF-8 and nonsense in any other reading; GBK read as UTF-8 breaks at
// nearly every character.
bool mostly_utf8(std::string_view repaired) {
    std::size_t broken = 0;
    std::size_t whole = 0;
    for (std::size_t i = 0; i < repaired.size(); ++i) {
        if (repaired.substr(i, 3) == "\xEF\xBF\xBD")
            ++broken;
        else if (static_cast<unsigned char>(repaired[i]) >= 0xC2)
            ++whole;
    }
    return whole > 4 * broken;
}

Decoded guess(std::string_view bytes) {
    if (is_ascii(bytes)) {
        bool const escapes = bytes.find("\x1B$") != std::string_view::npos;
        auto japanese = escapes ? convert(bytes, "iso-2022-jp") : std::nullopt;
        if (japanese && japanese->bad == 0) return {std::move(japanese->text), "iso-2022-jp", true, false};
        return {std::string(bytes), "utf-8", false, false};
    }
    if (text::valid_utf8(bytes)) return {std::string(bytes), "utf-8", true, false};
    auto repaired = text::repair_utf8(bytes);
    auto chinese = convert(bytes, "gb18030");
    if (!chinese || (chinese->bad > 0 && mostly_utf8(repaired)) || (surely_utf8(repaired) && mostly_utf8(repaired))) {
        return {std::move(repaired), "utf-8", true, true};
    }
    return {std::move(chinese->text), "gb18030", true, chinese->bad > 0};
}

// UTF-16 says at its start which byte comes first, or should. Without that: the order in which more of the first
// characters are plain or Chinese.
std::string utf16_order(std::string_view bytes) {
    if (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE")) return "utf-16";
    auto const usual = [](unsigned high, unsigned low) {
        return (high == 0 && (low == '\r' || low == '\n' || (low >= ' ' && low < 0x7F))) || high == 0x30 ||
               (high >= 0x4E && high <= 0x9F) || high == 0xFF;
    };
    std::size_t big = 0;
    std::size_t little = 0;
    for (std::size_t i = 0; i + 1 < std::min<std::size_t>(bytes.size(), 2'000); i += 2) {
        auto const first = static_cast<unsigned char>(bytes[i]);
        auto const second = static_cast<unsigned char>(bytes[i + 1]);
        big += usual(first, second) ? 1 : 0;
        little += usual(second, first) ? 1 : 0;
    }
    return little > big ? "utf-16le" : "utf-16be";
}

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

}  // namespace

std::string charset_name(std::string_view declared) {
    auto name = text::ascii_lower(text::trim(declared));
    std::erase_if(name, [](char c) { return c == '"' || c == '\''; });
    name.resize(std::min(name.find_first_of(" (;,"), name.size()));  // a comment behind it
    std::erase_if(name, [](char c) { return c <= ' ' || c >= 0x7F; });
    struct Alias {
        std::string_view from, to;
    };
    static constexpr Alias aliases[] = {{"gb2312", "gb18030"},
                                        {"gb_2312-80", "gb18030"},
                                        {"gbk", "gb18030"},
                                        {"x-gbk", "gb18030"},
                                        {"cp936", "gb18030"},
                                        {"ms936", "gb18030"},
                                        {"euc-cn", "gb18030"},
                                        {"chinese", "gb18030"},
                                        {"big5", "big5-hkscs"},
                                        {"x-x-big5", "big5-hkscs"},
                                        {"cn-big5", "big5-hkscs"},
                                        {"utf8", "utf-8"},
                                        {"windows-65001", "utf-8"},
                                        {"hz-gb-2312", "hz"},
                                        {"iso-8859-1", "windows-1252"},
                                        {"latin1", "windows-1252"},
                                        {"ks_c_5601-1987", "cp949"},
                                        {"euc-kr", "cp949"},
                                        {"shift_jis", "cp943c"},
                                        {"us-ascii", ""},
                                        {"ascii", ""},
                                        {"default", ""},
                                        {"unknown-8bit", ""},
                                        {"x-unknown", ""},
                                        {"_autodetect", ""},
                                        {"7bit", ""},
                                        {"8bit", ""},
                                        {"none", ""}};
    for (auto const& [from, to] : aliases) {
        if (name == from) return std::string(to);
    }
    return name;
}

Decoded decode_charset(std::string_view bytes, std::string_view declared) {
    if (bytes.starts_with(utf8_mark)) {
        bytes.remove_prefix(utf8_mark.size());
        if (text::valid_utf8(bytes)) return {std::string(bytes), "utf-8", false, false};
    }
    auto name = charset_name(declared);
    if (name == "utf-16") name = utf16_order(bytes);
    if (name.empty()) return guess(bytes);
    if (name == "utf-8") {
        if (text::valid_utf8(bytes)) return {std::string(bytes), name, false, false};
        auto out = guess(bytes);
        out.guessed = out.charset != name;
        return out;
    }
    if (is_ascii(bytes) && (name == "gb18030" || name == "big5-hkscs" || name.starts_with("windows-"))) {
        return {std::string(bytes), name, false, false};
    }
    if (surely_utf8(bytes)) return {std::string(bytes), "utf-8", true, false};
    auto as_declared = convert(bytes, name);
    bool const western = name.starts_with("windows-125") || name.starts_with("iso-8859-");
    if (!as_declared || (western && surely_gb(bytes))) return guess(bytes);
    if (as_declared->bad == 0) return {std::move(as_declared->text), name, false, false};
    // Declared, but it does not fit: another reading is taken only where nothing at all is wrong with it.
    auto other = guess(bytes);
    if (!other.damaged && other.charset != name) return other;
    return {std::move(as_declared->text), name, false, true};
}

std::string html_charset(std::string_view html) {
    constexpr std::size_t most = 2'048;  // bytes that are looked at, twice what browsers do
    auto const low = text::ascii_lower(html.substr(0, most));
    auto const meta = low.find("<meta");
    auto at = meta == std::string::npos ? meta : low.find("charset=", meta);
    if (at == std::string::npos) return {};
    at = low.find_first_not_of(" \"'", at + 8);
    if (at == std::string::npos) return {};
    return low.substr(at, std::min<std::size_t>(low.find_first_of(" \"';/>", at) - at, 40));
}

}  // namespace keepword::outbound
