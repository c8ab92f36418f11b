#include "cli/command.hpp"

namespace pgark::cli {

void add_console_options(CLI::App& command, ConsoleOptions& options) {
  auto* quiet = command.add_flag("-q,--quiet", options.quiet, "only warnings and errors");
  auto* json = command.add_flag("--json", options.json, "one JSON event per line on standard output");
  auto* verbose = command.add_flag("-v,--verbose", options.verbose, "more detail");
  auto* log = command.add_option_function<std::string>(
      "--log-format", [&options](const std::string& format) { options.json = format == "json"; },
      "json: as --json; text: for people (the default)");
  log->type_name("FORMAT")->check(CLI::IsMember({"text", "json"}).description(""));
  log->group(kOutputGroup)->excludes(json);
  quiet->group(kOutputGroup);
  json->group(kOutputGroup);
  verbose->group(kOutputGroup)->excludes(quiet);
}

}  // namespace pgark::cli
