#include "engine/bpmn/parts.hpp"

#include <algorithm>

#include "engine/bpmn/xml.hpp"

namespace keepword::bpmn {
namespace {

constexpr std::string_view diagram_namespace = "http://www.omg.org/spec/BPMN/20100524/DI";

// The local name of an element of the model or the diagram, empty for anything else.
std::string_view name_of(pugi::xml_node node) {
    std::string_view const name = node.name();
    auto const colon = name.find(':');
    auto const prefix = colon == name.npos ? std::string_view() : name.substr(0, colon);
    auto const space = namespace_of(node, prefix);
    return space == model_namespace || space == diagram_namespace ? local(name) : std::string_view();
}

}  // namespace

Parts::Parts(pugi::xml_node root) {
    read(root, none);
}

void Parts::read(pugi::xml_node node, Index parent) {
    auto const name = name_of(node);
    if (name.empty()) return read_foreign(node);
    auto const index = size();
    parts_.push_back({node, name, parent});
    if (auto const id = node.attribute("id")) by_id_.emplace(id.value(), index);
    Index last = none;
    for (auto const inner : node.children()) {
        if (inner.type() != pugi::node_element) continue;
        // Whatever stands in an extension is its own, even where it is called like an element of the model.
        if (name == "extensionElements") {
            read_foreign(inner);
            continue;
        }
        auto const before = size();
        read(inner, index);
        if (size() == before) continue;
        (last == none ? parts_[index].first : parts_[last].next) = before;
        last = before;
    }
}

void Parts::read_foreign(pugi::xml_node node) {
    if (auto const id = node.attribute("id")) foreign_ids_.insert(id.value());
    for (auto const inner : node.children()) {
        if (inner.type() == pugi::node_element) read_foreign(inner);
    }
}

Index Parts::find(std::string_view id) const {
    auto const found = by_id_.find(id);
    return found == by_id_.end() ? none : found->second;
}

Target Parts::resolve(pugi::xml_node at, std::string_view reference) const {
    if (Index const found = find(local(reference)); found != none) return {found, false};
    if (foreign_ids_.contains(local(reference))) return {none, true};
    auto const colon = reference.find(':');
    if (colon == reference.npos) return {};
    // A name in another namespace is an imported file's, or a word of some tool's own.
    auto const space = namespace_of(at, reference.substr(0, colon));
    auto const own = parts_.front().node.attribute("targetNamespace").value();
    return {none, space && *space != own && *space != model_namespace};
}

Target Parts::named_by(Index part, std::string_view reference) const {
    auto const node = parts_[part].node;
    if (auto const attribute = node.attribute(std::string(reference).c_str())) return resolve(node, attribute.value());
    Index const inner = child(part, reference);
    return inner == none ? Target() : resolve(node, text_of(parts_[inner].node));
}

std::vector<Index> Parts::children(Index of) const {
    std::vector<Index> out;
    for (Index i = parts_[of].first; i != none; i = parts_[i].next) out.push_back(i);
    return out;
}

Index Parts::child(Index of, std::string_view name) const {
    for (Index i = parts_[of].first; i != none; i = parts_[i].next) {
        if (parts_[i].name == name) return i;
    }
    return none;
}

Index Parts::around(Index part, std::string_view names) const {
    for (Index i = parts_[part].parent; i != none; i = parts_[i].parent) {
        if (has_word(names, parts_[i].name)) return i;
    }
    return none;
}

bool Parts::stands_in(Index part, Index outer) const {
    while (part != none && part != outer) part = parts_[part].parent;
    return part == outer;
}

bool Parts::extended(Index part) const {
    for (auto const attribute : parts_[part].node.attributes()) {
        std::string_view const name = attribute.name();
        if (name.find(':') != name.npos && !name.starts_with("xml")) return true;
    }
    Index const extension = child(part, "extensionElements");
    return extension != none &&
           parts_[extension].node.find_child([](pugi::xml_node inner) { return inner.type() == pugi::node_element; });
}

bool has_word(std::string_view words, std::string_view word) {
    for (std::size_t from = 0; from < words.size();) {
        auto const end = std::min(words.find(' ', from), words.size());
        if (words.substr(from, end - from) == word) return true;
        from = end + 1;
    }
    return false;
}

bool is_true(pugi::xml_node node, char const* attribute, bool otherwise) {
    std::string_view const value = node.attribute(attribute).value();
    return value.empty() ? otherwise : value == "true" || value == "1";
}

}  // namespace keepword::bpmn
