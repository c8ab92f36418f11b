// The file that node_exporter's textfile collector reads: brought up to date after each run.
#pragma once

#include <string>

#include "base/error.hpp"
#include "cli/run_report.hpp"

namespace pgark::cli {

// What the place knows is read from there, unless the run has shown that it cannot be reached; what the file
// says of other commands, databases and places stays. Several runs may do this at a time. The new file has
// its name when it is whole, and is readable by everybody: the collector runs under another account.
//
// Errors: io, no_space, ...; of the place as well, after the file was written without it.
Result<> update_metrics(const std::string& path, const RunReport& report);

}  // namespace pgark::cli
