#include <fmt/core.h>

#include "domain/case/case_views.hpp"
#include "engine/audit/audit.hpp"
#include "zip/zip.hpp"

// Sealing (ACC-12): everything about a case in one zip that anybody can check, offline, with the centre's public key.
//
//   manifest.json    number, process version, public key, and name, size and SHA-256 of every other file
//   record.json      the case's facts and the process variables
//   timeline.json    what happened, for people
//   tasks.json       who did what, when, with which outcome; the clocks and how they ended
//   audit.jsonl      the case's own audit chain, an entry a line
//   proof.json       the Merkle path from the chain's head to a signed checkpoint
//   process.bpmn     the flowchart version it ran on
//   attachments/ID   the files, byte for byte
//
// The zip's comment, its last 128 bytes, is the Ed25519 signature (hexadecimal) over every byte before it.
namespace keepword::cases {
namespace {

constexpr std::size_t max_zip_entries = 2'000;
constexpr std::size_t seal_size = 128;  // hexadecimal digits of a signature

struct File {
    std::string name;
    std::string bytes;
};

json::array rows_as_json(storage::Rows const& rows, std::initializer_list<char const*> names) {
    json::array out;
    for (auto const& row : rows) {
        json::object o;
        std::size_t i = 0;
        for (auto const* name : names) {
            auto const& v = row.at(i++);
            if (auto const* n = std::get_if<std::int64_t>(&v))
                o[name] = *n;
            else if (auto const* t = std::get_if<std::string>(&v))
                o[name] = json::string(*t);
            else
                o[name] = nullptr;
        }
        out.push_back(std::move(o));
    }
    return out;
}

// The cases at the other ends of its links that the reader may not see.
Result<std::set<std::string>> out_of_sight(storage::Transaction& tx, Desk const& desk, CaseId id,
                                           api::Caller const& reader) {
    std::vector<CaseId> far;
    for (auto const& row : TRY(tx.query("SELECT to_case FROM case_link WHERE from_case = ? UNION "
                                        "SELECT from_case FROM case_link WHERE to_case = ?",
                                        id, id)))
        far.push_back(row.id<CaseTag>(0));
    auto const seen = TRY(visible_of(tx, TRY(sight_of(tx, desk.parts().library, reader)), far));
    std::set<std::string> out;
    for (auto const other : far) {
        if (!seen.contains(other.value)) out.insert(other.str());
    }
    return out;
}

Result<json::value> timeline_of(storage::Transaction& tx, CaseId id, std::set<std::string> const& hidden) {
    auto rows =
        TRY(tx.query("SELECT t.id, t.at, t.kind, t.actor, p.name, t.element, t.name_zh, t.name_en, t.text, t.data "
                     "FROM timeline t LEFT JOIN person p ON p.id = t.actor WHERE t.case_id = ? ORDER BY t.id",
                     id));
    std::erase_if(rows, [&](storage::Row const& row) {
        if (row.text(2) != "linked") return false;
        auto const data = row.json(9);
        auto const* named = data.is_object() ? data.get_object().if_contains("case") : nullptr;
        return named != nullptr && named->is_string() && hidden.contains(std::string(named->get_string()));
    });
    return json::value(rows_as_json(
        rows, {"id", "at", "kind", "actor", "actor_name", "element", "name_zh", "name_en", "text", "data"}));
}

Result<json::value> tasks_of(storage::Transaction& tx, CaseId id) {
    auto tasks =
        TRY(tx.query("SELECT t.element, t.name_zh, t.role, t.state, t.done_by, p.name, t.created_at, t.ended_at, "
                     "t.outcome FROM task t LEFT JOIN person p ON p.id = t.done_by WHERE t.case_id = ? ORDER BY t.id",
                     id));
    auto clocks =
        TRY(tx.query("SELECT element, name_zh, length, calendar, since, due_at, ended_at, state FROM clock "
                     "WHERE case_id = ? ORDER BY id",
                     id));
    return json::value{{"tasks", rows_as_json(tasks, {"element", "name_zh", "role", "state", "done_by", "done_by_name",
                                                      "created_at", "ended_at", "outcome"})},
                       {"clocks", rows_as_json(clocks, {"element", "name_zh", "length", "calendar", "since", "due_at",
                                                        "ended_at", "state"})}};
}

json::object record_as_json(Record const& r, bpmn::State const& engine) {
    json::object o{{"id", r.id.str()},
                   {"number", r.number},
                   {"kind", r.kind},
                   {"title", r.title},
                   {"description", r.description},
                   {"state", json::word(r.state)},
                   {"urgency", json::word(r.urgency)},
                   {"channel", json::word(r.channel)},
                   {"opened_at", r.opened_at.str()},
                   {"closed_at", r.closed_at ? json::value(json::string(r.closed_at->str())) : json::value(nullptr)},
                   {"contact_name", r.contact_name.value_or("")},
                   {"contact_phone", r.contact_phone.value_or("")},
                   {"contact_email", r.contact_email.value_or("")},
                   {"category", r.category.value_or("")},
                   {"severity", r.severity.value_or("")}};
    o["variables"] = engine.variables();
    return o;
}

struct Gathered {
    std::string number;
    std::string process_hash;
    std::vector<File> files;
    struct Attached {
        std::string name;
        std::string sha256;
    };
    std::vector<Attached> attachments;
};

Result<std::string> chain_of(storage::Transaction& tx, std::string const& chain) {
    constexpr std::int64_t page = 500;
    std::string lines;
    for (std::int64_t after = 0;;) {
        auto const entries = TRY(audit::entries(tx, chain, after, page));
        for (auto const& entry : entries) lines += json::serialize(audit::to_json(entry)) + "\n";
        if (static_cast<std::int64_t>(entries.size()) < page) return lines;
        after = entries.back().seq;
    }
}

// A proof of the chain as it stands now. A checkpoint takes in a bounded number of changed chains, so that many may
// have to be signed before this one's turn has come.
Result<audit::Proof> cover(storage::Transaction& tx, Parts const& parts, std::string const& chain, Instant now) {
    audit::Signer const signer{parts.public_key,
                               [&](std::string_view bytes) -> Result<std::string> { return parts.sign(bytes); }};
    for (;;) {
        auto proof = audit::prove(tx, chain);
        if (proof || proof.error().code != "audit.not-covered") return proof;
        TRY(audit::checkpoint(tx, now, signer));
    }
}

Result<Gathered> gather(Desk const& desk, storage::Transaction& tx, CaseId id, Instant now, api::Caller const* reader) {
    auto const& parts = desk.parts();
    auto const record = TRY(load_record(tx, id));
    // Before the chain is read, so that a copy says itself who took it.
    TRY(audit_case({tx, now, reader != nullptr ? reader->person : PersonId{}}, id, "case.exported", {}));
    auto const version = TRY(parts.library.version(tx, record.process_hash));
    auto const engine = TRY(load_engine(tx, id, *version->definition));
    auto const chain = "case:" + id.str();
    Gathered out{.number = record.number, .process_hash = record.process_hash, .files = {}, .attachments = {}};
    out.files.push_back({"record.json", json::serialize(record_as_json(record, engine))});
    std::set<std::string> hidden;
    if (reader != nullptr) hidden = TRY(out_of_sight(tx, desk, id, *reader));
    auto const timeline = TRY(timeline_of(tx, id, hidden));
    out.files.push_back({"timeline.json", json::serialize(timeline)});
    auto const tasks = TRY(tasks_of(tx, id));
    out.files.push_back({"tasks.json", json::serialize(tasks)});
    auto entries = TRY(chain_of(tx, chain));
    out.files.push_back({"audit.jsonl", std::move(entries)});
    auto const proof = TRY(cover(tx, parts, chain, now));
    out.files.push_back({"proof.json", json::serialize(audit::to_json(proof))});
    out.files.push_back({"process.bpmn", version->xml});
    for (auto const& row : TRY(tx.query("SELECT id, sha256 FROM attachment WHERE case_id = ? ORDER BY id", id))) {
        out.attachments.push_back({"attachments/" + std::to_string(row.integer(0)), row.text(1)});
    }
    return out;
}

std::string manifest_of(Gathered const& gathered, std::string const& public_key, Instant now) {
    json::object files;
    for (auto const& file : gathered.files) {
        files[file.name] =
            json::object{{"size", file.bytes.size()}, {"sha256", crypto::hex(crypto::sha256(file.bytes))}};
    }
    return json::serialize(json::object{{"format", "keepword-case-1"},
                                        {"number", gathered.number},
                                        {"process", gathered.process_hash},
                                        {"exported_at", now.str()},
                                        {"public_key", crypto::hex(public_key)},
                                        {"files", std::move(files)}});
}

std::string const* bytes_of(std::vector<File> const& files, std::string_view name) {
    for (auto const& file : files) {
        if (file.name == name) return &file.bytes;
    }
    return nullptr;
}

// Every file is as the manifest says, none is missing, none is too many.
void check_files(std::vector<File> const& files, json::object const& manifest, std::vector<std::string>& broken) {
    auto const& listed = manifest.at("files").as_object();
    for (auto const& [name, facts] : listed) {
        auto const* bytes = bytes_of(files, name);
        if (bytes == nullptr) {
            broken.push_back(fmt::format("{} is missing", std::string_view(name)));
        } else if (crypto::hex(crypto::sha256(*bytes)) != facts.at("sha256").as_string()) {
            broken.push_back(fmt::format("{} was changed", std::string_view(name)));
        }
    }
    for (auto const& file : files) {
        if (file.name != "manifest.json" && !listed.contains(file.name)) {
            broken.push_back(fmt::format("{} does not belong to it", file.name));
        }
    }
}

Result<> check_chain(std::vector<File> const& files, std::string const& public_key, std::vector<std::string>& broken) {
    auto const* lines = bytes_of(files, "audit.jsonl");
    auto const* proof_text = bytes_of(files, "proof.json");
    if (lines == nullptr || proof_text == nullptr) return {};
    std::vector<audit::Recorded> entries;
    for (auto line : text::split(*lines, '\n')) {
        if (!line.empty()) entries.push_back(TRY(audit::recorded_from_json(TRY(json::parse(line)))));
    }
    auto const proof = TRY(audit::proof_from_json(TRY(json::parse(*proof_text))));
    if (auto held = audit::verify(proof, entries, public_key); !held)
        broken.push_back("the audit chain does not hold: " + held.error().code);
    return {};
}

// The seal is over the file as it lies there, so that no byte of it, not even one between the packed files, can change.
bool seal_holds(std::string_view zip, std::string const& key) {
    if (zip.size() < seal_size) return false;
    auto const signature = crypto::from_hex(zip.substr(zip.size() - seal_size));
    return signature && crypto::verify(key, zip.substr(0, zip.size() - seal_size), *signature);
}

Result<Verified> check_all(std::string_view zip, std::vector<File> const& files) {
    Verified out;
    auto const* manifest_text = bytes_of(files, "manifest.json");
    if (manifest_text == nullptr) {
        out.broken.emplace_back("manifest.json is missing");
        return out;
    }
    auto const manifest = TRY(json::parse(*manifest_text));
    out.number = std::string(manifest.at("number").as_string());
    out.public_key = std::string(manifest.at("public_key").as_string());
    auto const key = TRY(crypto::from_hex(out.public_key));
    check_files(files, manifest.as_object(), out.broken);
    TRY(check_chain(files, key, out.broken));
    if (!seal_holds(zip, key)) out.broken.emplace_back("the seal does not hold: the file is not as it was exported");
    out.holds = out.broken.empty();
    return out;
}

}  // namespace

Result<Packed> export_case(Desk const& desk, storage::Database& database, CaseId id, Instant now,
                           api::Caller const* reader) {
    auto const& parts = desk.parts();
    auto gathered = TRY(database.write(
        [&](storage::Transaction& tx) -> Result<Gathered> { return gather(desk, tx, id, now, reader); }));
    for (auto const& [name, sha256] : gathered.attachments) {
        auto bytes = TRY(parts.blobs.get(sha256));
        gathered.files.push_back({name, std::move(bytes)});
    }
    auto manifest = manifest_of(gathered, parts.public_key, now);
    gathered.files.push_back({"manifest.json", std::move(manifest)});
    zip::Writer writer;
    for (auto& file : gathered.files) TRY(writer.add(file.name, std::move(file.bytes)));
    auto packed = TRY(std::move(writer).finish(seal_size));
    packed.resize(packed.size() - seal_size);
    packed += crypto::hex(parts.sign(packed));
    return Packed{gathered.number, std::move(packed)};
}

Result<Verified> verify_export(std::string_view bytes) {
    auto const entries = zip::read(bytes, max_zip_entries);
    if (!entries)
        return Verified{.holds = false,
                        .number = {},
                        .public_key = {},
                        .broken = {"not a readable zip: " + entries.error().detail}};
    std::vector<File> files;
    for (auto const& entry : *entries) files.push_back({entry.name, entry.bytes});
    try {
        auto checked = check_all(bytes, files);
        if (checked) return checked;
        return Verified{
            .holds = false, .number = {}, .public_key = {}, .broken = {"unreadable: " + checked.error().code}};
    } catch (std::exception const& e) {
        // A key that is missing or of another type: the manifest is not one of ours.
        return Verified{.holds = false, .number = {}, .public_key = {}, .broken = {"manifest.json is not of the form"}};
    }
}

}  // namespace keepword::cases
