#include "main/admin.hpp"

#include <fstream>

#include "engine/audit/audit.hpp"
#include "engine/table/table.hpp"
#include "main/audit_list.hpp"
#include "main/centre.hpp"

// What each of the verbs does. Their arguments come from the command line alone and are read leniently: what is not
// there is empty, and empty is refused by whoever needs it.
namespace keepword::admin {
namespace {

std::string text_at(json::object const& arguments, char const* name) {
    auto const* found = arguments.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

bool flag_at(json::object const& arguments, char const* name) {
    auto const* found = arguments.if_contains(name);
    return found != nullptr && found->is_bool() && found->get_bool();
}

Result<std::string> read_table_file(std::string const& path) {
    std::error_code error;
    auto const size = std::filesystem::file_size(path, error);
    if (!error && size > table::max_bytes)
        return fail(Error(Kind::invalid, "table.too-large").with("megabytes", std::to_string(table::max_bytes >> 20U)));
    std::ifstream file(path, std::ios::binary);
    std::string bytes(error ? 0 : size, '\0');
    if (error || !file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
        return fail(Kind::invalid, "file.unreadable", path);
    return bytes;
}

people::Act act_of(Centre& centre) {
    return {{}, centre.clock().now(), centre.ids()};
}

Result<json::object> process_list(Centre& centre, json::object const&) {
    auto const rows = TRY(centre.database().read(
        [](storage::Transaction& tx) { return tx.query("SELECT key, hash FROM process_current ORDER BY key"); }));
    json::array items;
    for (auto const& row : rows) items.push_back(json::object{{"key", row.text(0)}, {"version", row.text(1)}});
    return json::object{{"items", std::move(items)}};
}

Result<json::object> process_deploy(Centre& centre, json::object const& arguments) {
    process::Package package{.xml = text_at(arguments, "xml"), .forms = {}};
    if (auto const* forms = arguments.if_contains("forms"); forms != nullptr && forms->is_object()) {
        for (auto const& [node, form] : forms->get_object()) {
            if (form.is_string()) package.forms[node] = form.get_string();
        }
    }
    auto const version = TRY(centre.database().write([&](storage::Transaction& tx) -> Result<std::string> {
        auto hash = TRY(process::deploy(tx, package, centre.clock().now(), {}));
        TRY(centre.desk().plan_starts({tx, centre.clock().now(), {}}));
        return hash;
    }));
    return json::object{{"version", version}};
}

// The zip is left in the spool, where the command line fetches it: a case's files can be large.
Result<json::object> case_export(Centre& centre, json::object const& arguments) {
    auto const id = TRY(centre.database().read(
        [&](storage::Transaction& tx) { return cases::case_named(tx, text_at(arguments, "case")); }));
    if (!id) return fail(Kind::not_found, "not-found");
    auto const packed = TRY(cases::export_case(centre.desk(), centre.database(), *id, centre.clock().now(), nullptr));
    auto const path = centre.spool() / ("export-" + crypto::hex(crypto::random_bytes(8)) + ".zip");
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(packed.zip.data(), static_cast<std::streamsize>(packed.zip.size()));
    file.close();
    if (!file) return fail(Kind::internal, "file.unwritable", path.string());
    return json::object{{"zip", std::filesystem::absolute(path).string()}};
}

// Without a map: the one that keeps every name, for somebody to look through and change.
Result<json::object> case_migrate(Centre& centre, json::object const& arguments) {
    return centre.database().write([&](storage::Transaction& tx) -> Result<json::object> {
        auto const id = TRY(cases::case_named(tx, text_at(arguments, "case")));
        if (!id) return fail(Kind::not_found, "not-found");
        cases::Act const act{tx, centre.clock().now(), {}};
        auto const version = text_at(arguments, "version");
        bpmn::MigrationMap map;
        auto const* given = arguments.if_contains("elements");
        if (given == nullptr || !given->is_object()) {
            json::object elements;
            for (auto const& [old, now] : TRY(centre.desk().same_names(act, *id, version)).elements)
                elements[old] = now;
            return json::object{{"elements", std::move(elements)}};
        }
        for (auto const& [old, now] : given->get_object()) {
            if (now.is_string()) map.elements[old] = now.get_string();
        }
        TRY(centre.desk().migrate(act, *id, version, map));
        return json::object{{"migrated", id->str()}};
    });
}

Result<json::object> backup_create(Centre& centre, json::object const& arguments) {
    auto const made = TRY(centre.back_up(text_at(arguments, "file")));
    return json::object{{"files", made.files}, {"bytes", made.bytes}, {"database", made.database}};
}

Result<json::object> audit_replay(Centre& centre, json::object const&) {
    auto const report = TRY(cases::replay_all(centre.database(), centre.desk().parts().library));
    return json::object{{"holds", report.different == 0},
                        {"cases", report.cases},
                        {"different", report.different},
                        {"first_different", report.first_different}};
}

Result<json::object> audit_verify(Centre& centre, json::object const&) {
    auto const report = TRY(audit::verify_all(centre.database(), {centre.signing_key().public_key}));
    json::object out{{"holds", !report.first_broken},
                     {"chains", report.chains},
                     {"entries", report.entries},
                     {"checkpoints", report.checkpoints}};
    if (auto const& broken = report.first_broken) {
        out["broken"] =
            json::object{{"chain", broken->chain}, {"seq", broken->seq}, {"what", json::word(broken->damage)}};
    }
    return out;
}

Result<json::object> audit_export(Centre& centre, json::object const&) {
    auto const made = TRY(export_audit(centre, {}, nullptr, centre.clock().now()));
    return json::object{{"file", made.file.string()}, {"entries", made.entries}};
}

Result<json::object> token_create(Centre& centre, json::object const& arguments) {
    std::optional<Instant> until;
    if (auto const expires = text_at(arguments, "expires"); !expires.empty()) until = TRY(Instant::parse(expires));
    auto const made = TRY(centre.database().write([&](storage::Transaction& tx) -> Result<access::NewToken> {
        auto const person = TRY(people::person_by_login(tx, text_at(arguments, "login")));
        if (!person) return fail(Kind::not_found, "not-found");
        return access::create_token(tx, act_of(centre), *person, "command line", until);
    }));
    return json::object{{"id", made.id.str()}, {"token", made.token.reveal()}};
}

Result<json::object> token_list(Centre& centre, json::object const&) {
    auto const rows = TRY(centre.database().read([](storage::Transaction& tx) { return access::list_tokens(tx, {}); }));
    return json::object{{"items", json::encode(rows)}};
}

Result<json::object> token_revoke(Centre& centre, json::object const& arguments) {
    auto const token = access::TokenId::parse(text_at(arguments, "id"));
    if (!token) return invalid("id", "id");
    TRY(centre.database().write(
        [&](storage::Transaction& tx) { return access::revoke_token(tx, act_of(centre), {}, *token); }));
    return json::object();
}

// The command line names a file of this machine: what may be as large as an import is not sent through a socket.
Result<json::object> import_file(Centre& centre, json::object const& arguments) {
    auto const path = text_at(arguments, "file");
    auto const bytes = TRY(read_table_file(path));
    imports::Wish wish{.sheet = text_at(arguments, "sheet")};
    auto const kind = json::from_word<imports::ImportKind>(text_at(arguments, "kind"));
    if (!kind) return invalid("kind", "choice");
    wish.kind = *kind;
    wish.update = flag_at(arguments, "update");
    if (auto const* mapping = arguments.if_contains("mapping"); mapping != nullptr && mapping->is_object()) {
        for (auto const& [column, field] : mapping->get_object()) {
            if (field.is_string()) wish.mapping[column] = field.get_string();
        }
    }
    auto const& parts = centre.import_parts();
    auto const now = centre.clock().now();
    if (flag_at(arguments, "dry_run"))
        return json::encode(TRY(imports::check(parts, bytes, wish, now, {}))).as_object();
    auto const name = std::filesystem::path(path).filename().string();
    auto const prepared = TRY(imports::prepare(parts, bytes, wish, name));
    auto const done = TRY(centre.database().write([&](storage::Transaction& tx) {
        return imports::bring_in(parts, tx, *prepared, now, {}, [](std::int64_t) {});
    }));
    return json::encode(done).as_object();
}

struct Verb {
    std::string_view name;
    Result<json::object> (*act)(Centre&, json::object const&);
};
constexpr Verb verbs[] = {
    {"process list", process_list}, {"process deploy", process_deploy}, {"case export", case_export},
    {"case migrate", case_migrate}, {"backup create", backup_create},   {"audit verify", audit_verify},
    {"audit replay", audit_replay}, {"audit export", audit_export},     {"token create", token_create},
    {"token list", token_list},     {"token revoke", token_revoke},     {"import", import_file}};

}  // namespace

Result<json::object> perform(Centre& centre, std::string_view verb, json::object const& arguments) {
    for (auto const& one : verbs) {
        if (one.name == verb) return one.act(centre, arguments);
    }
    return fail(Error(Kind::invalid, "admin.verb").with("verb", std::string(verb)));
}

}  // namespace keepword::admin
