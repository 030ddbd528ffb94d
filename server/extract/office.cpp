#include <pugixml.hpp>

#include <algorithm>
#include <array>

#include "extract/extract.hpp"
#include "extract/kinds.hpp"
#include "zip/zip.hpp"

// Documents that are a zip of XML files: their texts stand between the tags.
namespace keepword::extract {
namespace {

constexpr std::size_t max_entries = 5'000;
constexpr std::size_t max_part = 32U << 20U;  // bytes of one XML file
constexpr int max_parts = 200;                // sheets, slides

// Where a text begins that stands apart on the page. Everything else may cut a word: Word begins a run (w:r) wherever the
// format changes.
constexpr std::array<std::string_view, 12> beginnings{"w:p",    "w:tab",  "w:br",   "a:p",      "a:br",            "si",
                                                      "text:p", "text:h", "text:s", "text:tab", "text:line-break", "sheet"};

// Everything between the tags.
class Texts : public pugi::xml_tree_walker {
  public:
    explicit Texts(std::string& out) : out_(out) {}
    bool for_each(pugi::xml_node& node) override {
        if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) out_ += node.value();
        bool const begins = std::ranges::find(beginnings, std::string_view(node.name())) != beginnings.end();
        if (node.type() == pugi::node_element && begins) out_ += ' ';
        return out_.size() < max_text;
    }

  private:
    std::string& out_;
};

void add_part(std::string& out, zip::Reader const& file, std::string const& name) {
    if (out.size() >= max_text || !file.has(name)) return;
    auto const bytes = file.text(name, max_part);
    pugi::xml_document document;
    // Entities of its own are not expanded, so a small file stays small.
    if (!bytes || !document.load_buffer(bytes->data(), bytes->size(), pugi::parse_default | pugi::parse_ws_pcdata))
        return;
    Texts texts(out);
    document.traverse(texts);
    out += ' ';
}

}  // namespace

std::string office_text(std::string_view bytes) {
    auto const file = zip::Reader::open(bytes, max_entries);
    std::string out;
    if (!file) return out;
    for (auto const* name : {"word/document.xml", "word/footnotes.xml", "word/comments.xml", "xl/sharedStrings.xml",
                             "content.xml"})
        add_part(out, *file, name);
    if (file->has("ppt/presentation.xml")) {
        for (int i = 1; i <= max_parts; ++i) {
            auto const name = "ppt/slides/slide" + std::to_string(i) + ".xml";
            if (!file->has(name)) break;
            add_part(out, *file, name);
        }
    }
    return out;
}

}  // namespace keepword::extract
