#include "engine/search/han.hpp"

#include <unicode/translit.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "foundation/text.hpp"

namespace keepword::search {
namespace {

// The block in which the characters of names and everyday texts are.
constexpr char32_t first_character = 0x4E00;
constexpr char32_t last_character = 0x9FFF;
constexpr std::size_t characters = last_character - first_character + 1;

// ICU's rules, asked for one character at a time and each only once: a transliterator takes microseconds for each, and a
// text of hundreds of them is indexed within an act.
class Rules {
  public:
    explicit Rules(char const* name) {
        UErrorCode status = U_ZERO_ERROR;
        rules_.reset(icu::Transliterator::createInstance(name, UTRANS_FORWARD, status));
        if (U_FAILURE(status)) rules_.reset();
    }
    icu::UnicodeString applied(char32_t c) {
        icu::UnicodeString text(static_cast<UChar32>(c));
        std::lock_guard const lock(mutex_);
        if (rules_) rules_->transliterate(text);
        return text;
    }

  private:
    std::mutex mutex_;
    std::unique_ptr<icu::Transliterator> rules_;
};

bool is_known(char32_t c) {
    return c >= first_character && c <= last_character;
}

char32_t simplified_of(char32_t c) {
    static Rules rules("Traditional-Simplified");
    static std::array<std::atomic<char32_t>, characters> known{};  // 0: not asked for yet
    auto& one = known[c - first_character];
    if (auto const before = one.load(std::memory_order_relaxed); before != 0) return before;
    auto const text = rules.applied(c);
    // Rules that make two characters of one would move what stands behind.
    auto const simple = text.countChar32() == 1 ? static_cast<char32_t>(text.char32At(0)) : c;
    one.store(simple, std::memory_order_relaxed);
    return simple;
}

// Empty where it has none.
std::string reading_of(char32_t c) {
    static Rules rules("Han-Latin; Latin-ASCII; Lower");
    static std::mutex mutex;
    static std::unordered_map<char32_t, std::string> known;
    std::lock_guard const lock(mutex);
    auto const [at, is_new] = known.try_emplace(c);
    if (!is_new) return at->second;
    std::string reading;
    rules.applied(c).toUTF8String(reading);
    if (std::ranges::all_of(reading, [](char one) { return one >= 'a' && one <= 'z'; })) at->second = reading;
    return at->second;
}

struct Other {
    char32_t character;
    std::string_view reading;
};
// Characters that are read otherwise in names of places and persons than alone: 重庆, 铅山, 厦门, 乐清, 单先生, 曾女士.
constexpr std::array others{
    Other{U'重', "chong"}, Other{U'长', "zhang"}, Other{U'行', "hang"}, Other{U'铅', "yan"},  Other{U'厦', "xia"},
    Other{U'厦', "sha"},   Other{U'乐', "yue"},   Other{U'乐', "le"},   Other{U'单', "shan"}, Other{U'曾', "zeng"},
    Other{U'曾', "ceng"},  Other{U'朝', "chao"},  Other{U'朝', "zhao"}, Other{U'区', "ou"},   Other{U'仇', "qiu"},
    Other{U'解', "xie"},   Other{U'查', "zha"},   Other{U'翟', "zhai"}, Other{U'翟', "di"},   Other{U'六', "lu"},
    Other{U'蚌', "beng"},  Other{U'亳', "bo"},    Other{U'歙', "she"},  Other{U'丽', "li"},   Other{U'番', "pan"},
    Other{U'莞', "guan"},  Other{U'都', "du"},    Other{U'都', "dou"},  Other{U'藏', "zang"}, Other{U'藏', "cang"},
    Other{U'尉', "yu"},    Other{U'万', "mo"},    Other{U'车', "che"},  Other{U'盖', "ge"},   Other{U'任', "ren"},
    Other{U'华', "hua"},   Other{U'宓', "mi"},    Other{U'缪', "miao"}, Other{U'朴', "piao"}, Other{U'覃', "qin"},
    Other{U'覃', "tan"},   Other{U'种', "chong"}, Other{U'阿', "e"},    Other{U'婺', "wu"},   Other{U'弋', "yi"},
    Other{U'鄱', "po"},    Other{U'莘', "xin"},   Other{U'济', "ji"},   Other{U'会', "kuai"}, Other{U'调', "diao"},
    Other{U'传', "zhuan"}, Other{U'数', "shu"},   Other{U'率', "lv"},   Other{U'绿', "lv"},   Other{U'吕', "lv"},
    Other{U'女', "nv"},    Other{U'旅', "lv"},
};

}  // namespace

std::string simplified(std::string_view utf8) {
    std::string out;
    out.reserve(utf8.size());
    auto const size = static_cast<int32_t>(utf8.size());
    for (int32_t i = 0; i < size;) {
        int32_t const from = i;
        UChar32 c = 0;
        U8_NEXT(utf8.data(), i, size, c);  // NOLINT(bugprone-inc-dec-in-conditions): ICU's own
        auto const one = static_cast<char32_t>(c);
        auto const simple = c > 0 && is_known(one) ? simplified_of(one) : one;
        if (simple == one)
            out.append(utf8.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(i - from)));
        else
            icu::UnicodeString(static_cast<UChar32>(simple)).toUTF8String(out);
    }
    return out;
}

std::vector<std::string> readings(char32_t character) {
    std::vector<std::string> out;
    if (!is_known(character)) return out;
    if (auto usual = reading_of(character); !usual.empty()) out.push_back(std::move(usual));
    for (auto const& other : others) {
        bool const is_new = std::ranges::find(out, other.reading) == out.end();
        if (other.character == character && is_new) out.emplace_back(other.reading);
    }
    return out;
}

}  // namespace keepword::search
