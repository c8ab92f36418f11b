// An archive restored into a database that is thrown away, and proved.
#pragma once

#include <string>

#include "cli/console.hpp"
#include "cli/restore_result.hpp"
#include "format/reader.hpp"

namespace pgark::cli {

struct ScratchResult {
  RestoreResult restore;
  std::string where;  // "a scratch server", "a scratch database on db2:5432"
};

// Into a new database of the server that TEST_DATABASE_URL names, which is dropped afterwards, or of a server
// of our own (scratch_server.hpp). There owners, privileges, tablespaces and subscriptions are left out: they
// are not compared by a proof, and would need what the server need not have. Throws Exception.
ScratchResult restore_to_scratch(const format::ArchiveReader& archive, int jobs, Console& console);

}  // namespace pgark::cli
