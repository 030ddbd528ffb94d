#pragma once
#include <pugixml.hpp>

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/bpmn/model.hpp"

// A file's elements as the rules look at them: read once, so that no rule asks an element again for its namespace or
// goes through the file for an id. Private to this folder.
namespace keepword::bpmn {

// An element of the model or of its diagram.
struct Part {
    pugi::xml_node node;
    std::string_view name;  // without its prefix
    Index parent = none;    // the element it stands in
    Index first = none;     // the first element in it
    Index next = none;      // the element after it in the same parent
};

// What a reference names. Neither: it leads nowhere.
struct Target {
    Index part = none;
    bool elsewhere = false;  // in another file, or in a foreign extension: not ours to judge
};

class Parts {
  public:
    explicit Parts(pugi::xml_node root);

    std::vector<Part> const& all() const { return parts_; }
    Part const& operator[](Index i) const { return parts_[i]; }
    Index size() const { return static_cast<Index>(parts_.size()); }
    // The element with this id, or none; the first where several have it.
    Index find(std::string_view id) const;
    // What a reference written at `at` names; a prefix in front of an id of this file is passed over.
    Target resolve(pugi::xml_node at, std::string_view reference) const;
    // What the reference in an attribute or, where there is none, in the first inner element of this name names.
    Target named_by(Index part, std::string_view reference) const;

    std::vector<Index> children(Index of) const;
    // The first inner element with this name, or none.
    Index child(Index of, std::string_view name) const;
    // The nearest element around this one whose name is among these words, or none.
    Index around(Index part, std::string_view names) const;
    bool stands_in(Index part, Index outer) const;
    // Whether a tool, ours among them, has added to the element an attribute or an extension of its own.
    bool extended(Index part) const;

  private:
    void read(pugi::xml_node node, Index parent);
    void read_foreign(pugi::xml_node node);

    std::vector<Part> parts_;
    std::unordered_map<std::string_view, Index> by_id_;
    std::unordered_set<std::string_view> foreign_ids_;
};

// Whether the word is among these words, which blanks part.
bool has_word(std::string_view words, std::string_view word);

// Whether the attribute says yes in one of XML's two ways.
bool is_true(pugi::xml_node node, char const* attribute, bool otherwise = false);

// The elements that are activities, and those that data stand in.
constexpr std::string_view activity_names =
    "task manualTask userTask serviceTask sendTask receiveTask scriptTask businessRuleTask callActivity subProcess "
    "transaction adHocSubProcess";
constexpr std::string_view data_names =
    "dataObject dataObjectReference dataStore dataStoreReference property dataInput dataOutput inputDataItem "
    "outputDataItem";

}  // namespace keepword::bpmn
