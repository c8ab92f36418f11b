// The states of the triggers by which the server enforces foreign keys and deferrable keys: ALTER TABLE ...
// DISABLE TRIGGER ALL changes them as well.
#pragma once

#include "dumper/ddl/emitter.hpp"

namespace pgark::dumper {

// An entry that gives each such trigger of the constraint, and of its clones on partitions, the state it has;
// none when all are in the usual one. REQUIRES: `id` is the constraint's object.
void write_constraint_trigger_states(Emitter& out, DumpId id, const Constraint& constraint);

// What follows the table in ALTER TABLE and precedes TRIGGER, by pg_trigger.tgenabled.
std::string_view trigger_state_sql(char enabled);

}  // namespace pgark::dumper
