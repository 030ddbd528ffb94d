#pragma once
#include <glib.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "outbound/mime.hpp"

// The header of a mail or of one part: found and repaired here, its fields read by GMime.
namespace keepword::outbound {

struct FreeG {
    void operator()(void* p) const { g_free(p); }
};
using GText = std::unique_ptr<char, FreeG>;

struct UnrefG {
    void operator()(void* p) const;
};
template <class T>
using GObjectOf = std::unique_ptr<T, UnrefG>;

// GMime must be started once in a process.
void start_gmime();

// One field: the name in small letters, the value on one line and in UTF-8, encoded words still encoded.
struct Field {
    std::string name;
    std::string value;
};

struct Header {
    std::vector<Field> fields;
    std::size_t body = 0;    // where what follows begins, in the bytes given
    bool too_large = false;  // fields beyond max_header_bytes were left out
    bool broken = false;     // lines that are no field were left out
    std::string guessed;     // raw bytes were read as this encoding

    // The first field of that name (small letters), or empty.
    std::string_view get(std::string_view name) const;
    std::vector<std::string_view> all(std::string_view name) const;
};

// Takes the header off the start of a mail or part.
Header read_header(std::string_view bytes);

struct ContentType {
    std::string type;     // "text/plain", small letters; `otherwise` where there is none or no proper one
    std::string charset;  // as declared
    std::string boundary;
    std::string name;  // decoded, not yet made safe
    std::string report_type;
    bool flowed = false;  // RFC 3676
    bool delete_space = false;
    std::string smime_type;  // "signed-data", "enveloped-data"; small letters
};
// `otherwise` is the type of what declares none.
ContentType content_type(Header const& header, std::string_view otherwise = "text/plain");

struct Disposition {
    std::string kind;  // "attachment", "inline", empty; small letters
    std::string name;
};
Disposition disposition(Header const& header);

// Takes out what nobody sees and what makes names look like others: marks that turn the direction of writing (they make
// "exe.jpg" of "gpj.exe") and blanks without width. Joiners stay, which some scripts and pictures are written with.
void remove_invisible(std::string& text);

// Encoded words to UTF-8, control characters and the invisible out.
std::string decode_words(std::string_view value);
std::vector<Address> addresses(std::string_view value);
// What stands between angle brackets, in order; where there are none, the value's single word.
std::vector<std::string> message_ids(std::string_view value);
std::optional<Instant> mail_date(std::string_view value);

}  // namespace keepword::outbound
