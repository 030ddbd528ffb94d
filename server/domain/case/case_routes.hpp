#pragma once
#include "domain/case/case.hpp"

// The groups of routes that make up cases::routes().
namespace keepword::cases {

api::Routes case_routes(Desk& desk);                                                   // the case itself
api::Routes task_routes(Desk& desk);                                                   // tasks
api::Routes record_routes(Desk& desk);                                                 // timeline, diagram
api::Routes file_routes(Desk& desk, storage::Database& database, Clock const& clock);  // attachments, export
api::Routes repair_routes(Desk& desk);                                                 // incidents, migration
api::Routes setting_routes(Desk& desk);                                                // how long clocks run

// What the caller does now, in this transaction.
inline Act act_of(api::Call const& call, storage::Transaction& tx) {
    return {tx, call.now, call.caller.person};
}

}  // namespace keepword::cases
