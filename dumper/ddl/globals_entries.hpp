// The entries of what all databases of a cluster share: roles, tablespaces, privileges on parameters
// (SCHEMA_COVERAGE B02). They come first, because everything else may name them.
#pragma once

#include "base/error.hpp"
#include "dumper/ddl/emitter.hpp"

namespace pgark::dumper {

// Nothing when the catalog holds no globals. Passwords have entries of their own, so that a restore can leave
// them out. Errors: protocol for text that is no ACL.
Result<void> write_globals(Emitter& out);

}  // namespace pgark::dumper
