#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/people/people.hpp"
#include "domain/process/process.hpp"
#include "engine/api/route.hpp"
#include "engine/bpmn/core.hpp"
#include "engine/calendar/calendar.hpp"
#include "storage/blobs.hpp"

namespace keepword::live {
class Hub;
}

// The case (工单): one piece of work that runs through a process, from the report to the sealed archive.
namespace keepword::cases {

struct CaseTag;
struct TaskTag;
struct ClockTag;
struct AttachmentTag;
struct EntryTag;
struct AnyTag;  // organisations, sites, assets: other slices' things, here only named
using CaseId = Id<CaseTag>;
using TaskId = Id<TaskTag>;
using ClockId = Id<ClockTag>;
using AttachmentId = Id<AttachmentTag>;
using EntryId = Id<EntryTag>;
using OtherId = Id<AnyTag>;

enum class State { open, waiting, archived, cancelled };
BOOST_DESCRIBE_ENUM(State, open, waiting, archived, cancelled)
enum class Urgency { normal, urgent, grave };
BOOST_DESCRIBE_ENUM(Urgency, normal, urgent, grave)
enum class Channel { hotline, mail, portal, api };
BOOST_DESCRIBE_ENUM(Channel, hotline, mail, portal, api)

// Facts of a case as they are entered and corrected.
struct Facts {
    std::optional<json::Text<200>> title;
    std::optional<json::Text<20'000>> description;
    std::optional<OtherId> organisation;
    std::optional<PersonId> contact;
    std::optional<json::Text<100>> contact_name;
    std::optional<json::Text<50>> contact_phone;
    std::optional<json::Text<200>> contact_email;
    std::optional<OtherId> site;
    std::optional<OtherId> asset;
    std::optional<json::Text<60>> category;
    std::optional<Urgency> urgency;
    std::optional<json::Text<20>> severity;
};

struct NewCase {
    std::string kind = "customer-acceptance";
    Channel channel = Channel::api;
    Facts facts;
    CaseId parent{};  // a called process is a linked child case
    bpmn::Instance parent_instance = 0;
    std::string version = {};  // of the process: its hash; empty: the current one
    std::string start = {};    // the start event; empty: the none start event
    json::object variables;    // of the process, at its start
};

// What is said to a customer through the channel the case came by.
struct CustomerMessage {
    CaseId id;
    std::string number;
    std::string title;
    std::string to_address;
    std::string to_name;
    std::string text;
    EntryId entry;  // of the timeline
};

struct Parts {
    IdSource& ids;
    process::Library& library;
    storage::Blobs const& blobs;
    // The calendar of a key with the holidays as they stand now.
    std::function<Result<std::shared_ptr<calendar::Calendar const>>(storage::Transaction&, std::string const& key)>
        calendar;
    // Sends a mail to the customer; there is none where no mailbox is set up (then `channel.none`).
    std::function<Result<>(storage::Transaction&, CustomerMessage const&, Instant now)> tell_customer;
    // Roles a person holds now, and who holds a role now.
    std::function<Result<std::vector<api::Holding>>(storage::Transaction&, PersonId, Instant)> holdings;
    std::function<Result<std::vector<PersonId>>(storage::Transaction&, std::string const& role, Instant)> holders;
    // What can be read in a file whose content is of this type, for the search; outside of any transaction. Unset: nothing.
    std::function<std::string(std::filesystem::path const&, std::string const& type)> text_in = {};
    // Signs with the centre's key; its public half. For exports.
    std::function<std::string(std::string_view)> sign;
    std::string public_key;
};

class Afterwards;

// One act: who does it, when, in which transaction. The person 0 is the software itself.
struct Act {
    storage::Transaction& tx;
    Instant now;
    PersonId actor{};
    int hops = 0;  // how many cases have told each other, one after the other, since somebody did something
    Afterwards* afterwards = nullptr;  // within an act that goes on: what it leads to in other cases waits here
};

// Runs cases: the shell around the engine's pure core. Each function is one act in the caller's transaction: state,
// tasks, clocks, timeline, audit, outbox and live update are written together or not at all.
class Desk {
  public:
    explicit Desk(Parts parts);
    ~Desk();
    Parts const& parts() const { return parts_; }

    // Opens a case and starts its process. ACC-01.
    Result<CaseId> open(Act const& act, NewCase const& in);
    // Hands an event to a case's process, and what follows from it to other cases (a child's end to its parent).
    // Errors as bpmn::step, not-found.
    Result<> handle(Act const& act, CaseId id, bpmn::Event const& event);

    // Takes an open task for the actor; nothing happens where it is theirs already. Errors as complete().
    Result<> claim(Act const& act, TaskId task);
    // Completes a task for somebody: compare-and-set, form check, token moves, effects. The second completer hears
    // task.already-done with who and when.
    Result<> complete(Act const& act, TaskId task, std::optional<std::string> const& outcome,
                      json::object const& fields);
    // The open task of this element, if the case has one.
    Result<std::optional<TaskId>> open_task(storage::Transaction& tx, CaseId id, std::string const& element);

    Result<> correct(Act const& act, CaseId id, Facts const& facts, std::string const& reason);
    Result<EntryId> note(Act const& act, CaseId id, std::string const& kind, std::string const& text,
                         json::object data);
    Result<> cancel(Act const& act, CaseId id, std::string const& reason);
    // The clocks stand still while the customer is waited for, until `until` at the latest.
    Result<> pause(Act const& act, CaseId id, std::string const& reason, std::optional<Instant> until);
    Result<> resume(Act const& act, CaseId id);
    Result<> link(Act const& act, CaseId from, CaseId to, std::string const& kind);
    // `text`: what can be read in the file, for the search.
    Result<AttachmentId> attach(Act const& act, CaseId id, std::string const& name, std::string const& type,
                                storage::BlobName const& blob, EntryId entry, std::string const& text = {});

