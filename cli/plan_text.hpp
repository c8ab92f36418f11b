// restore --plan: the steps of a restore, for people and for programs. Nothing is connected to.
#pragma once

#include <string>

#include "cli/console.hpp"
#include "format/reader.hpp"
#include "restore/options.hpp"

namespace pgark::cli {

// Writes the plan to standard output, or as the JSON result. Returns the exit status.
int print_plan(const format::ArchiveReader& archive, const restore::RestoreOptions& options,
               Console& console);

}  // namespace pgark::cli
