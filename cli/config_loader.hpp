// --config and --profile: the configuration file, read while the command line is parsed.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/settings.hpp"

namespace pgark::cli {

// Adds both options to the program, and makes it read the file after the command line: settings become
// environment variables, options of the chosen command that were not given get their values. `config` gets
// what was read; both outlive the parsing. Call it before commands are added.
void add_config_options(CLI::App& program, LoadedConfig& config);

// When parsing is done. Throws CLI::ValidationError when a profile was asked for and there is no file.
void check_config(const CLI::App& program, const LoadedConfig& config);

}  // namespace pgark::cli
