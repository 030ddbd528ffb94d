#pragma once
#include "domain/mailbox/mailbox_store.hpp"
#include "outbound/mime.hpp"

// One mail: read outside of any transaction, taken inside of one.
namespace keepword::mailbox {

struct PreparedFile {
    std::string name;
    std::string type;
    storage::BlobName blob;
    std::string text;  // in it
};

// A mail as it was read, with its files durable already: rows that name them come later.
struct Prepared {
    outbound::Mail mail;
    std::vector<std::string> loops;  // X-Loop headers
    storage::BlobName raw;
    std::vector<PreparedFile> files;
    std::vector<std::string> problems;  // codes, each once
    bool damaged = false;               // something could not be read: the original is attached
    std::string fingerprint;            // of all that is said
};
// `cut`: the bytes are only the beginning of what `raw` names.
Result<Prepared> prepare(Parts const& parts, std::string_view bytes, storage::BlobName const& raw, bool cut);
// The same mail with nothing but its original, where taking it as it was read is refused with this code.
Prepared plain(Prepared const& prepared, std::string const& code);

// Where a mail lies.
struct Place {
    std::uint32_t uidvalidity = 0;
    std::uint32_t uid = 0;
    bool seen = false;
    bool renumbered = false;  // the folder was numbered anew since the last pass
};

// Makes of a mail what it is: a new case, an entry on one, or a row that says why neither. Nothing where it was taken
// before.
Result<std::optional<Outcome>> take(Parts const& parts, cases::Desk& desk, storage::Transaction& tx,
                                    Record const& mailbox, Place const& place, Prepared const& prepared, Instant now);

}  // namespace keepword::mailbox
