#include "engine/bpmn/xml.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "engine/bpmn/encoding.hpp"
#include "foundation/text.hpp"

namespace keepword::bpmn {
namespace {

// Everything that XML gives is kept; references are resolved, and white space in attributes is normalised as XML says.
constexpr unsigned how_to_parse = pugi::parse_full | pugi::parse_ws_pcdata | pugi::parse_fragment;

bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

// The first reference to an entity that XML itself does not know, outside comments, CDATA and instructions: without a
// document type it means nothing, and the parser would pass it on as text.
std::optional<std::size_t> unknown_entity(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const rest = text.substr(at);
        auto const skip = [&](std::string_view open, std::string_view close) {
            if (!rest.starts_with(open)) return false;
            at = std::min(text.find(close, at + open.size()), text.size() - 1);
            return true;
        };
        if (skip("<!--", "-->") || skip("<![CDATA[", "]]>") || skip("<?", "?>")) continue;
        if (text[at] != '&') continue;
        if (rest.starts_with("&#")) continue;  // the parser checks numbers
        std::size_t end = 1;
        while (end < rest.size() && is_name_char(rest[end])) ++end;
        auto const name = rest.substr(1, end - 1);
        bool const known = name == "amp" || name == "lt" || name == "gt" || name == "quot" || name == "apos";
        if (!known || end >= rest.size() || rest[end] != ';') return at;
    }
    return std::nullopt;
}

// The next node in the order of the file; `depth` follows. Not recursive, because the depth is not yet trusted.
pugi::xml_node next_node(pugi::xml_node node, pugi::xml_node root, int& depth) {
    if (node.first_child()) {
        ++depth;
        return node.first_child();
    }
    while (node && node != root && !node.next_sibling()) {
        node = node.parent();
        --depth;
    }
    return node == root ? pugi::xml_node() : node.next_sibling();
}

std::string_view prefix_of(std::string_view name) {
    auto const colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

class TextWriter final : public pugi::xml_writer {
  public:
    // Line ends were normalised when reading, so a carriage return can only have been a character reference.
    void write(void const* data, std::size_t size) override {
        for (char const c : std::string_view(static_cast<char const*>(data), size)) {
            c == '\r' ? text.append("&#13;") : text.append(1, c);
        }
    }
    std::string text;
};

}  // namespace

std::string_view local(std::string_view name) {
    auto const colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::optional<std::string_view> namespace_of(pugi::xml_node at, std::string_view prefix) {
    if (prefix == "xml") return "http://www.w3.org/XML/1998/namespace";
    for (; at; at = at.parent()) {
        for (auto const attribute : at.attributes()) {
            std::string_view const name = attribute.name();
            bool const binds = prefix.empty() ? name == "xmlns" : name.starts_with("xmlns:") && local(name) == prefix;
            if (binds) return attribute.value();
        }
    }
    return prefix.empty() ? std::optional<std::string_view>("") : std::nullopt;
}

std::string_view bpmn_name(pugi::xml_node node) {
    if (node.type() != pugi::node_element) return {};
    return namespace_of(node, prefix_of(node.name())) == model_namespace ? local(node.name()) : std::string_view();
}

std::string_view our_name(pugi::xml_node node, pugi::xml_attribute attribute) {
    auto const prefix = prefix_of(attribute.name());
    if (prefix.empty() || prefix == "xmlns") return {};
    return namespace_of(node, prefix) == our_namespace ? local(attribute.name()) : std::string_view();
}

std::string ours(pugi::xml_node node, std::string_view name) {
    for (auto const attribute : node.attributes()) {
        if (our_name(node, attribute) == name) return attribute.value();
    }
    return "";
}

std::string text_of(pugi::xml_node node) {
    std::string out;
    for (auto const inner : node.children()) {
        if (inner.type() == pugi::node_pcdata || inner.type() == pugi::node_cdata) out += inner.value();
    }
    return std::string(text::trim(out));
}

pugi::xml_node child(pugi::xml_node node, std::string_view name) {
    for (auto const inner : node.children()) {
        if (bpmn_name(inner) == name) return inner;
    }
    return {};
}

std::optional<Violation> Document::read(std::string_view bytes, Document& out) {
    if (bytes.size() > max_file_bytes) {
        return Violation{1, 1, "xml.too-large", fmt::format("the file is larger than {} bytes", max_file_bytes)};
    }
    auto const encoding = detect(bytes);
    auto text = encoding ? decode(bytes, *encoding) : std::nullopt;
    if (!text && bytes.find('<') != 0) {
        return Violation{1, 1, "xml.encoding", "this is no XML file, or one in another encoding than UTF-8 or UTF-16"};
    }
    if (!text) {
        return Violation{1, 1, "xml.encoding",
                         "the file is not in UTF-8, UTF-16 or ISO-8859-1, or not in what it says"};
    }
    out.encoding_ = *encoding;
    out.text_ = std::move(*text);
    out.index_places();
    if (auto violation = out.parse()) return violation;
    return out.well_formed();
}

std::optional<Violation> Document::parse() {
    auto const violation = [this](std::size_t offset, std::string rule, std::string message) {
        auto const at = place_at(offset);
        return Violation{at.line, at.column, std::move(rule), std::move(message)};
    };
    // XML allows no NUL, and it would end the text for those who read it as a C string.
    if (auto const nul = text_.find('\0'); nul != std::string::npos) return violation(nul, "xml.syntax", "a NUL byte");
    auto const result = xml_.load_buffer(text_.data(), text_.size(), how_to_parse, pugi::encoding_utf8);
    if (!result) {
        return violation(static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0)), "xml.syntax",
                         result.description());
    }
    int elements = 0;
    for (auto const top : xml_.children()) {
        auto const inside = static_cast<std::size_t>(std::max<std::ptrdiff_t>(top.offset_debug(), 0));
        bool const text = top.type() == pugi::node_pcdata || top.type() == pugi::node_cdata;
        auto const offset = text ? inside : std::min(text_.rfind('<', inside), inside);
        if (top.type() == pugi::node_doctype) {
            return violation(offset, "xml.doctype", "a document type is not accepted");
        }
        if (top.type() == pugi::node_element && ++elements > 1) {
            return violation(offset, "xml.syntax", "more than one root element");
        }
        if (text && !text::trim(top.value()).empty())
            return violation(offset, "xml.syntax", "text outside the root element");
    }
    if (elements == 0) return violation(0, "xml.syntax", "no root element");
    if (auto const at = unknown_entity(text_)) {
        return violation(*at, "xml.entity", "an & that is not &amp; &lt; &gt; &quot; &apos; or a number");
    }
    return std::nullopt;
}

