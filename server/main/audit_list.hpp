#pragma once
#include <filesystem>

#include "domain/case/case.hpp"
#include "engine/audit/audit.hpp"

// The audit as it is read and handed out: entries by who, what, on what and when, newest first. Of cases that the
// reader may not see there are none (docs/decisions/0018-what-outsiders-and-auditors-see.md).
namespace keepword {

class Centre;

// Empty is all.
struct AuditFilter {
    std::string chain;                // system, case:ID, or a case's number or id
    std::string action;               // `setting.changed`, or `setting.*` for all that begin so
    std::string actor;                // a person's id, login or whole name, or `system`
    std::string subject;              // `task:12`, or `task:*`
    std::optional<std::int64_t> seq;  // from this number of the chain down
    std::optional<Instant> from;
    std::optional<Instant> until;  // exclusive

    static Result<AuditFilter> of(api::Query const& query);
    json::object named() const;  // what is set, for the audit
};

struct AuditRow {
    std::string chain;
    std::int64_t seq = 0;
    Instant at;
    std::string actor;
    std::optional<std::string> actor_name;
    std::string action;
    std::string subject;
    std::optional<std::string> subject_name;  // what people call it, where it has a name; a case's number
    json::value data;
};
BOOST_DESCRIBE_STRUCT(AuditRow, (), (chain, seq, at, actor, actor_name, action, subject, subject_name, data))

// One page. `caller` is who reads; nobody: the owner of the data folder, who sees all.
Result<api::Page<AuditRow>> audit_page(storage::Transaction& tx, process::Library& library, AuditFilter const& filter,
                                       api::Caller const* caller, std::string const& cursor, std::int64_t limit);

struct AuditExport {
    std::filesystem::path file;
    std::int64_t entries = 0;
};
// Writes what the filter leaves as JSON lines into the spool folder, each with the bytes, the hash and the hash before
// it that docs/audit-format.md speaks of, and says in the audit who took it. In short transactions: an export of
// everything holds nobody up.
Result<AuditExport> export_audit(Centre& centre, AuditFilter const& filter, api::Caller const* caller, Instant now);

}  // namespace keepword
