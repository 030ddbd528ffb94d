#include "outbound/rtf_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "foundation/text.hpp"
#include "outbound/charset.hpp"

namespace keepword::outbound {
namespace {

// What the packed form may refer back to before anything has been written.
constexpr std::string_view dictionary_start =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS "
    "Sans "
    "SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
constexpr std::size_t ring_size = 4096;
constexpr std::size_t header_size = 16;
constexpr std::uint32_t packed_mark = 0x75465A4C;    // "LZFu"
constexpr std::uint32_t unpacked_mark = 0x414C454D;  // "MELA"
constexpr std::size_t max_groups = 200;              // nested

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < 4; ++i)
        out |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    return out;
}

class Reader {
  public:
    explicit Reader(std::string_view rtf) : in_(rtf) {}

    std::string run() {
        while (!in_.empty() && out_.size() < max_rtf) {
            char const c = take();
            if (c == '{')
                open();
            else if (c == '}')
                close();
            else if (c == '\\')
                control();
            else if (c != '\r' && c != '\n')
                put(c);
        }
        flush();
        return std::move(out_);
    }

  private:
    struct Group {
        bool hidden = false;  // tables of fonts and colours, what another program added
        std::size_t after_unicode = 1;
    };

    char take() {
        char const c = in_.front();
        in_.remove_prefix(1);
        return c;
    }
    Group& group() { return groups_.back(); }
    void open() {
        flush();
        // Beyond any document that people write; its groups are then taken for one.
        if (groups_.size() < max_groups)
            groups_.push_back(groups_.back());
        else
            ++beyond_;
    }
    void close() {
        flush();
        if (beyond_ > 0)
            --beyond_;
        else if (groups_.size() > 1)
            groups_.pop_back();
    }
    // A byte of the document's code page; two of them may be one character, so they wait for each other.
    void put(char c) {
        if (skip_ > 0) {
            --skip_;
        } else if (!group().hidden) {
            bytes_ += c;
        }
    }
    void put_text(std::string_view text) {
        flush();
        if (!group().hidden) out_ += text;
    }
    void flush() {
        if (!bytes_.empty()) out_ += decode_charset(bytes_, charset_).text;
        bytes_.clear();
    }

    void control() {
        if (in_.empty()) return;
        char const first = in_.front();
        if (first == '\'') return hex_byte();
        if (!((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z'))) return symbol(take());
        auto const letters =
            std::min(in_.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), in_.size());
        auto const name = in_.substr(0, std::min<std::size_t>(letters, 32));
        in_.remove_prefix(letters);
        int number = 0;
        auto const [rest, error] = std::from_chars(in_.data(), in_.data() + in_.size(), number);
        bool const has_number = error == std::errc{};
        if (has_number) in_.remove_prefix(static_cast<std::size_t>(rest - in_.data()));
        if (in_.starts_with(' ')) in_.remove_prefix(1);
        word(name, has_number ? number : 0);
    }
    void hex_byte() {
        unsigned byte = 0;
        auto const digits = in_.substr(1, 2);
        auto const [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        in_.remove_prefix(std::min<std::size_t>(3, in_.size()));
        if (error == std::errc{} && rest == digits.data() + digits.size()) put(static_cast<char>(byte));
    }
    void symbol(char c) {
        if (c == '*') group().hidden = true;  // a destination that may be left out
        if (c == '~') put_text(" ");
        if (c == '\\' || c == '{' || c == '}') put(c);
    }
    void word(std::string_view name, int number) {
        if (name == "par" || name == "line" || name == "row") return put_text("\n");
        if (name == "tab" || name == "cell") return put_text("\t");
        if (name == "ansicpg") {
            flush();
            charset_ = number == 936 ? "gbk" : number == 950 ? "big5" : "windows-" + std::to_string(number);
        } else if (name == "uc") {
            group().after_unicode = static_cast<std::size_t>(std::clamp(number, 0, 8));
        } else if (name == "u") {
            unicode(number);
        } else if (name == "htmlrtf") {
            // In HTML that was wrapped into RTF this stands round what is not of the HTML.
            flush();
            group().hidden = number != 0;
        } else {
            for (std::string_view table :
                 {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "generator"}) {
                if (name == table) group().hidden = true;
            }
        }
    }
    void unicode(int number) {
        auto const unit = static_cast<std::uint16_t>(number < 0 ? number + 65'536 : number);
        flush();
        if (!group().hidden) {
            // Half of a pair waits for the other half.
            std::string wide = high_;
            wide += static_cast<char>(unit & 0xFF);
            wide += static_cast<char>(unit >> 8);
            high_.clear();
            if ((unit & 0xFC00) == 0xD800)
                high_ = wide.substr(wide.size() - 2);
            else
                out_ += decode_charset(wide, "utf-16le").text;
        }
        skip_ = group().after_unicode;
    }

    std::string_view in_;
    std::string out_;
    std::string bytes_;
    std::string high_;
    std::string charset_ = "windows-1252";
    std::vector<Group> groups_{Group{}};
    std::size_t beyond_ = 0;
    std::size_t skip_ = 0;  // characters that stand for one written as \u already
};

}  // namespace

std::optional<std::string> unpack_rtf(std::string_view packed) {
    if (packed.size() < header_size) return std::nullopt;
    auto const mark = number_at(packed, 8);
    auto const size = std::min<std::size_t>(number_at(packed, 4), max_rtf);
    auto in = packed.substr(header_size);
    if (mark == unpacked_mark) return std::string(in.substr(0, size));
    if (mark != packed_mark) return std::nullopt;
    std::string ring(dictionary_start);
    std::size_t at = ring.size();
    ring.resize(ring_size, ' ');
    std::string out;
    auto const put = [&](char c) {
        out += c;
        ring[at] = c;
        at = (at + 1) % ring_size;
    };
    while (!in.empty() && out.size() < size) {
        auto const control = static_cast<unsigned char>(in.front());
        in.remove_prefix(1);
        for (unsigned bit = 0; bit < 8 && !in.empty() && out.size() < size; ++bit) {
            if ((control >> bit & 1U) == 0) {
                put(in.front());
                in.remove_prefix(1);
                continue;
            }
            if (in.size() < 2) return out;
            auto const token = static_cast<unsigned>(static_cast<unsigned char>(in[0])) << 8U |
                               static_cast<unsigned>(static_cast<unsigned char>(in[1]));
            in.remove_prefix(2);
            std::size_t from = token >> 4U;
            if (from == at) return out;  // the end
            for (unsigned i = 0; i < (token & 0xFU) + 2; ++i, from = (from + 1) % ring_size) put(ring[from]);
        }
    }
    return out;
}

std::string rtf_to_text(std::string_view rtf) {
    return Reader(rtf).run();
}

}  // namespace keepword::outbound
