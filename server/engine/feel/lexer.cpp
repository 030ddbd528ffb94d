#include "engine/feel/lexer.hpp"

#include <fmt/core.h>

#include <optional>

#include "foundation/text.hpp"

namespace keepword::feel {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Bytes of the letter or digit that begins here, zero where none does. Letters of all scripts may stand in names (the
// text is checked UTF-8), but not the signs that a Chinese keyboard types for = ( ) " and the like: taken as letters
// they would make a name out of `outcome＝`.
std::size_t name_bytes(std::string_view rest) {
    if (rest.empty()) return 0;
    auto const lead = static_cast<unsigned char>(rest[0]);
    if (lead < 0x80) return is_letter(rest[0]) || is_digit(rest[0]) ? 1 : 0;
    bool const general = rest.starts_with("\xE2\x80") || rest.starts_with("\xE3\x80");
    bool const wide = rest.starts_with("\xEF\xBC") || rest.starts_with("\xEF\xBD");
    if (general || wide) return 0;
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

void append_code_point(std::string& out, unsigned c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0U | (c >> 6U));
        out += static_cast<char>(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0U | (c >> 12U));
        out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (c & 0x3FU));
    } else {
        out += static_cast<char>(0xF0U | (c >> 18U));
        out += static_cast<char>(0x80U | ((c >> 12U) & 0x3FU));
        out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (c & 0x3FU));
    }
}

class Cutter {
  public:
    explicit Cutter(std::string_view text) : text_(text) {}

    Result<std::vector<Word>> all() {
        for (;;) {
            while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
            Word const word = TRY(next());
            words_.push_back(word);
            if (word.kind == Word::Kind::end) return std::move(words_);
        }
    }

  private:
    // Columns are counted in characters, as an editor shows them. Going on from the last one keeps this linear.
    std::size_t column(std::size_t offset) {
        column_ += text::length(text_.substr(counted_, offset - counted_));
        counted_ = offset;
        return column_;
    }
    bool in_name() const { return name_bytes(text_.substr(at_)) > 0; }
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    Result<Word> next() {
        std::size_t const begin = at_;
        std::size_t const where = column(begin);
        if (at_ == text_.size()) return Word{Word::Kind::end, "", where};
        if (!is_digit(peek()) && in_name()) {
            while (std::size_t const bytes = name_bytes(text_.substr(at_))) at_ += bytes;
            return Word{Word::Kind::name, std::string(text_.substr(begin, at_ - begin)), where};
        }
        if (is_digit(peek()) || (peek() == '.' && is_digit(peek(1)))) return number(where);
        if (peek() == '"') return quoted(where);
        return sign(where);
    }

    Result<Word> number(std::size_t where) {
        std::size_t const begin = at_;
        while (is_digit(peek())) ++at_;
        // `1..3` is a range, not the number `1.`
        if (peek() == '.' && is_digit(peek(1))) {
            ++at_;
            while (is_digit(peek())) ++at_;
        }
        if (in_name()) return syntax_error(where, "a number may not be followed by letters");
        return Word{Word::Kind::number, std::string(text_.substr(begin, at_ - begin)), where};
    }

    Result<Word> quoted(std::size_t where) {
        std::string out;
        for (++at_; peek() != '"';) {
            if (at_ >= text_.size()) return syntax_error(where, "the text is not closed with \"");
            if (peek() == '\\') {
                TRY(escape(out));
            } else {
                out += text_[at_++];
            }
        }
        ++at_;
        return Word{Word::Kind::text, std::move(out), where};
    }

    Result<> escape(std::string& out) {
        std::size_t const where = column(at_);
        char const c = peek(1);
        at_ += 2;
        switch (c) {
            case '"':
                out += '"';
                return {};
            case '\\':
                out += '\\';
                return {};
            case 'n':
                out += '\n';
                return {};
            case 'r':
                out += '\r';
                return {};
            case 't':
                out += '\t';
                return {};
            case 'u':
                return unicode(out, 4, where);
            case 'U':
                return unicode(out, 6, where);
            default:
                return syntax_error(where, "unknown escape in a text");
        }
    }

    Result<> unicode(std::string& out, std::size_t digits, std::size_t where) {
        auto const first = hex(digits);
        if (!first) return syntax_error(where, "a \\u needs four hexadecimal digits, a \\U six");
        unsigned c = *first;
        if (c >= 0xD800 && c <= 0xDBFF && peek() == '\\' && peek(1) == 'u') {
            at_ += 2;
            auto const second = hex(4);
            if (second && *second >= 0xDC00 && *second <= 0xDFFF)
                c = 0x10000 + ((c - 0xD800) << 10U) + (*second - 0xDC00);
        }
        if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return syntax_error(where, "no such character");
        append_code_point(out, c);
        return {};
    }

    std::optional<unsigned> hex(std::size_t digits) {
        unsigned out = 0;
        for (std::size_t i = 0; i < digits; ++i, ++at_) {
            char const c = peek();
            unsigned const digit = is_digit(c)            ? static_cast<unsigned>(c - '0')
                                   : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10)
                                   : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A' + 10)
                                                          : 16;
            if (digit == 16) return std::nullopt;
            out = out * 16 + digit;
        }
        return out;
    }

    Result<Word> sign(std::size_t where) {
        for (std::string_view const two : {"!=", "<=", ">=", "..", "**"}) {
            if (text_.substr(at_).starts_with(two)) {
                at_ += two.size();
                return Word{Word::Kind::sign, std::string(two), where};
            }
        }
        char const c = text_[at_];
        if (static_cast<unsigned char>(c) >= 0x80) {
            return syntax_error(
                where, fmt::format("unexpected {}, signs are written in ASCII", text::head(text_.substr(at_), 1)));
        }
        if (std::string_view("=<>+-*/()[]{},.:").find(c) == std::string_view::npos) {
            return syntax_error(where, std::string("unexpected ") + c);
        }
        ++at_;
        return Word{Word::Kind::sign, std::string(1, c), where};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t counted_ = 0;
    std::size_t column_ = 1;
    std::vector<Word> words_;
};

}  // namespace

std::unexpected<Error> syntax_error(std::size_t column, std::string what) {
    return fail(
        Error(Kind::invalid, "feel.syntax").with("column", std::to_string(column)).with("what", std::move(what)));
}

Result<std::vector<Word>> cut(std::string_view text) {
    return Cutter(text).all();
}

}  // namespace keepword::feel
