// pgark backup: a live database into an archive.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <vector>

#include "cli/archive_output.hpp"
#include "cli/backup_options.hpp"
#include "cli/backup_place.hpp"
#include "cli/command.hpp"
#include "cli/connection_options.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt_flag.hpp"
#include "cli/named_backup.hpp"
#include "cli/report_text.hpp"
#include "cli/restore_choice.hpp"
#include "cli/runtime.hpp"
#include "cli/script_choice.hpp"
#include "cli/text.hpp"
#include "cli/upload.hpp"
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
  ArchiveOutput output;  // without a path: into the place for backups
  PlaceOptions place;
  std::vector<std::string> upload;
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

RunSubject subject_of(const BackupOptions& options, const params::ConnectParams& source) {
  RunSubject subject;
  subject.database = source.database;
  subject.archive = options.output.path;
  if (options.output.path.empty()) subject.place = place_name(options.place);
  subject.asked_database = source.database;
  return subject;
}

struct Finished {
  std::string archive;  // as a person names it
  dumper::DumpOutcome dump;
  double seconds = 0;
  storage::Timeline timeline;
  nlohmann::json more = nlohmann::json::object();  // for the result
};

void show_summary(Console& console, const Finished& finished) {
  const dumper::DumpOutcome& outcome = finished.dump;
  show_report(console, outcome.report);
  console.line(fmt::format(
      "backup {}: {} in {}, {} of rows stored in {} ({}), {} at {}",
      count_lost(outcome.report) == 0 ? "complete" : "INCOMPLETE", human_count(outcome.totals.rows) + " rows",
      tables_text(outcome.tables, outcome.large_objects), human_bytes(outcome.row_bytes),
      human_bytes(outcome.totals.file_bytes),
      finished.archive == "-" ? "stdout" : printable(finished.archive), human_duration(finished.seconds),
      human_rate(static_cast<double>(outcome.row_bytes) / std::max(finished.seconds, 1e-3))));
}

