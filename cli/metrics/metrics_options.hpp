// --metrics-file, or PGARK_METRICS_FILE.
#pragma once

#include <CLI/CLI.hpp>
#include <set>
#include <string>

namespace pgark::cli {

struct MetricsOptions {
  std::set<std::string> commands;  // that have this option
  std::string file;                // as given; empty: from the environment
};

void add_metrics_option(CLI::App& command, MetricsOptions& options);
// Empty: none is wanted.
std::string metrics_file(const MetricsOptions& options);

}  // namespace pgark::cli
