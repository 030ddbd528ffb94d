#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "domain/process/form.hpp"
#include "engine/api/route.hpp"
#include "engine/bpmn/import.hpp"
#include "engine/bpmn/model.hpp"

// The processes a centre has deployed: files that people read on the screen and the engine executes as they stand.
namespace keepword::process {

// One version of a process, ready to run; never changes.
struct Version {
    bpmn::DefinitionPtr definition;
    std::string xml;
    std::map<std::string, Form, std::less<>> forms;  // by the id of the user task
    std::set<std::string> roles;                     // all roles that have a lane in it
    Form const* form_of(std::string_view node) const;
};
using VersionPtr = std::shared_ptr<Version const>;

// A file with its forms, as it is deployed.
struct Package {
    std::string xml;
    std::map<std::string, std::string> forms;  // node → JSON text
    std::string key = {};                      // which process it must be; empty: whichever it is
};

// Gives versions to whoever runs cases; keeps those it has read, because a version never changes.
class Library {
  public:
    Library() = default;
    // `closed_kinds`: kinds that only those taking part see. Not of the drawings: whoever may deploy one could open it.
    explicit Library(std::vector<std::string> const& closed_kinds)
        : closed_(closed_kinds.begin(), closed_kinds.end()) {}
    // Whether only those taking part see the cases of this kind.
    bool closed(std::string const& kind) const { return closed_.contains(kind); }
    // The version with this hash. Error process.version-gone (internal) where the database has lost it.
    Result<VersionPtr> version(storage::Transaction& tx, std::string const& hash);
    // The version new cases of this key start on; process.unknown where there is none.
    Result<VersionPtr> current(storage::Transaction& tx, std::string const& key);
    // All current versions.
    Result<std::vector<VersionPtr>> all_current(storage::Transaction& tx);

  private:
    std::set<std::string> const closed_;
    std::mutex mutex_;
    std::map<std::string, VersionPtr> versions_;
};

// Deploys a package: checks file and forms, keeps them, makes them the current version of their key. The same file
// again changes nothing. Errors: process.refused, `fields` are "LINE:COLUMN" with the rule's id; process.form;
// process.same-drawing where only the forms are others than those this very drawing was deployed with.
Result<std::string> deploy(storage::Transaction& tx, Package const& package, Instant now, PersonId by);

// The version that this one calls under a key: the one current when it was deployed. Error process.unknown.
Result<std::string> version_called(storage::Transaction& tx, std::string const& hash, std::string const& key);

// Deploys the processes that came with the program, where the centre has none of that key or still the one that came
// with an earlier program; what a centre deployed itself is left alone.
Result<> seed(storage::Transaction& tx, std::map<std::string, Package> const& packages, Instant now);

// The packages below `processes/` in the binary, by key.
struct EmbeddedFile {
    std::string_view path;
    std::string_view bytes;
};
std::map<std::string, Package> packages_of(std::vector<EmbeddedFile> const& files);

// How many cases of a kind are under way, of those the caller may see.
using CountOpen =
    std::function<Result<std::int64_t>(storage::Transaction&, api::Caller const&, std::string const& key)>;
// Asked in the transaction of each deployment: whatever else follows from it.
using Deployed = std::function<Result<>(storage::Transaction&, Instant)>;
api::Routes routes(Library& library, CountOpen count_open, Deployed deployed);

}  // namespace keepword::process