void show_result(Console& console, const Finished& finished) {
  const dumper::DumpOutcome& outcome = finished.dump;
  nlohmann::json result = {{"command", "backup"},
                           {"archive", finished.archive},
                           {"tables", outcome.tables},
                           {"large_objects", outcome.large_objects},
                           {"entries", outcome.entries},
                           {"rows", outcome.totals.rows},
                           {"row_bytes", outcome.row_bytes},
                           {"raw_bytes", outcome.totals.raw_bytes},
                           {"file_bytes", outcome.totals.file_bytes},
                           {"chunks", outcome.totals.chunks},
                           {"complete", count_lost(outcome.report) == 0},
                           {"report", report_json(outcome.report)}};
  result.update(finished.more);
  console.result(result);
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
  console.about(subject_of(options, source));
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

Finished run_dump(const dumper::DumpOptions& dump, params::ConnectParams source,
                  std::unique_ptr<format::ArchiveWriter> writer, Console& console) {
  const auto start = std::chrono::steady_clock::now();
  console.begin_timeline();
  Finished finished;
  run_to_completion(dump.jobs, console, [&](RuntimeTools tools) -> boost::asio::awaitable<void> {
    finished.dump =
        co_await dumper::dump(tools.executor, tools.cpu, std::move(source), dump, std::move(writer), console);
  });
  finished.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  finished.timeline = console.timeline();
  return finished;
}

// Into the place for backups, under a name made of the database and the time, with its side file.
Finished run_named_backup(NamedBackup& backup, const dumper::DumpOptions& dump, params::ConnectParams source,
                          Console& console) {
  Finished finished = run_dump(dump, std::move(source), backup.take_writer(), console);
  finished.archive = backup.archive();
  console.about({{}, finished.archive, {}, {}});
  const InterruptFlag interrupts;  // says so when what remains to be done is stopped
  const storage::Metadata metadata = backup.complete(finished.timeline);
  finished.more["name"] = metadata.name;
  finished.more["metadata"] = backup.side_file();
  return finished;
}

// Blanks in the environment, which is for backups in a place.
std::vector<std::string> places_to_copy_to(const BackupOptions& options) {
  const bool in_place = options.output.path.empty();
  const std::string own = in_place ? full_place_name(*open_place(options.place)) : std::string();
  if (!options.upload.empty()) return upload_places(options.upload, own);
  const char* variable = std::getenv("PGARK_UPLOAD");
  if (!in_place || variable == nullptr) return {};
  std::istringstream words(variable);
  std::vector<std::string> places;
  for (std::string place; words >> place;) places.push_back(place);
  return upload_places(places, own);
}

int copy_to_places(const BackupOptions& options, const std::optional<NamedBackup>& backup,
                   const std::vector<std::string>& places, Finished& finished, Console& console) {
  InterruptFlag::check();  // while the side file was written
  UploadSource source;
  source.path = finished.archive;
  if (backup) source.backup = backup->files();
  source.packs = value_or_throw(storage::open_archive(source.path))->packs();
  source.file_bytes = finished.dump.totals.file_bytes;
  source.overwrite = options.output.file.overwrite;
  return upload_to_places(source, places, console, finished.more["uploads"]);
}

// A place may be far away, and busy: who does not want to wait is heard.
void begin_backup(std::optional<NamedBackup>& backup, const BackupOptions& options,
                  const std::string& database, Console& console) {
  const InterruptFlag interrupts;
  backup.emplace(options.place, options.output, database, console);
  InterruptFlag::check();
}

int run_backup(const BackupOptions& options, Console& console) {
  if (options.output.plain()) return run_plain_backup(options, console);
  // Once, and before a file is begun: a filter file may be standard input.
  const dumper::DumpOptions dump = dump_options(options);
  params::ConnectParams source = connect_params(options.source, console);
  console.about(subject_of(options, source));
  const std::vector<std::string> places = places_to_copy_to(options);
  std::optional<NamedBackup> backup;  // its lock is held until all copies are made
  Finished finished;
  if (options.output.path.empty()) {
    begin_backup(backup, options, source.database, console);
    finished = run_named_backup(*backup, dump, std::move(source), console);
  } else {
    finished = run_dump(dump, std::move(source), create_archive(options.output, /*streams=*/true), console);
    finished.archive = options.output.path;
  }
  if (places.empty()) console.stop_progress();  // else there is more to watch
  show_summary(console, finished);
  const int copied = places.empty() ? kExitOk : copy_to_places(options, backup, places, finished, console);
  show_result(console, finished);
  const int status = backup_status(console, finished.dump.report);
  return status != kExitOk ? status : copied;
}

constexpr const char* kPlainGroup = "With -F plain";

// Options that only one of the formats has, or only what has a path.
void check_format(const BackupOptions& options, const CLI::App& command) {
  if (options.output.path.empty() && options.output.plain())
    throw CLI::ValidationError("-F", "plain needs -o: only archives are kept in the place for backups");
  if (options.output.path.empty() && options.output.file.overwrite)
    throw CLI::ValidationError("--overwrite", "needs -o: a backup in the place for backups has a new name");
  check_format_options(command, options.output, kPlainGroup);
  if (!options.upload.empty() && (options.output.plain() || options.output.path == "-"))
    throw CLI::ValidationError("--upload", "is for archives in files, which standard output and SQL are not");
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
  CLI::Option* output =
      command
          ->add_option("-o,--output", options->output.path,
                       "file or folder to write, s3://BUCKET/KEY, gs:// or az://; - is standard output "
                       "(default: a new name in the place for "
                       "backups, made of database and time, with a side file that describes the backup)")
          ->type_name("PATH")
          ->check(CLI::Validator(
              [](const std::string& path) {
                return path.empty() ? std::string("must not be empty") : std::string();
              },
              ""));
  add_place_option(*command, options->place)->excludes(output);
  command
      ->add_option("--upload", options->upload,
                   "when the backup is complete, copy it there too: a folder, s3://BUCKET/PREFIX, gs:// or "
                   "az://; each time it is given one more (default: PGARK_UPLOAD)")
      ->type_name("PLACE")
      ->allow_extra_args(false);
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
  add_notify_options(*command, invocation.notify);
  add_metrics_option(*command, invocation.metrics);
  add_console_options(*command, invocation.console);
  command->footer(
      "The archive gets its name only when it is complete and on disk; until then it is PATH.partial, in\n"
      "object storage an upload that nobody sees (docs/object-storage.md has its settings and keys).\n"
      "All rows come from one snapshot, however many connections read them. -F plain collects them "
      "compressed "
      "beside\nPATH (for - and object storage in $TMPDIR, else /var/tmp) before it writes the script.\n\n"
      "Examples:\n"
      "  pgark backup -d shop -o shop.pgark -j 4\n"
      "  BACKUP_DIR=/var/backups pgark backup -d shop    # then: pgark list, show, verify --latest, prune\n"
      "  pgark backup -d \"host=db1 user=backup dbname=shop sslmode=verify-full\" -o shop.pgark -Z zstd:3\n"
      "  DATABASE_URL=postgresql://backup@db1/shop pgark backup -o shop.pgark -n 'sales*' -T '*.log_*'\n"
      "  pgark backup -d shop -o s3://backups/night/shop.pgark -j 4\n"
      "  pgark backup -d shop --upload s3://backups/night --upload az://second-site");
  command->callback([options, command, &invocation] {
    check_format(*options, *command);
    invocation.console.stdout_is_data = options->output.path == "-";
    invocation.run = [options](Console& console) { return run_backup(*options, console); };
  });
}

}  // namespace pgark::cli
