#pragma once
#include <string_view>
#include <vector>

#include "outbound/mime.hpp"

namespace keepword::outbound {

struct Winmail {
    std::vector<MailFile> files;
    bool broken = false;  // ends early or is none; what could be read is there
};

// The attachments inside a winmail.dat (TNEF), in which Outlook sends them to whom it takes for another Outlook. The
// text inside is in the mail itself as well and is not looked for.
Winmail read_winmail(std::string_view bytes);

}  // namespace keepword::outbound
