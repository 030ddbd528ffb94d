#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/result.hpp"
#include "outbound/imap.hpp"

// The words of IMAP (RFC 3501), apart from the network.
namespace keepword::outbound::imap {

// A folder's name as the protocol writes it: modified UTF-7, the server's separator for '/'. Kind::invalid for names
// with control characters.
Result<std::string> folder_name(std::string_view utf8, char separator);
// In quotes, for a command.
std::string quoted(std::string_view name);

// "1,5,9".
std::string uid_set(std::span<std::uint32_t const> uids);

// The number after "[UIDVALIDITY " in the lines of an answer, in any case of letters.
std::optional<std::uint32_t> number_after(std::vector<std::string> const& lines, std::string_view word);
// "* 5 FETCH (UID 5 RFC822.SIZE 1234 FLAGS (\Seen))"; nothing where the line is not one or lacks the uid.
std::optional<ListedMail> listed_mail(std::string_view line);
// The separator in "* LIST (\Noselect) "/" """.
std::optional<char> separator(std::vector<std::string> const& lines);

}  // namespace keepword::outbound::imap
