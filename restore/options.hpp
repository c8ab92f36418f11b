// What to restore and how. Filled by cli, read by every part of restore.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/content_choice.hpp"

namespace pgark::restore {

struct RestoreOptions : ContentChoice {
  int jobs = 1;
  bool clean = false;   // drop the archive's objects first
  bool create = false;  // create the database named in the archive, then restore into it
  bool exit_on_error = false;
  std::vector<std::string> include_schemas, exclude_schemas, include_tables, exclude_tables;
  std::size_t buffer_bytes = std::size_t{4} << 20;
};

}  // namespace pgark::restore
