#pragma once
#include <string_view>
#include <vector>

#include "outbound/mime.hpp"

namespace keepword::outbound {

struct Winmail {
    std::vector<MailFile> files;
    std::string text;  // what the mail says, where it is inside too; UTF-8
    std::string html;
    bool broken = false;  // ends early or is none; what could be read is there
};

// Whether the bytes begin as such a file does, whatever it is called.
bool looks_like_winmail(std::string_view bytes);

// The attachments inside a winmail.dat (TNEF), in which Outlook sends them to whom it takes for another Outlook, and
// the text, which some mails have nowhere else.
Winmail read_winmail(std::string_view bytes);

}  // namespace keepword::outbound
