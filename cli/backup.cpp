// pgark backup: a live database into an archive.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/archive_output.hpp"
#include "cli/backup_options.hpp"
#include "cli/command.hpp"
#include "cli/connection_options.hpp"
#include "cli/report_text.hpp"
#include "cli/restore_choice.hpp"
#include "cli/runtime.hpp"
#include "cli/script_choice.hpp"
#include "cli/text.hpp"
#include "dumper/dump.hpp"
#include "format/reader.hpp"
#include "restore/selection.hpp"
#include "storage/spool_file.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

struct BackupOptions {
  params::CommandLineParams source;
  BackupChoice choice;
  ArchiveOutput output;
  std::string codec = "zstd:1";
  dumper::DataFormat data_format = dumper::DataFormat::automatic;
  int jobs = 1;
  bool globals = false, no_role_passwords = false;
  std::int64_t lock_budget = 0;
  // With format plain only.
  RestoreChoice script;
  std::string restrict_key;
};

// Of the spool between the server and the script: quick rather than small.
constexpr const char* kSpoolCodec = "lz4";

const std::map<std::string, dumper::DataFormat> kDataFormats{{"auto", dumper::DataFormat::automatic},
                                                             {"binary", dumper::DataFormat::binary},
                                                             {"text", dumper::DataFormat::text}};

dumper::DumpOptions dump_options(const BackupOptions& options) {
  BackupPlan plan = value_or_throw(backup_plan(options.choice));
  dumper::DumpOptions dump;
  dump.selection = std::move(plan.selection);
  dump.session = std::move(plan.session);
  dump.jobs = options.jobs;
  dump.lock_budget = options.lock_budget;
  dump.codec = value_or_throw(format::parse_codec(options.codec));
  dump.data_format = options.data_format;
  dump.globals = options.globals;
  dump.role_passwords = !options.no_role_passwords;
  dump.pgark_version = PGARK_VERSION;
  return dump;
}

void show_outcome(Console& console, const BackupOptions& options, const dumper::DumpOutcome& outcome,
                  double seconds) {
  console.stop_progress();
  show_report(console, outcome.report);
  console.line(fmt::format(
      "backup {}: {} in {} tables, {} of rows stored in {} ({}), {} at {}",
      count_lost(outcome.report) == 0 ? "complete" : "INCOMPLETE", human_count(outcome.totals.rows) + " rows",
      human_count(outcome.tables), human_bytes(outcome.row_bytes), human_bytes(outcome.totals.file_bytes),
      options.output.path == "-" ? "stdout" : printable(options.output.path), human_duration(seconds),
      human_rate(static_cast<double>(outcome.row_bytes) / std::max(seconds, 1e-3))));
  console.result({{"command", "backup"},
                  {"archive", options.output.path},
                  {"tables", outcome.tables},
                  {"entries", outcome.entries},
                  {"rows", outcome.totals.rows},
                  {"row_bytes", outcome.row_bytes},
                  {"raw_bytes", outcome.totals.raw_bytes},
                  {"file_bytes", outcome.totals.file_bytes},
                  {"chunks", outcome.totals.chunks},
                  {"complete", count_lost(outcome.report) == 0},
                  {"report", report_json(outcome.report)}});
}

// The rows go into a spool first, which any number of connections fill, and the server is done with before
// the first line is written: a slow reader of the script holds no snapshot.
int run_plain_backup(const BackupOptions& options, Console& console) {
  dumper::DumpOptions dump = dump_options(options);
  dump.codec = value_or_throw(format::parse_codec(kSpoolCodec));
  dump.data_format = dumper::DataFormat::text;  // what the script wants
  restore::ScriptOptions script;
  script.restore = restore_options(options.script);
  static_cast<ContentChoice&>(script.restore) = dump.selection;
  script.restore.enable_row_security = dump.session.enable_row_security;
  script.restore.globals = options.globals;
  value_or_throw(restore::check_options(script.restore));
  script.restrict_key = restrict_key(options.restrict_key);
  params::ConnectParams source = connect_params(options.source, console);
  auto sink = value_or_throw(storage::create_text_file(options.output.path, options.output.file_choice()));
  auto spool = value_or_throw(
      storage::create_spool(storage::spool_folder(options.output.path, std::getenv("TMPDIR"))));
  auto writer = value_or_throw(format::ArchiveWriter::create(std::move(spool.sink)));

  const auto start = std::chrono::steady_clock::now();
  dumper::DumpOutcome dumped;
  restore::ScriptOutcome written;
  run_to_completion(options.jobs, console, [&](RuntimeTools tools) -> boost::asio::awaitable<void> {
    dumped =
        co_await dumper::dump(tools.executor, tools.cpu, std::move(source), dump, std::move(writer), console);
    const auto archive = value_or_throw(format::ArchiveReader::open(std::move(spool.source)));
    written = co_await restore::write_script(tools.executor, tools.cpu, std::move(script), *archive,
                                             std::move(sink), console);
  });
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  show_report(console, dumped.report);
  show_script(console, "backup", options.output.path, written, elapsed.count());
  return backup_status(console, dumped.report);
}

