#include "domain/process/process.hpp"

namespace keepword::process {
namespace {

struct ProcessRow {
    std::string key;
    std::string name_zh;
    std::string name_en;
    std::string version;
    Instant deployed_at;
    std::int64_t open_cases = 0;
};
BOOST_DESCRIBE_STRUCT(ProcessRow, (), (key, name_zh, name_en, version, deployed_at, open_cases))

struct DeployedVersion {
    std::string version;
    Instant deployed_at;
    std::optional<api::Ref> by;
};
BOOST_DESCRIBE_STRUCT(DeployedVersion, (), (version, deployed_at, by))

struct Process {
    std::string key;
    std::string name_zh;
    std::string name_en;
    std::string version;
    Instant deployed_at;
    std::int64_t open_cases = 0;
    std::vector<DeployedVersion> versions;
};
BOOST_DESCRIBE_STRUCT(Process, (), (key, name_zh, name_en, version, deployed_at, open_cases, versions))

struct NewVersion {
    json::Text<4'000'000> xml;
    std::optional<std::map<std::string, json::Text<200'000>>> forms;  // node → JSON; absent: the current ones stay
};
BOOST_DESCRIBE_STRUCT(NewVersion, (), (xml, forms))

struct Inside {
    Library& library;
    CountOpen count_open;
    Deployed deployed;
};

Result<Process> read_process(Inside const& inside, api::Call const& call, storage::Transaction& tx,
                             std::string const& key) {
    auto const version = TRY(inside.library.current(tx, key));
    auto const& element = version->definition->at(version->definition->process);
    Process out{.key = key, .name_zh = element.name, .name_en = element.name_en, .version = version->definition->hash};
    for (auto const& row : TRY(tx.query("SELECT v.hash, v.deployed_at, p.id, p.name FROM process_version v "
                                        "LEFT JOIN person p ON p.id = v.deployed_by WHERE v.key = ? "
                                        "ORDER BY v.deployed_at DESC LIMIT 200",
                                        key))) {
        DeployedVersion deployed{row.text(0), row.instant(1), std::nullopt};
        if (!row.null(2)) deployed.by = api::Ref{std::to_string(row.integer(2)), row.text(3)};
        if (deployed.version == out.version) out.deployed_at = deployed.deployed_at;
        out.versions.push_back(std::move(deployed));
    }
    out.open_cases = TRY(inside.count_open(tx, call.caller, key));
    return out;
}

Result<api::Page<ProcessRow>> list(Inside const& inside, api::Call const& call, storage::Transaction& tx) {
    api::Page<ProcessRow> page;
    for (auto const& version : TRY(inside.library.all_current(tx))) {
        auto one = TRY(read_process(inside, call, tx, version->definition->key()));
        page.items.push_back({one.key, one.name_zh, one.name_en, one.version, one.deployed_at, one.open_cases});
    }
    return page;
}

Result<api::Reply> file(Library& library, api::Call const& call, storage::Transaction& tx) {
    auto const key = call.part("key");
    auto const wanted = call.query.text("version");
    if (!wanted.empty()) {
        auto const known = TRY(tx.one("SELECT 1 FROM process_version WHERE hash = ? AND key = ?", wanted, key));
        if (!known) return fail(Kind::not_found, "process.unknown");
    }
    auto const version = TRY(wanted.empty() ? library.current(tx, key) : library.version(tx, wanted));
    api::Reply reply;
    reply.headers = {{"content-type", "application/xml"}};
    reply.bytes = version->xml;
    return reply;
}

Result<Process> deploy_version(Inside const& inside, api::Call const& call, NewVersion const& in,
                               storage::Transaction& tx) {
    auto const key = call.part("key");
    Package package{.xml = in.xml.value, .forms = {}, .key = key};
    if (in.forms) {
        for (auto const& [node, text] : *in.forms) package.forms[node] = text.value;
    } else if (auto const row = TRY(tx.one("SELECT v.forms FROM process_current c JOIN process_version v "
                                           "ON v.hash = c.hash WHERE c.key = ?",
                                           key))) {
        // With no forms given, the current version's go on.
        auto const forms = row->json(0);
        for (auto const& [node, text] : forms.as_object()) package.forms[std::string(node)] = text.as_string();
    }
    TRY(deploy(tx, package, call.now, call.caller.person));
    TRY(inside.deployed(tx, call.now));
    return read_process(inside, call, tx, key);
}

}  // namespace

api::Routes routes(Library& library, CountOpen count_open, Deployed deployed) {
    Inside const inside{library, std::move(count_open), std::move(deployed)};
    api::Routes out;
    out.push_back(
        api::get("/processes", {.right = "processes.read", .help = "The processes of the centre"},
                 [inside](api::Call const& call, storage::Transaction& tx) { return list(inside, call, tx); }));
    out.push_back(api::get("/processes/{key}", {.right = "processes.read", .help = "One process with its versions"},
                           [inside](api::Call const& call, storage::Transaction& tx) {
                               return read_process(inside, call, tx, call.part("key"));
                           }));
    out.push_back(api::get("/processes/{key}/file",
                           {.right = "processes.read",
                            .help = "The BPMN file of a version, the current one unless named",
                            .query = {{"version", "SHA-256 of the file"}}},
                           [&](api::Call const& call, storage::Transaction& tx) { return file(library, call, tx); }));
    out.push_back(
        api::post<NewVersion>("/processes/{key}/versions",
                              {.right = "processes.deploy",
                               .help = "Deploy a new version; running cases stay on theirs",
                               .body = {.limit = 8 << 20}},
                              [inside](api::Call const& call, NewVersion const& in, storage::Transaction& tx) {
                                  return deploy_version(inside, call, in, tx);
                              }));
    return out;
}

}  // namespace keepword::process
