#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "engine/bpmn/xml.hpp"

// Between a file's encoding and UTF-8. Private to this folder.
namespace keepword::bpmn {

// The encoding by byte order mark, first bytes and declaration; nullopt where it is not one of those read here.
std::optional<Encoding> detect(std::string_view bytes);

// UTF-8 without a byte order mark; nullopt where the bytes are not what the encoding allows.
std::optional<std::string> decode(std::string_view bytes, Encoding encoding);

// The bytes of a serialised XML document. What Latin-1 has no byte for becomes a character reference.
std::string encode(std::string_view utf8, Encoding encoding);

}  // namespace keepword::bpmn
