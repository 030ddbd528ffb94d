#pragma once
#include <vector>

#include "outbound/mime.hpp"

// From the sections of a mail to what it says.
namespace keepword::outbound {

// One thing the mail says, as text, as HTML or as both (multipart/alternative).
struct Section {
    std::string plain;
    std::string html;
};

// Cuts between characters; whether anything was cut off.
bool cut_text(std::string& value, std::size_t room);

// Puts text, quoted and HTML into the mail, whose subject is read; whether the text or the HTML had to be cut.
bool join_sections(std::vector<Section> const& sections, Mail& mail);

// A picture that the HTML shows is part of what is said; every other one stays an attachment.
void place_pictures(Mail& mail);

}  // namespace keepword::outbound
