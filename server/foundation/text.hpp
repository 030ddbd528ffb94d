#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace keepword::text {

bool valid_utf8(std::string_view bytes);
// Every byte that is not UTF-8 becomes U+FFFD.
std::string repair_utf8(std::string_view bytes);
// Number of code points; the text must be UTF-8.
std::size_t length(std::string_view utf8);
// At most `points` code points, cut between them.
std::string_view head(std::string_view utf8, std::size_t points);
// Without white space (ASCII and U+3000) at both ends.
std::string_view trim(std::string_view utf8);
std::string ascii_lower(std::string_view text);
// All letters capital or small, as Unicode says for no language in particular.
std::string upper(std::string_view utf8);
std::string lower(std::string_view utf8);
std::vector<std::string_view> split(std::string_view text, char separator);
// Compatibility form, folded case: full-width letters become narrow, capitals small.
std::string fold(std::string_view utf8);

// The words a text is found by: Latin words and numbers whole, Chinese as pairs of neighbouring characters and, at a
// run's end, the last single one; all folded. A query is cut the same way and looked up as a phrase.
std::vector<std::string> words(std::string_view utf8);

}  // namespace keepword::text
