#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.hpp"

// XML read from its beginning to its end without building a tree, since a sheet has millions of elements. What a
// spreadsheet never has is refused: a document type (and with it entities of its own), depth without end. Inside of
// the room only.
namespace keepword::table {

class Xml {
  public:
    enum class Token { open, close, text, end };

    // UTF-8, which must live as long.
    explicit Xml(std::string_view document) : rest_(document) {}

    // An element without content opens and closes. table.damaged for what is not well-formed.
    Result<Token> next();
    // Of the element that opened or closed, without its prefix.
    std::string_view name() const { return name_; }
    // Of the element that opened; its prefix counts for nothing either. Nothing where it has none.
    std::optional<std::string> attribute(std::string_view name) const;
    // What stands between, decoded.
    std::string const& text() const { return text_; }
    // Behind the element that has just opened.
    Result<> skip();
    // All text inside of the element that has just opened, and behind it.
    Result<std::string> inner_text();

  private:
    Result<Token> markup();
    Result<Token> tag();

    std::string_view rest_;
    std::string_view name_;
    std::string_view attributes_;
    std::string text_;
    std::vector<std::string_view> open_;  // with their prefixes
    bool closes_ = false;                 // the element that opened has no content
    bool begun_ = false;
};

}  // namespace keepword::table
