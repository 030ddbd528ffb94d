#pragma once
#include <string>
#include <string_view>

namespace keepword::outbound {

// What a person would read of a page, as plain text: tags dropped, blocks and breaks to lines, quotations to "> ",
// entities to characters, scripts and styles left out. Takes time in proportion to its input, however broken that is.
// It makes text, not safe HTML.
std::string html_to_text(std::string_view html);

// The same of text/enriched (RFC 1896).
std::string enriched_to_text(std::string_view enriched);

}  // namespace keepword::outbound
