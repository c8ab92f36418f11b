// The database itself (SCHEMA_COVERAGE B01): kinds "DATABASE" and "DATABASE PROPERTIES", run only when the
// restore is asked to create the database.
#pragma once

#include "base/error.hpp"
#include "dumper/ddl/emitter.hpp"

namespace pgark::dumper {

// Adds both entries (the second only when there is something to set). Call before any object is written.
Result<void> write_database(Emitter& out);

}  // namespace pgark::dumper
