// The objectives of recovery: --rpo and --rto, or PGARK_RPO and PGARK_RTO, or 24 hours and 30 minutes.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/objectives.hpp"

namespace pgark::cli {

struct ObjectiveOptions {
  std::string rpo, rto;  // as given; empty: from the environment
};

void add_objective_options(CLI::App& command, ObjectiveOptions& options);
// Throws Exception when the environment has no span of time.
Objectives wanted_objectives(const ObjectiveOptions& options);

}  // namespace pgark::cli
