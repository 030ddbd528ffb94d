#pragma once
#include <string>
#include <string_view>

#include "outbound/mime.hpp"

// What is kept and shown of a mail's words. Pure, and fed with whatever anybody sends.
namespace keepword::mailbox {

// What a database takes: UTF-8 without control characters other than line ends and tabs.
std::string clean(std::string_view text);
// The same for every text of a mail but its files' names.
void clean_mail(outbound::Mail& mail);

// What a case made of this mail is called, 1 to 200 characters. `damaged`: something of it could not be read.
std::string intake_title(outbound::Mail const& mail, bool damaged);

// What the mail says, 1 to 20,000 characters, with a word on what of it could not be read (empty: all of it was).
std::string intake_text(outbound::Mail const& mail, bool has_files, std::string_view unreadable);

}  // namespace keepword::mailbox