// What the parser lets through although it is not well-formed, or is deeper than anybody draws.
std::optional<Violation> Document::well_formed() const {
    int depth = 1;
    int elements = 0;
    for (auto node = root(); node; node = next_node(node, root(), depth)) {
        if (node.type() != pugi::node_element) continue;
        auto const violation = [&](std::string rule, std::string message) {
            auto const at = place(node);
            return Violation{at.line, at.column, std::move(rule), std::move(message)};
        };
        // These bounds come first: they keep what follows from growing with the square of the file.
        if (depth > max_xml_depth) return violation("xml.depth", fmt::format("deeper than {} elements", max_xml_depth));
        if (++elements > max_xml_elements) {
            return violation("xml.too-large", fmt::format("more than {} elements", max_xml_elements));
        }
        if (std::distance(node.attributes_begin(), node.attributes_end()) > max_xml_attributes) {
            return violation("xml.too-large", fmt::format("more than {} attributes", max_xml_attributes));
        }
        if (!namespace_of(node, prefix_of(node.name()))) {
            return violation("xml.namespace", fmt::format("the prefix of {} is not declared", node.name()));
        }
        for (auto attribute = node.first_attribute(); attribute; attribute = attribute.next_attribute()) {
            std::string_view const name = attribute.name();
            auto const prefix = prefix_of(name);
            if (!prefix.empty() && prefix != "xmlns" && !namespace_of(node, prefix)) {
                return violation("xml.namespace", fmt::format("the prefix of {} is not declared", name));
            }
            for (auto other = attribute.next_attribute(); other; other = other.next_attribute()) {
                if (name == other.name()) return violation("xml.attribute", fmt::format("{} is there twice", name));
            }
        }
    }
    return std::nullopt;
}

Place Document::place_at(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    auto const line = std::upper_bound(lines_.begin(), lines_.end(), offset) - lines_.begin();
    std::size_t const start = lines_[static_cast<std::size_t>(line) - 1];
    return {static_cast<int>(line), static_cast<int>(characters_before(offset) - characters_before(start)) + 1};
}

// Counted from the last milestone: a file of 4 MB in one line must not be counted anew for each of its elements.
std::size_t Document::characters_before(std::size_t offset) const {
    std::size_t const milestone = offset / milestone_bytes;
    std::size_t const from = milestone * milestone_bytes;
    return milestones_[milestone] + text::length(std::string_view(text_).substr(from, offset - from));
}

void Document::index_places() {
    lines_ = {0};
    milestones_.clear();
    std::size_t characters = 0;
    for (std::size_t i = 0; i <= text_.size(); ++i) {
        if (i % milestone_bytes == 0) milestones_.push_back(characters);
        if (i == text_.size()) return;
        if (text_[i] == '\n') lines_.push_back(i + 1);
        characters += (static_cast<unsigned char>(text_[i]) & 0xC0U) != 0x80U ? 1 : 0;
    }
}

Place Document::place(pugi::xml_node node) const {
    // The parser remembers where the name stands; the `<` is one before.
    auto const offset = node.offset_debug();
    return place_at(offset > 0 ? static_cast<std::size_t>(offset) - 1 : 0);
}

std::string Document::write() const {
    TextWriter writer;
    for (auto const top : xml_.children()) {
        top.print(writer, "", pugi::format_raw, pugi::encoding_utf8);
    }
    return encode(writer.text, encoding_);
}

}  // namespace keepword::bpmn