int run_backup(const BackupOptions& options, Console& console) {
  if (options.output.plain()) return run_plain_backup(options, console);
  const dumper::DumpOptions dump = dump_options(options);
  params::ConnectParams source = connect_params(options.source, console);
  auto writer = create_archive(options.output);

  const auto start = std::chrono::steady_clock::now();
  dumper::DumpOutcome outcome;
  run_to_completion(options.jobs, console, [&](RuntimeTools tools) -> boost::asio::awaitable<void> {
    outcome =
        co_await dumper::dump(tools.executor, tools.cpu, std::move(source), dump, std::move(writer), console);
  });
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  show_outcome(console, options, outcome, elapsed.count());
  return backup_status(console, outcome.report);
}

constexpr const char* kPlainGroup = "With -F plain";

// Options that only one of the formats has.
void check_format(const BackupOptions& options, const CLI::App& command) {
  check_format_options(command, options.output, kPlainGroup);
  if (options.output.plain() && command.count("--compress") > 0)
    throw CLI::ValidationError("--compress", "is for archives; pipe the SQL through a compressor");
  if (options.output.plain() && command.count("--data-format") > 0)
    throw CLI::ValidationError("--data-format", "is for archives; SQL holds rows as text");
}

void add_format_options(CLI::App& command, BackupOptions& options) {
  add_format_option(command, options.output)->default_str("custom");
  add_restore_choice(command, options.script, kPlainGroup);
  add_restrict_key_option(command, options.restrict_key, kPlainGroup);
}

}  // namespace

void add_backup_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<BackupOptions>();
  CLI::App* command = program.add_subcommand("backup", "Back up a live database into an archive");
  command->set_help_flag("--help", "show this page");
  add_connection_options(*command, options->source, "database to back up");
  command->add_option("-o,--output", options->output.path, "file or folder to write; - is standard output")
      ->type_name("PATH")
      ->required();
  add_file_options(*command, options->output);
  add_jobs_option(*command, options->jobs, "connections that read rows at the same time");
  command->add_option("-Z,--compress", options->codec, "none, lz4[:LEVEL] or zstd[:LEVEL]")
      ->type_name("CODEC")
      ->capture_default_str();
  command
      ->add_option(
          "--data-format", options->data_format,
          "how rows are read and kept; auto: in binary, which is faster and smaller, where a table's "
          "column types allow it, else as text; binary: likewise, and the report names the others")
      ->type_name("auto|binary|text")
      ->transform(CLI::CheckedTransformer(kDataFormats).description(""))
      ->default_str("auto");
  add_format_options(*command, *options);
  command
      ->add_option("--lock-budget", options->lock_budget,
                   "lock at most N tables at once, with a weaker guarantee (docs/locks.md)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  add_backup_choice(*command, options->choice);
  add_globals_options(*command, options->globals, options->no_role_passwords, "save");
  add_console_options(*command, invocation.console);
  command->footer(
      "The archive gets its name only when it is complete and on disk; until then it is PATH.partial.\n"
      "All rows come from one snapshot, however many connections read them. -F plain collects them "
      "compressed "
      "beside\nPATH (for - in $TMPDIR, else /var/tmp) before it writes the script.\n\n"
      "Examples:\n"
      "  pgark backup -d shop -o shop.pgark -j 4\n"
      "  pgark backup -d \"host=db1 user=backup dbname=shop sslmode=verify-full\" -o shop.pgark -Z zstd:3\n"
      "  DATABASE_URL=postgresql://backup@db1/shop pgark backup -o shop.pgark -n 'sales*' -T '*.log_*'");
  command->callback([options, command, &invocation] {
    check_format(*options, *command);
    invocation.console.stdout_is_data = options->output.path == "-";
    invocation.run = [options](Console& console) { return run_backup(*options, console); };
  });
}

}  // namespace pgark::cli
