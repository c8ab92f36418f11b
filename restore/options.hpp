// What to restore and how. Filled by cli, read by every part of restore.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pgark::restore {

struct RestoreOptions {
  int jobs = 1;
  bool clean = false;   // drop the archive's objects first
  bool create = false;  // create the database named in the archive, then restore into it
  bool section_pre_data = true, section_data = true, section_post_data = true;
  bool schema_only = false, data_only = false;
  bool no_owner = false, no_privileges = false;
  bool exit_on_error = false;
  std::vector<std::string> include_schemas, exclude_schemas, include_tables, exclude_tables;
  std::size_t buffer_bytes = std::size_t{4} << 20;
};

}  // namespace pgark::restore
