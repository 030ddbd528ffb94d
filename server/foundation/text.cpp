#include "foundation/text.hpp"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <utility>

namespace keepword::text {
namespace {

bool is_ascii(UChar32 c) {
    return c < 0x80;
}

// Characters written without blanks between words: cut in pairs.
bool is_han_like(UChar32 c) {
    if (is_ascii(c)) return false;
    switch (u_getIntPropertyValue(c, UCHAR_SCRIPT)) {
        case USCRIPT_HAN:
        case USCRIPT_HIRAGANA:
        case USCRIPT_KATAKANA:
        case USCRIPT_HANGUL:
            return true;
        default:
            return false;
    }
}

icu::UnicodeString unicode(std::string_view utf8) {
    return icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
}

void append(std::string& out, UChar32 c) {
    if (is_ascii(c)) return out.push_back(static_cast<char>(c));
    char buffer[4];
    int32_t n = 0;
    U8_APPEND_UNSAFE(buffer, n, c);
    out.append(buffer, static_cast<std::size_t>(n));
}

// One run of Chinese becomes pairs of neighbours and the last character alone.
void cut_run(std::vector<UChar32> const& run, std::vector<std::string>& out) {
    for (std::size_t i = 0; i < run.size(); ++i) {
        std::string word;
        append(word, run[i]);
        if (i + 1 < run.size()) append(word, run[i + 1]);
        out.push_back(std::move(word));
    }
}

// The character at `i`, which moves behind it; negative where the bytes are none.
UChar32 next(uint8_t const* data, int32_t& i, int32_t size) {
    UChar32 c = 0;
    U8_NEXT(data, i, size, c);  // NOLINT(bugprone-inc-dec-in-conditions): ICU's own
    return c;
}
constexpr UChar32 replacement = 0xfffd;

}  // namespace

bool valid_utf8(std::string_view bytes) {
    auto const size = static_cast<int32_t>(bytes.size());
    auto const* data = reinterpret_cast<uint8_t const*>(bytes.data());
    for (int32_t i = 0; i < size;) {
        if (next(data, i, size) < 0) return false;
    }
    return true;
}

std::string repair_utf8(std::string_view bytes) {
    auto const size = static_cast<int32_t>(bytes.size());
    auto const* data = reinterpret_cast<uint8_t const*>(bytes.data());
    std::string out;
    out.reserve(bytes.size());
    for (int32_t i = 0; i < size;) {
        auto const c = next(data, i, size);
        append(out, c < 0 ? replacement : c);
    }
    return out;
}

std::size_t length(std::string_view utf8) {
    std::size_t n = 0;
    for (char c : utf8) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    return n;
}

std::string_view head(std::string_view utf8, std::size_t points) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        bool const starts = (static_cast<unsigned char>(utf8[i]) & 0xC0U) != 0x80U;
        if (starts && n++ == points) return utf8.substr(0, i);
    }
    return utf8;
}

std::string_view trim(std::string_view s) {
    constexpr std::string_view wide = "\xE3\x80\x80";  // U+3000, the blank of Chinese typing
    for (bool again = true; again;) {
        again = false;
        if (!s.empty() && static_cast<unsigned char>(s.front()) <= ' ') s.remove_prefix(1), again = true;
        if (s.starts_with(wide)) s.remove_prefix(wide.size()), again = true;
        if (!s.empty() && static_cast<unsigned char>(s.back()) <= ' ') s.remove_suffix(1), again = true;
        if (s.ends_with(wide)) s.remove_suffix(wide.size()), again = true;
    }
    return s;
}

std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string upper(std::string_view utf8) {
    std::string out;
    return unicode(utf8).toUpper(icu::Locale::getRoot()).toUTF8String(out);
}

std::string lower(std::string_view utf8) {
    std::string out;
    return unicode(utf8).toLower(icu::Locale::getRoot()).toUTF8String(out);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    for (;;) {
        auto const at = text.find(separator);
        out.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return out;
        text.remove_prefix(at + 1);
    }
}

std::string fold(std::string_view utf8) {
    // Of the many texts that are plain ASCII only the case folds, which needs no way through UTF-16.
    if (std::ranges::all_of(utf8, [](char c) { return is_ascii(static_cast<unsigned char>(c)); })) {
        std::string out(utf8);
        for (auto& c : out) c = static_cast<char>(u_tolower(c));
        return out;
    }
    UErrorCode status = U_ZERO_ERROR;
    auto const* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
    if (U_FAILURE(status)) return std::string(utf8);
    std::string out;
    normalizer->normalize(unicode(utf8), status).toUTF8String(out);
    return out;
}

std::vector<std::string> words(std::string_view utf8) {
    std::string const folded = fold(utf8);
    auto const size = static_cast<int32_t>(folded.size());
    auto const* data = reinterpret_cast<uint8_t const*>(folded.data());
    std::vector<std::string> out;
    std::vector<UChar32> run;
    std::string word;
    auto const flush = [&] {
        if (!word.empty()) out.push_back(std::exchange(word, {}));
        cut_run(run, out);
        run.clear();
    };
    for (int32_t i = 0; i < size;) {
        auto const c = next(data, i, size);
        if (is_han_like(c)) {
            if (!word.empty()) out.push_back(std::exchange(word, {}));
            run.push_back(c);
        } else if (u_isalnum(c)) {
            if (!run.empty()) flush();
            append(word, c);
        } else {
            flush();
        }
    }
    flush();
    return out;
}

}  // namespace keepword::text
