#include "domain/process/process.hpp"

#include "engine/audit/audit.hpp"
#include "foundation/log.hpp"

namespace keepword::process {
namespace {

Result<VersionPtr> build(std::string xml, std::map<std::string, std::string> const& forms, bpmn::For purpose) {
    auto checked = bpmn::check(xml, purpose);
    if (!checked.violations.empty() || !checked.definition) {
        Error error(Kind::invalid, "process.refused");
        for (auto const& v : checked.violations) {
            if (error.fields.size() == 100) break;
            error.fields.push_back({std::to_string(v.line) + ":" + std::to_string(v.column), v.rule, v.message});
        }
        return std::unexpected(std::move(error));
    }
    auto version = std::make_shared<Version>();
    version->definition = std::move(checked.definition);
    version->xml = std::move(xml);
    for (auto const& lane : version->definition->lanes) version->roles.insert(lane.roles.begin(), lane.roles.end());
    for (auto const& [node, text] : forms) {
        if (version->definition->find(node) == bpmn::none) {
            return fail(Error(Kind::invalid, "process.form").with("field", node).with("what", "no such node"));
        }
        version->forms[node] = TRY(parse_form(text));
    }
    return VersionPtr(std::move(version));
}

json::object to_object(std::map<std::string, std::string> const& forms) {
    json::object out;
    for (auto const& [node, text] : forms) out[node] = text;
    return out;
}

std::map<std::string, std::string> from_object(json::value const& v) {
    std::map<std::string, std::string> out;
    if (!v.is_object()) return out;
    for (auto const& [node, text] : v.get_object()) {
        if (text.is_string()) out[std::string(node)] = std::string(text.get_string());
    }
    return out;
}

Result<std::string> keep(storage::Transaction& tx, Package const& package, std::string_view source, Instant now,
                         PersonId by) {
    auto const version = TRY(build(package.xml, package.forms, bpmn::For::deployment));
    // The file says which process it is; deploying it under another one's address is a slip, not a wish.
    if (!package.key.empty() && version->definition->key() != package.key) return invalid("xml", "other-process");
    auto const& hash = version->definition->hash;
    auto const& key = version->definition->key();
    auto const forms = to_object(package.forms);
    auto const known = TRY(tx.one("SELECT forms FROM process_version WHERE hash = ?", hash));
    // A version never changes, and cases may be running on it: other forms need a drawing that says it is another one.
    if (known && from_object(known->json(0)) != package.forms) return fail(Kind::conflict, "process.same-drawing");
    if (!known) {
        TRY(
            tx.execute("INSERT INTO process_version (hash, key, xml, forms, source, deployed_at, deployed_by) "
                       "VALUES (?,?,?,?,?,?,?)",
                       hash, key, package.xml, forms, source, now, by));
    }
    auto const current = TRY(tx.one("SELECT hash FROM process_current WHERE key = ?", key));
    if (!current) {
        TRY(tx.execute("INSERT INTO process_current (key, hash, version) VALUES (?,?,1)", key, hash));
    } else if (current->text(0) != hash) {
        TRY(tx.execute("UPDATE process_current SET hash = ?, version = version + 1 WHERE key = ?", hash, key));
    } else {
        return hash;
    }
    TRY(audit::append(tx, {.chain = "system",
                           .at = now,
                           .actor = by.str(),
                           .action = "process.deployed",
                           .subject = key,
                           .data = json::object{{"hash", hash}, {"source", source}}}));
    return hash;
}

}  // namespace

Form const* Version::form_of(std::string_view node) const {
    auto const found = forms.find(node);
    return found == forms.end() ? nullptr : &found->second;
}

Result<VersionPtr> Library::version(storage::Transaction& tx, std::string const& hash) {
    {
        std::lock_guard const lock(mutex_);
        if (auto const found = versions_.find(hash); found != versions_.end()) return found->second;
    }
    auto const row = TRY(tx.one("SELECT xml, forms FROM process_version WHERE hash = ?", hash));
    if (!row) return fail(Kind::internal, "process.version-gone", hash);
    auto built = TRY(build(row->text(0), from_object(row->json(1)), bpmn::For::going_on));
    std::lock_guard const lock(mutex_);
    // Versions are few; a bound keeps a centre that deploys without end from filling memory.
    if (versions_.size() >= 256) versions_.clear();
    versions_[hash] = built;
    return built;
}

Result<VersionPtr> Library::current(storage::Transaction& tx, std::string const& key) {
    auto const row = TRY(tx.one("SELECT hash FROM process_current WHERE key = ?", key));
    if (!row) return fail(Kind::not_found, "process.unknown");
    return version(tx, row->text(0));
}

Result<std::vector<VersionPtr>> Library::all_current(storage::Transaction& tx) {
    std::vector<VersionPtr> out;
    for (auto const& row : TRY(tx.query("SELECT hash FROM process_current ORDER BY key"))) {
        auto const built = version(tx, row.text(0));
        // One that this release cannot read keeps its own cases waiting, and not the centre from its work.
        if (built)
            out.push_back(*built);
        else if (built.error().kind == Kind::unavailable)
            return std::unexpected(built.error());
        else
            log::error("the process version {} cannot be read: {}", row.text(0), built.error().code);
    }
    return out;
}

namespace {

// Ties every current version to the versions it calls, where it is not tied yet: a running case and what it calls keep
// to what was deployed together.
Result<> tie_calls(storage::Transaction& tx) {
    for (auto const& row : TRY(tx.query("SELECT v.hash, v.xml FROM process_current c JOIN process_version v "
                                        "ON v.hash = c.hash ORDER BY c.key"))) {
        auto const checked = bpmn::check(row.text(1), bpmn::For::going_on);
        if (!checked.definition) continue;
        for (auto const& element : checked.definition->elements) {
            if (element.type != bpmn::Type::call_activity) continue;
            TRY(
                tx.execute("INSERT INTO process_call (hash, key, called_hash) SELECT CAST(? AS TEXT), key, hash "
                           "FROM process_current WHERE key = ? ON CONFLICT (hash, key) DO NOTHING",
                           row.text(0), element.called));
        }
    }
    return {};
}

}  // namespace

Result<std::string> version_called(storage::Transaction& tx, std::string const& hash, std::string const& key) {
    auto row = TRY(tx.one("SELECT called_hash FROM process_call WHERE hash = ? AND key = ?", hash, key));
    if (!row) row = TRY(tx.one("SELECT hash FROM process_current WHERE key = ?", key));
    if (!row) return fail(Kind::not_found, "process.unknown");
    return row->text(0);
}

Result<std::string> deploy(storage::Transaction& tx, Package const& package, Instant now, PersonId by) {
    auto hash = TRY(keep(tx, package, "deployed", now, by));
    TRY(tie_calls(tx));
    return hash;
}

Result<> seed(storage::Transaction& tx, std::map<std::string, Package> const& packages, Instant now) {
    for (auto const& [key, package] : packages) {
        auto const row =
            TRY(tx.one("SELECT v.source FROM process_current c JOIN process_version v ON v.hash = c.hash "
                       "WHERE c.key = ?",
                       key));
        if (row && row->text(0) != "embedded") continue;
        auto const kept = keep(tx, package, "embedded", now, {});
        if (!kept && kept.error().code == "process.same-drawing")
            log::warning("the forms of {} have changed and its drawing has not: the centre goes on with the old ones",
                         key);
        else
            TRY(kept);
    }
    return tie_calls(tx);
}

std::map<std::string, Package> packages_of(std::vector<EmbeddedFile> const& files) {
    constexpr std::string_view form_ending = ".form.json";
    std::map<std::string, Package> out;
    for (auto const& [path, bytes] : files) {
        auto const parts = text::split(path, '/');  // processes/KEY/FILE
        if (parts.size() != 3) continue;
        auto& package = out[std::string(parts[1])];
        if (parts[2] == "process.bpmn")
            package.xml = bytes;
        else if (parts[2].ends_with(form_ending)) {
            package.forms[std::string(parts[2].substr(0, parts[2].size() - form_ending.size()))] = bytes;
        }
    }
    return out;
}

}  // namespace keepword::process
