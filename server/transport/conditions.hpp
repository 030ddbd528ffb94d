#pragma once
#include <cstdint>
#include <string>
#include <string_view>

// What the headers of conditional, partial and compressed requests mean (RFC 9110). Pure functions.
namespace keepword::transport {

// Accept-Encoding allows gzip: named, or by '*', with a weight above 0.
bool accepts_gzip(std::string_view accept_encoding);

// Worth compressing: text in one form or another, not pictures or archives.
bool compressible(std::string_view content_type);

// If-None-Match holds this tag, or is '*'. The weak comparison, which RFC 9110 13.1.2 demands here.
bool none_match_holds(std::string_view list, std::string_view etag);

// If-Range holds: this strong tag exactly, or exactly this Last-Modified.
bool if_range_holds(std::string_view condition, std::string_view etag, std::string_view last_modified);

struct Range {
    enum class Kind { whole, part, unsatisfiable };
    Kind kind = Kind::whole;
    std::int64_t from = 0;
    std::int64_t length = 0;
};

// A Range header for something of `size` bytes. What is not one well-formed range of bytes is ignored, as the RFC
// allows: several ranges at once serve attackers more than readers.
Range parse_range(std::string_view header, std::int64_t size);

// "5" → "5-gz" and back, weak tags and '*' untouched; a whole list of tags for the way back.
std::string mark_tag(std::string_view etag);
std::string unmark_tags(std::string_view list);

}  // namespace keepword::transport
