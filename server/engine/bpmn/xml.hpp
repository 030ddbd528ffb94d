#pragma once
#include <pugixml.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/bpmn/import.hpp"

// An XML file that was read with its places, and can be written again without loss. Private to this folder.
namespace keepword::bpmn {

constexpr std::string_view model_namespace = "http://www.omg.org/spec/BPMN/20100524/MODEL";
constexpr std::string_view our_namespace = "urn:keepword";

enum class Encoding { utf8, utf8_bom, utf16_le, utf16_be, latin1 };

class Document {
  public:
    // Nothing but well-formed XML of at most max_file_bytes without a document type gets through; the violation says
    // what is wrong where.
    static std::optional<Violation> read(std::string_view bytes, Document& out);

    pugi::xml_node root() const { return xml_.document_element(); }
    // Where the element's `<` stands.
    Place place(pugi::xml_node node) const;
    // The bytes in the encoding in which they were read.
    std::string write() const;

  private:
    static constexpr std::size_t milestone_bytes = 256;
    Place place_at(std::size_t offset) const;
    std::size_t characters_before(std::size_t offset) const;
    void index_places();
    std::optional<Violation> parse();
    std::optional<Violation> well_formed() const;

    Encoding encoding_ = Encoding::utf8;
    std::string text_;                     // UTF-8, without a byte order mark
    std::vector<std::size_t> lines_;       // where each line begins
    std::vector<std::size_t> milestones_;  // characters before every milestone_bytes-th byte
    pugi::xml_document xml_;
};

// The namespace that a prefix means at a node; nullopt where it means none.
std::optional<std::string_view> namespace_of(pugi::xml_node at, std::string_view prefix);

// The part of a qualified name after its prefix.
std::string_view local(std::string_view name);

// The local name of an element of the BPMN model, empty for anything else.
std::string_view bpmn_name(pugi::xml_node node);

// The local name of an attribute in our namespace, empty for anything else.
std::string_view our_name(pugi::xml_node node, pugi::xml_attribute attribute);

// The value of our attribute with this local name, empty where there is none.
std::string ours(pugi::xml_node node, std::string_view name);

// The text in an element, white space at its ends taken away, CDATA and plain text joined.
std::string text_of(pugi::xml_node node);

// The first child of the BPMN model with this local name.
pugi::xml_node child(pugi::xml_node node, std::string_view name);

}  // namespace keepword::bpmn
