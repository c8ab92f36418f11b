// What to restore and how. Filled by cli, read by every part of restore.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/content_choice.hpp"
#include "format/toc.hpp"

namespace pgark::restore {

// Everything but the rows.
enum class Rehearsal : std::uint8_t {
  none,
  in_transaction,   // which is rolled back; through one connection
  in_new_database,  // which the caller drops
};

struct RestoreOptions : ContentChoice {
  int jobs = 1;
  bool clean = false;     // drop the archive's objects first
  bool create = false;    // create the database named in the archive, then restore into it
  std::string create_as;  // with create: the name that the database gets; empty: the archive's
  bool append = false;    // load into tables that hold rows already
  // Into schemas that get the old names afterwards (replace/schema_plan.hpp): what is text is right then. No
  // record is kept, as the schemas are dropped when it fails.
  bool names_come_back = false;
  bool resume = false;   // go on with a restore that was cut off (Journal)
  bool analyze = false;  // gather statistics of what was loaded, at the end
  Rehearsal rehearsal = Rehearsal::none;
  bool rolls_back() const { return rehearsal == Rehearsal::in_transaction; }
  bool exit_on_error = false;
  bool globals = false;            // roles, tablespaces and parameter privileges of the cluster too
  bool no_role_passwords = false;  // with globals
  std::vector<std::string> include_schemas, exclude_schemas, include_tables, exclude_tables;
  std::vector<std::string> include_tables_and_children;
  std::vector<std::string> include_indexes, include_functions, include_triggers;
  bool with_dependencies = false;  // and what the chosen entries need
  bool strict_names = false;       // every including pattern must match something
  // OLD=NEW, as given (adapt/name_pairs.hpp).
  std::vector<std::string> map_owners, rename_schemas, rename_tables;
  // Only these entries, in this order where dependencies leave a choice.
  std::optional<std::vector<format::EntryId>> use_list;
  bool single_transaction = false;
  std::size_t transaction_size = 0;  // entries per transaction; 0: each statement by itself
  // Objects whose owner this role may not set stay with it, instead of being an obstacle.
  bool owner_if_allowed = false;
  // Every row is to be read again afterwards by the same role (proof/): it must be able to.
  bool rows_are_proved = false;
  std::vector<std::string> owners_left_out;  // those, as found in the target
  // While rows are loaded into tables that this restore does not create.
  bool disable_triggers = false;
  bool drop_foreign_keys = false;  // and make them again afterwards (foreign_keys.hpp)
  std::string role;                // SET ROLE; empty: as connected
  bool enable_row_security = false;
  // The first failure ends it: asked for, or because it takes everything along.
  bool stops_at_error() const { return exit_on_error || single_transaction || transaction_size != 0; }
  std::size_t buffer_bytes = std::size_t{4} << 20;
};

}  // namespace pgark::restore
