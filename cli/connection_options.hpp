// The options of connections that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/events.hpp"
#include "protocol/params/connect_params.hpp"

namespace pgark::cli {

// -d, -h, -p, -U.
void add_connection_options(CLI::App& command, params::CommandLineParams& options, const std::string& what);

// Resolves the options with the process's environment; warnings go to `events`.
params::ConnectParams connect_params(const params::CommandLineParams& options, EventSink& events);

// -j; a whole number from 1 to 256.
void add_jobs_option(CLI::App& command, int& jobs, const std::string& what);

}  // namespace pgark::cli
