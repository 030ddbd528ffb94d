#include <algorithm>

#include "domain/mailbox/intake_text.hpp"
#include "domain/mailbox/known_mail.hpp"
#include "outbound/header.hpp"

namespace keepword::mailbox {
namespace {

// What was put right while reading needs no original beside it.
bool is_harmless(std::string_view code) {
    return code == "bad-date" || code == "charset-guessed" || code == "html-left-out";
}

constexpr std::size_t max_file_name = 200;   // characters
constexpr std::size_t max_html = 2'000'000;  // bytes kept in the database; the original has all of it

void add_problem(Prepared& out, std::string const& code) {
    if (std::find(out.problems.begin(), out.problems.end(), code) == out.problems.end()) out.problems.push_back(code);
    out.damaged = out.damaged || !is_harmless(code);
}

}  // namespace

Result<Prepared> prepare(Parts const& parts, std::string_view bytes, storage::BlobName const& raw, bool cut) {
    Prepared out;
    out.raw = raw;
    auto read = outbound::read_mail(bytes);
    if (read)
        out.mail = *std::move(read);
    else
        add_problem(out, "empty");
    for (auto const& problem : out.mail.problems) add_problem(out, problem.code);
    if (cut) add_problem(out, "too-large");
    for (auto* files : {&out.mail.attachments, &out.mail.pictures}) {
        for (auto& file : *files) {
            // Of a mail that was cut off, the last file is broken; the original has it whole.
            if (cut) continue;
            auto const blob = TRY(parts.blobs.put(file.bytes));
            auto const cleaned = clean(file.name);
            auto const name = text::trim(text::head(cleaned, max_file_name));
            auto const path = TRY(parts.blobs.path(blob.sha256));
            auto const type = cases::type_by_content(path);
            out.files.push_back({name.empty() ? "file" : std::string(name), type, blob,
                                 parts.text_in ? parts.text_in(path, type) : std::string()});
        }
        files->clear();
    }
    auto const header = outbound::read_header(bytes);
    for (auto const loop : header.all("x-loop")) out.loops.push_back(clean(loop));
    clean_mail(out.mail);
    if (out.mail.html.size() > max_html) {
        out.mail.html.clear();
        add_problem(out, "html-left-out");
    }
    out.fingerprint = fingerprint_of(out);
    return out;
}

Prepared plain(Prepared const& prepared, std::string const& code) {
    Prepared out;
    out.raw = prepared.raw;
    out.loops = prepared.loops;
    out.fingerprint = prepared.fingerprint;
    out.mail.from = prepared.mail.from;
    out.mail.message_id = prepared.mail.message_id;
    out.mail.origin = prepared.mail.origin;
    out.mail.origin_reason = prepared.mail.origin_reason;
    add_problem(out, "not-taken." + code);
    return out;
}

}  // namespace keepword::mailbox
