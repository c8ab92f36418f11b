// One file per command: each adds itself to the program and runs when it was chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "cli/console.hpp"
#include "cli/metrics/metrics_options.hpp"
#include "cli/notify/notify.hpp"
#include "cli/settings.hpp"

namespace pgark::cli {

// What the chosen command leaves for main to run after parsing: a function that throws Exception or returns
// an exit status.
struct Invocation {
  ConsoleOptions console;
  LoadedConfig config;
  std::string command;  // its name
  NotifyOptions notify;
  MetricsOptions metrics;
  std::function<int(Console&)> run;
};

void add_backup_command(CLI::App& program, Invocation& invocation);
void add_copy_command(CLI::App& program, Invocation& invocation);
void add_restore_command(CLI::App& program, Invocation& invocation);
void add_inspect_command(CLI::App& program, Invocation& invocation);
void add_verify_command(CLI::App& program, Invocation& invocation);
void add_convert_command(CLI::App& program, Invocation& invocation);
void add_export_command(CLI::App& program, Invocation& invocation);
void add_upload_command(CLI::App& program, Invocation& invocation);
void add_rollback_command(CLI::App& program, Invocation& invocation);
void add_completion_command(CLI::App& program, Invocation& invocation);
void add_man_command(CLI::App& program, Invocation& invocation);
void add_list_command(CLI::App& program, Invocation& invocation);
void add_show_command(CLI::App& program, Invocation& invocation);
void add_prune_command(CLI::App& program, Invocation& invocation);
void add_drill_command(CLI::App& program, Invocation& invocation);
void add_status_command(CLI::App& program, Invocation& invocation);
void add_report_command(CLI::App& program, Invocation& invocation);
void add_config_command(CLI::App& program, Invocation& invocation);

// Heading of --help for the options below.
inline constexpr const char* kOutputGroup = "Output";
// --quiet, --json, --verbose.
void add_console_options(CLI::App& command, ConsoleOptions& options);

// The versions of pgark and of the libraries in it, several lines.
std::string version_text();

}  // namespace pgark::cli
