// What to restore and how. Filled by cli, read by every part of restore.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/content_choice.hpp"
#include "format/toc.hpp"

namespace pgark::restore {

struct RestoreOptions : ContentChoice {
  int jobs = 1;
  bool clean = false;   // drop the archive's objects first
  bool create = false;  // create the database named in the archive, then restore into it
  bool append = false;  // load into tables that hold rows already
  bool resume = false;  // go on with a restore that was cut off (Journal)
  bool exit_on_error = false;
  bool globals = false;            // roles, tablespaces and parameter privileges of the cluster too
  bool no_role_passwords = false;  // with globals
  std::vector<std::string> include_schemas, exclude_schemas, include_tables, exclude_tables;
  std::vector<std::string> include_indexes, include_functions, include_triggers;
  bool strict_names = false;  // every including pattern must match something
  // Only these entries, in this order where dependencies leave a choice.
  std::optional<std::vector<format::EntryId>> use_list;
  bool single_transaction = false;
  std::size_t transaction_size = 0;  // entries per transaction; 0: each statement by itself
  // While rows are loaded into tables that this restore does not create.
  bool disable_triggers = false;
  std::string role;  // SET ROLE; empty: as connected
  bool enable_row_security = false;
  // The first failure ends it: asked for, or because it takes everything along.
  bool stops_at_error() const { return exit_on_error || single_transaction || transaction_size != 0; }
  std::size_t buffer_bytes = std::size_t{4} << 20;
};

}  // namespace pgark::restore
