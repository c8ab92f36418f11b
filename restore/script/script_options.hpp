// How an archive becomes a script. Filled by cli.
#pragma once

#include <string>

#include "restore/options.hpp"

namespace pgark::restore {

struct ScriptOptions {
  RestoreOptions restore;  // what is taken; jobs, exit_on_error and the like are for live restores
  // Ends the part of the script in which psql refuses meta-commands: letters and digits that nobody who made
  // the database could know (SCHEMA_COVERAGE A6).
  std::string restrict_key;
};

}  // namespace pgark::restore
