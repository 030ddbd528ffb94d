#pragma once
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

// The corpus of mails in server/outbound/corpus: NAME.eml as it came, or NAME.recipe, of which a large one is made.
namespace keepword::testkit {

struct CorpusMail {
    std::string name;  // "charset/big5"
    std::filesystem::path path;
};
// For googletest's messages.
inline void PrintTo(CorpusMail const& mail, std::ostream* out) {
    *out << mail.name;
}

// All of it, by name.
std::vector<CorpusMail> mail_corpus();

std::string read_file(std::filesystem::path const& path);

// The mail's bytes. A recipe is a mail in which lines that begin with '%' are instructions:
//   %repeat N … %end   the lines between, N times; '%n' in them counts from 1; may not be nested
//   %fill N TEXT       one line of TEXT again and again, up to N bytes
// Every line of the result ends with CRLF.
std::string corpus_bytes(CorpusMail const& mail);

}  // namespace keepword::testkit
