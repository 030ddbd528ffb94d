#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "outbound/header.hpp"

// What stands below a part's header: cut into parts, or decoded.
namespace keepword::outbound {

struct Cut {
    std::vector<std::string_view> parts;
    bool closed = false;  // the last boundary was there
    bool more = false;    // there were more parts than asked for
};
// The parts between the lines "--boundary", at most `max`.
Cut cut_parts(std::string_view body, std::string_view boundary, std::size_t max);

// The boundary a body seems to use where none is declared: its first line "--…" with a part's header below. Or empty.
std::string find_boundary(std::string_view body);

struct Content {
    std::string bytes;
    bool broken = false;  // not what the transfer encoding says; what could be decoded is there
};
// Undoes the transfer encoding ("base64", "quoted-printable", "x-uuencode"; everything else is the bytes themselves).
Content decode_content(std::string_view body, std::string_view encoding);

// Joins the lines that format=flowed broke (RFC 3676).
std::string unflow(std::string_view text, bool delete_space);

// Every line's end is '\n', also where it was '\r' alone.
void unify_line_ends(std::string& text);

// Line ends '\n', control characters and the blanks at line ends gone, at most one empty line at the end's place of
// many.
std::string tidy_text(std::string_view text);

// A file name without folders, control characters and what other systems refuse; at most 200 characters. Empty where
// nothing is left.
std::string safe_file_name(std::string_view name);
// ".jpg" for "image/jpeg"; ".bin" for what is not known.
std::string_view extension_of(std::string_view type);

}  // namespace keepword::outbound
