// restore --rehearse: everything but the rows, where nothing of it stays.
#pragma once

#include "cli/console.hpp"
#include "cli/replace.hpp"

namespace pgark::cli {

// In a transaction of the target that is rolled back; for a restore that makes a database, in a new one that
// is dropped. Shows what would fail; the exit status is that of the restore.
int rehearse(ReplaceRequest request, Console& console);

}  // namespace pgark::cli
