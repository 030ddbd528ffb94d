#pragma once
#include "domain/case/case.hpp"

// The rows of a case: what is read before an act and written after it.
namespace keepword::cases {

struct Record {
    CaseId id{};
    std::string number;
    std::string kind;
    std::string process_hash;
    std::string title;
    std::string description;
    State state = State::open;
    Urgency urgency = Urgency::normal;
    std::optional<std::string> severity;
    std::optional<std::string> category;
    Channel channel = Channel::api;
    OtherId organisation{};
    PersonId contact{};
    std::optional<std::string> contact_name;
    std::optional<std::string> contact_phone;
    std::optional<std::string> contact_email;
    OtherId site{};
    OtherId asset{};
    PersonId owner{};
    PersonId opened_by{};
    Instant opened_at;
    Instant updated_at;
    std::optional<Instant> closed_at;
    std::optional<Instant> due_at;
    std::optional<Instant> paused_at;
    std::optional<Instant> paused_until;
    std::optional<std::string> paused_reason;
    CaseId parent{};
    bpmn::Instance parent_instance = 0;
    std::int64_t version = 1;
    bool facts_changed = false;  // since it was loaded; by apply_facts() alone

    bool ended() const { return state == State::archived || state == State::cancelled; }
};

Result<Record> load_record(storage::Transaction& tx, CaseId id);
Result<> insert_record(storage::Transaction& tx, Record const& record);
// Writes what may change and counts the version up. Facts are written only where they have changed: most of a case's
// indexes are over facts, and each would be taken out and put back.
Result<> save_record(storage::Transaction& tx, Record& record, Instant now);

Result<bpmn::State> load_engine(storage::Transaction& tx, CaseId id, bpmn::Definition const& definition);
Result<> save_engine(storage::Transaction& tx, CaseId id, json::value const& state, bool first);

// The next number of a kind on a day: "KF20261122-0001". The day is China's.
Result<std::string> next_number(storage::Transaction& tx, std::string const& prefix, Instant now);

// Remembers that somebody has to do with a case; nobody (0) is nobody.
Result<> take_part(storage::Transaction& tx, Record const& record, PersonId person);

struct TaskRow {
    TaskId id{};
    CaseId case_id{};
    bpmn::Instance instance = 0;
    std::string element;
    std::string lane;
    std::string role;
    std::string state;  // open claimed done cancelled
    PersonId assignee{};
    PersonId done_by{};
    std::optional<Instant> ended_at;
    std::optional<Instant> due_at;
    std::int64_t version = 1;
};
Result<TaskRow> load_task(storage::Transaction& tx, TaskId id);
Result<std::optional<TaskRow>> task_of(storage::Transaction& tx, CaseId id, bpmn::Instance instance);

struct Entry {
    std::string kind;
    std::string element = {};
    std::string name_zh = {};
    std::string name_en = {};
    std::string text = {};
    json::object data = {};
};
Result<EntryId> add_entry(Act const& act, IdSource& ids, CaseId id, Entry const& entry);

// Writes the facts that are there into the record; answers old and new values of what changed, by name.
json::object apply_facts(Record& record, Facts const& facts);

// Put a case's own texts, and what a timeline entry says, into the search, in the same transaction.
Result<> index_case(storage::Transaction& tx, Record const& record);
Result<> index_entry(storage::Transaction& tx, CaseId id, EntryId entry, Entry const& what);
// Of a file its name and the text in it.
Result<> index_file(storage::Transaction& tx, CaseId id, AttachmentId file, std::string const& name,
                    std::string const& text);

// Tells open browsers that something of the case changed; who may hear it is decided when it is sent.
Result<> publish(storage::Transaction& tx, Record const& record, std::string const& what, Instant now);

// An entry of the case's own audit chain.
Result<> audit_case(Act const& act, CaseId id, std::string const& action, json::object data);

// A setting's value, or what it is unless somebody has set it.
Result<std::string> setting(storage::Transaction& tx, std::string const& key, std::string const& otherwise);

}  // namespace keepword::cases
