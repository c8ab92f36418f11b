#include "cli/metrics/metrics_options.hpp"

#include <cstdlib>

#include "cli/option_group.hpp"

namespace pgark::cli {

void add_metrics_option(CLI::App& command, MetricsOptions& options) {
  options.commands.insert(command.get_name());
  OptionGroup(command, "Metrics")
      .value(
          "--metrics-file", options.file, "FILE",
          "bring this file for Prometheus's node_exporter up to date, when the command has ended (default: "
          "PGARK_METRICS_FILE; docs/monitoring.md)");
}

std::string metrics_file(const MetricsOptions& options) {
  if (!options.file.empty()) return options.file;
  const char* file = std::getenv("PGARK_METRICS_FILE");
  return file != nullptr ? file : "";
}

}  // namespace pgark::cli
