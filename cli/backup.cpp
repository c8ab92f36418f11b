// pgark backup: a live database into an archive.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/connection_options.hpp"
#include "cli/report_text.hpp"
#include "cli/runtime.hpp"
#include "cli/text.hpp"
#include "dumper/dump.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

struct BackupOptions {
  params::CommandLineParams source;
  SelectionOptions selection;
  std::string output;
  std::string codec = "zstd:1";
  int jobs = 1;
  bool overwrite = false;
};

dumper::DumpOptions dump_options(const BackupOptions& options) {
  dumper::DumpOptions dump;
  dump.selection.include_schemas = options.selection.include_schemas;
  dump.selection.exclude_schemas = options.selection.exclude_schemas;
  dump.selection.include_tables = options.selection.include_tables;
  dump.selection.exclude_tables = options.selection.exclude_tables;
  dump.selection.schema_only = options.selection.schema_only;
  dump.selection.data_only = options.selection.data_only;
  dump.jobs = options.jobs;
  dump.codec = value_or_throw(format::parse_codec(options.codec));
  dump.pgark_version = PGARK_VERSION;
  return dump;
}

void show_outcome(Console& console, const BackupOptions& options, const dumper::DumpOutcome& outcome,
                  double seconds) {
  console.stop_progress();
  show_report(console, outcome.report);
  console.line(
      fmt::format("backup complete: {} in {} tables, {} of rows stored in {} ({}), {} at {}",
                  human_count(outcome.totals.rows) + " rows", human_count(outcome.tables),
                  human_bytes(outcome.totals.raw_bytes), human_bytes(outcome.totals.file_bytes),
                  options.output == "-" ? "stdout" : printable(options.output), human_duration(seconds),
                  human_rate(static_cast<double>(outcome.totals.raw_bytes) / std::max(seconds, 1e-3))));
  console.result({{"command", "backup"},
                  {"archive", options.output},
                  {"tables", outcome.tables},
                  {"entries", outcome.entries},
                  {"rows", outcome.totals.rows},
                  {"raw_bytes", outcome.totals.raw_bytes},
                  {"file_bytes", outcome.totals.file_bytes},
                  {"chunks", outcome.totals.chunks},
                  {"report", report_json(outcome.report)}});
}

int run_backup(const BackupOptions& options, Console& console) {
  const dumper::DumpOptions dump = dump_options(options);
  params::ConnectParams source = connect_params(options.source, console);
  auto sink = value_or_throw(storage::create_archive_file(options.output, options.overwrite));
  auto writer = value_or_throw(format::ArchiveWriter::create(std::move(sink)));

  const auto start = std::chrono::steady_clock::now();
  dumper::DumpOutcome outcome;
  run_to_completion(options.jobs, [&](RuntimeTools tools) -> boost::asio::awaitable<void> {
    outcome =
        co_await dumper::dump(tools.executor, tools.cpu, std::move(source), dump, std::move(writer), console);
  });
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  show_outcome(console, options, outcome, elapsed.count());
  return 0;
}

}  // namespace

void add_backup_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<BackupOptions>();
  CLI::App* command = program.add_subcommand("backup", "Back up a live database into an archive");
  command->set_help_flag("--help", "show this page");
  add_connection_options(*command, options->source, "database to back up");
  command->add_option("-o,--output", options->output, "archive to write; - is standard output")
      ->type_name("PATH")
      ->required();
  command->add_flag("--overwrite", options->overwrite, "replace the archive if it exists");
  add_jobs_option(*command, options->jobs, "connections that read rows at the same time");
  command->add_option("-Z,--compress", options->codec, "none, lz4[:LEVEL] or zstd[:LEVEL]")
      ->type_name("CODEC")
      ->capture_default_str();
  add_selection_options(*command, options->selection, "save");
  add_console_options(*command, invocation.console);
  command->footer(
      "The archive gets its name only when it is complete and on disk; until then it is PATH.partial.\n"
      "All rows come from one snapshot, however many connections read them.\n\n"
      "Examples:\n"
      "  pgark backup -d shop -o shop.pgark -j 4\n"
      "  pgark backup -d \"host=db1 user=backup dbname=shop sslmode=verify-full\" -o shop.pgark -Z zstd:3\n"
      "  DATABASE_URL=postgresql://backup@db1/shop pgark backup -o shop.pgark -n 'sales*' -T '*.log_*'");
  command->callback([options, &invocation] {
    invocation.console.stdout_is_data = options->output == "-";
    invocation.run = [options](Console& console) { return run_backup(*options, console); };
  });
}

}  // namespace pgark::cli
