// The report of one backup: what is in it, what is not, and what was checked. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/objectives.hpp"
#include "cli/report/document.hpp"
#include "storage/catalogue/catalogue.hpp"

namespace pgark::cli::report {

// `objectives`: of its database, if known. `tables_max`: only so many of the biggest are named.
struct BackupFacts {
  std::string title;    // its name
  std::string archive;  // where it is
  storage::Backup backup;
  std::vector<Objective> objectives;
  storage::TimePoint now;
};
Document backup_report(const BackupFacts& facts, std::size_t tables_max);

// What its last drill showed. REQUIRES: there was one.
Document drill_report(const BackupFacts& facts);

}  // namespace pgark::cli::report
