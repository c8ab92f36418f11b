// The report of all backups in a place: whether the objectives hold, what is verified and what is wrong.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/objectives.hpp"
#include "cli/report/document.hpp"
#include "storage/catalogue/catalogue.hpp"

namespace pgark::cli::report {

struct DatabaseFacts {
  std::string database;
  std::vector<storage::Backup> backups;  // oldest first
  std::vector<Objective> objectives;
};

Document place_report(const std::string& place, const std::vector<DatabaseFacts>& databases,
                      storage::TimePoint now);

}  // namespace pgark::cli::report