    // Calendar data changed: running clocks on it get another due time, and their cases say so. How many moved.
    Result<std::int64_t> recompute_clocks(Act const& act, std::string const& calendar);
    // A clock's alarm went off; payload as it was set.
    Result<> clock_due(Act const& act, json::value const& payload);
    // Tries again where the process stands, with variables put right first; incident.gone where nothing stands there.
    Result<> retry(Act const& act, CaseId id, bpmn::Instance instance, json::object const& variables);
    // Moves a running case to another version (by hash) of its process. Error process.migration, `fields` are elements
    // with what is wrong (bpmn::MigrationProblem).
    Result<> migrate(Act const& act, CaseId id, std::string const& version, bpmn::MigrationMap const& map);
    // What has the same name and kind in the case's version and in another one.
    Result<bpmn::MigrationMap> same_names(Act const& act, CaseId id, std::string const& version);
    // A signal reaches the next cases that hear it, and after the last of them the processes that it starts.
    Result<> signal_due(Act const& act, std::string const& alarm, json::value const& payload);
    // A message reaches the first linked case that waits for it, else a process that it starts, linked.
    Result<> message_due(Act const& act, json::value const& payload);
    // The processes that start by a timer: sets the alarms of those that are current now, ends those of others.
    Result<> plan_starts(Act const& act);
    Result<> start_due(Act const& act, json::value const& payload);

  private:
    Parts parts_;
};

// The files and proof of a case in one signed zip, and the check of such a file, offline (ACC-12).
struct Packed {
    std::string number;
    std::string zip;
};
// `reader`: whoever gets it, and so is told of no linked case they may not see; nullptr: whoever has the machine.
Result<Packed> export_case(Desk const& desk, storage::Database& database, CaseId id, Instant now,
                           api::Caller const* reader);
struct Verified {
    bool holds = false;
    std::string number;
    std::string public_key;           // hex; the reader compares it with the centre's
    std::vector<std::string> broken;  // what does not hold, in words of English
};
Result<Verified> verify_export(std::string_view zip);

// What a file is by its content ("image/png"), whatever its name says: attachments are kept under this type.
std::string type_by_content(std::filesystem::path const& file);

// A case by its number, or by its id in decimal; whether it may be seen is the asker's business.
Result<std::optional<CaseId>> case_named(storage::Transaction& tx, std::string const& name);

// Whether the audit's events, played again from the first, lead to the state that is kept.
Result<bool> replay_agrees(storage::Transaction& tx, process::Library& library, CaseId id);
struct Replayed {
    std::int64_t cases = 0;
    std::int64_t different = 0;
    std::string first_different;  // its number
};
// The same of all cases, in pages.
Result<Replayed> replay_all(storage::Database& database, process::Library& library);
// Makes the words by which a case is found anew.
Result<> index_again(storage::Transaction& tx, CaseId id);

// Whether a caller may see a case at all; everything else about it depends on this.
Result<> expect_visible(storage::Transaction& tx, process::Library& library, api::Caller const& caller, CaseId id);
// May the caller act on this case beyond its tasks: comment, attach, urge? Who holds one of its lanes, owns it, took it
// or has a task of it in hand; or may cancel any case. Seeing alone is not enough.
Result<bool> may_work_on(storage::Transaction& tx, process::Library& library, api::Caller const& caller, CaseId id);
// Leaves of a query over `cases c`, or over something LEFT JOINed with them, what the caller may see; what belongs to
// no case stays.
Result<> keep_visible(storage::Select& select, storage::Transaction& tx, process::Library& library,
                      api::Caller const& caller);
// The same for whoever looks after the machinery, of whatever kind that is not closed.
Result<> keep_repairable(storage::Select& select, storage::Transaction& tx, process::Library& library,
                         api::Caller const& caller);
// How many cases of a kind are open or waiting, of those the caller may see.
Result<std::int64_t> open_cases(storage::Transaction& tx, process::Library& library, api::Caller const& caller,
                                std::string const& kind);

api::Routes routes(Desk& desk, storage::Database& database, Clock const& clock);
// How things of a kind other than cases are found: with what right, and what is shown of them.
struct Finder {
    struct Shown {
        std::int64_t id = 0;
        std::string title;
        std::string detail;
    };
    std::string kind;
    // Marks of entries that the caller may find, none where none.
    std::function<std::vector<std::string>(api::Caller const&)> marks;
    std::function<Result<std::vector<Shown>>(storage::Transaction&, std::vector<std::int64_t> const& ids)> show;
};
using Finders = std::vector<Finder>;
// Persons, organisations, sites and assets.
Finders usual_finders();
// Search over everything, and the card of whoever calls the hotline.
api::Routes find_routes(Desk& desk, people::RegionBook const& regions, Finders const& finders);
// GET /events.
api::Routes event_routes(Desk& desk, live::Hub& hub, Clock const& clock);

}  // namespace keepword::cases

namespace keepword::cases {
BOOST_DESCRIBE_STRUCT(Facts, (),
                      (title, description, organisation, contact, contact_name, contact_phone, contact_email, site,
                       asset, category, urgency, severity))
}
