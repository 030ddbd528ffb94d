#include "engine/table/xml.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "foundation/text.hpp"

namespace keepword::table {
namespace {

constexpr std::size_t most_depth = 64;
constexpr std::string_view blanks = " \t\r\n";

std::unexpected<Error> malformed(std::string what) {
    return fail(Kind::invalid, "table.damaged", "XML: " + std::move(what));
}

std::string_view without_prefix(std::string_view name) {
    auto const colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

void append_character(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
        out.push_back(static_cast<char>(0xC0 | code >> 6U));
        out.push_back(static_cast<char>(0x80 | (code & 0x3FU)));
    } else if (code < 0x10000) {
        out.push_back(static_cast<char>(0xE0 | code >> 12U));
        out.push_back(static_cast<char>(0x80 | (code >> 6U & 0x3FU)));
        out.push_back(static_cast<char>(0x80 | (code & 0x3FU)));
    } else {
        out.push_back(static_cast<char>(0xF0 | code >> 18U));
        out.push_back(static_cast<char>(0x80 | (code >> 12U & 0x3FU)));
        out.push_back(static_cast<char>(0x80 | (code >> 6U & 0x3FU)));
        out.push_back(static_cast<char>(0x80 | (code & 0x3FU)));
    }
}

// A character that XML may hold; a control character written as a number is none.
bool may_stand(std::uint32_t code) {
    if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
    return code < 0xD800 || (code > 0xDFFF && code < 0xFFFE) || (code > 0xFFFF && code < 0x110000);
}

// "amp" or "#x4E2D"; whether there is such a character.
bool append_entity(std::string& out, std::string_view name) {
    struct Named {
        std::string_view name;
        char character;
    };
    static constexpr Named named[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (auto const& one : named) {
        if (name != one.name) continue;
        out.push_back(one.character);
        return true;
    }
    if (!name.starts_with('#')) return false;
    name.remove_prefix(1);
    int base = 10;
    if (name.starts_with('x')) {
        name.remove_prefix(1);
        base = 16;
    }
    std::uint32_t code = 0;
    auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, base);
    if (error != std::errc{} || end != name.data() + name.size() || !may_stand(code)) return false;
    append_character(out, code);
    return true;
}

bool append_decoded(std::string& out, std::string_view raw) {
    for (;;) {
        auto const ampersand = raw.find('&');
        out += raw.substr(0, ampersand);
        if (ampersand == std::string_view::npos) return true;
        raw.remove_prefix(ampersand + 1);
        auto const end = raw.substr(0, 12).find(';');
        if (end == std::string_view::npos || !append_entity(out, raw.substr(0, end))) return false;
        raw.remove_prefix(end + 1);
    }
}

// Where a tag ends, behind quoted values.
std::size_t end_of_tag(std::string_view tag) {
    char quote = '\0';
    for (std::size_t i = 0; i < tag.size(); ++i) {
        if (quote != '\0') {
            if (tag[i] == quote) quote = '\0';
        } else if (tag[i] == '"' || tag[i] == '\'') {
            quote = tag[i];
        } else if (tag[i] == '>') {
            return i;
        } else if (tag[i] == '<') {
            return std::string_view::npos;
        }
    }
    return std::string_view::npos;
}

}  // namespace

Result<Xml::Token> Xml::next() {
    if (closes_) {
        closes_ = false;
        open_.pop_back();
        return Token::close;
    }
    text_.clear();
    while (!rest_.empty()) {
        if (rest_.front() == '<') {
            auto const token = TRY(markup());
            if (token != Token::text || !text_.empty()) return token;
            continue;
        }
        auto const end = std::min(rest_.find('<'), rest_.size());
        auto const raw = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (open_.empty()) {
            if (raw.find_first_not_of("\xEF\xBB\xBF \t\r\n") != std::string_view::npos)
                return malformed("text outside of the root");
            continue;
        }
        if (!append_decoded(text_, raw)) return malformed("an unknown entity");
        return Token::text;
    }
    if (!open_.empty() || !begun_) return malformed("it ends too early");
    return Token::end;
}

// Token::text with an empty text_ for what says nothing: comments, instructions.
Result<Xml::Token> Xml::markup() {
    auto const pass = [this](std::string_view opening, std::string_view closing) -> Result<std::string_view> {
        auto const end = rest_.find(closing, opening.size());
        if (end == std::string_view::npos) return malformed("it ends too early");
        auto const inside = rest_.substr(opening.size(), end - opening.size());
        rest_.remove_prefix(end + closing.size());
        return inside;
    };
    if (rest_.starts_with("<!--")) {
        TRY(pass("<!--", "-->"));
        return Token::text;
    }
    if (rest_.starts_with("<![CDATA[")) {
        if (open_.empty()) return malformed("text outside of the root");
        text_ = std::string(TRY(pass("<![CDATA[", "]]>")));
        return Token::text;
    }
    if (rest_.starts_with("<?")) {
        TRY(pass("<?", "?>"));
        return Token::text;
    }
    if (rest_.starts_with("<!")) return malformed("it has a document type");
    return tag();
}

Result<Xml::Token> Xml::tag() {
    rest_.remove_prefix(1);
    auto const end = end_of_tag(rest_);
    if (end == std::string_view::npos) return malformed("a tag does not end");
    auto inside = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    bool const closing = inside.starts_with('/');
    if (closing) inside.remove_prefix(1);
    bool const alone = !closing && inside.ends_with('/');
    if (alone) inside.remove_suffix(1);
    auto const full = inside.substr(0, inside.find_first_of(blanks));
    if (full.empty()) return malformed("a tag without name");
    name_ = without_prefix(full);
    if (closing) {
        if (open_.empty() || open_.back() != full) return malformed("tags do not match");
        open_.pop_back();
        return Token::close;
    }
    if (open_.empty() && begun_) return malformed("two roots");
    if (open_.size() >= most_depth) return malformed("too deep");
    begun_ = true;
    open_.push_back(full);
    attributes_ = inside.substr(full.size());
    closes_ = alone;
    return Token::open;
}

std::optional<std::string> Xml::attribute(std::string_view wanted) const {
    auto rest = attributes_;
    for (;;) {
        auto const begin = rest.find_first_not_of(blanks);
        if (begin == std::string_view::npos) return std::nullopt;
        rest.remove_prefix(begin);
        auto const equals = rest.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        auto const name = without_prefix(text::trim(rest.substr(0, equals)));
        rest.remove_prefix(equals + 1);
        auto const opening = rest.find_first_of("\"'");
        if (opening == std::string_view::npos) return std::nullopt;
        auto const closing = rest.find(rest[opening], opening + 1);
        if (closing == std::string_view::npos) return std::nullopt;
        auto const raw = rest.substr(opening + 1, closing - opening - 1);
        rest.remove_prefix(closing + 1);
        if (name != wanted) continue;
        std::string out;
        if (!append_decoded(out, raw)) return std::nullopt;
        return out;
    }
}

Result<> Xml::skip() {
    for (auto const depth = open_.size(); open_.size() >= depth;) {
        if (TRY(next()) == Token::end) break;
    }
    return {};
}

Result<std::string> Xml::inner_text() {
    std::string out;
    for (auto const depth = open_.size(); open_.size() >= depth;) {
        auto const token = TRY(next());
        if (token == Token::text) out += text_;
        if (token == Token::end) break;
    }
    return out;
}

}  // namespace keepword::table
