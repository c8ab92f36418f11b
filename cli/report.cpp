// pgark report: a page about a backup, a drill or all backups, for people who were not there.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/archive_choice.hpp"
#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/objective_options.hpp"
#include "cli/report/backup_report.hpp"
#include "cli/report/place_report.hpp"
#include "cli/report_file.hpp"
#include "cli/text.hpp"

namespace pgark::cli {

namespace {

using report::BackupFacts;
using report::Document;
using storage::Backup;
using storage::Verification;

struct ReportOptions {
  ArchiveChoice archive;
  bool all = false;
  bool drill = false;
  ObjectiveOptions objectives;
  std::size_t tables_max = 25;
  std::string format;  // empty: from the output's name
  std::string output = "-";
  storage::FileChoice file;
};

Document all_backups(const ReportOptions& options, storage::TimePoint now) {
  const Objectives wanted = wanted_objectives(options.objectives);
  const auto store = open_place(options.archive.place);
  const storage::Catalogue catalogue(*store);
  std::vector<std::string> databases = value_or_throw(catalogue.databases());
  if (!options.archive.of.empty()) databases = {options.archive.of};
  std::vector<report::DatabaseFacts> all;
  for (const std::string& database : databases) {
    report::DatabaseFacts facts{database, value_or_throw(catalogue.list(database)), {}};
    facts.objectives = judge(facts.backups, wanted, now);
    all.push_back(std::move(facts));
  }
  return report::place_report(store->name({}), all, now);
}

// An archive that has no side file says itself what is in it.
Backup without_side_file(const format::ArchiveReader& archive, std::optional<Backup> known) {
  Backup backup = known ? std::move(*known) : Backup();
  storage::Metadata metadata = storage::metadata_of(archive);
  if (!known) {
    backup.name = {metadata.database, metadata.started};
    backup.bytes = archive.file_bytes();
    backup.state = metadata.complete ? storage::BackupState::complete : storage::BackupState::incomplete;
  }
  backup.metadata = std::move(metadata);
  return backup;
}

// The one with the newest drill. Throws Exception when there is none.
std::string last_drilled(const ReportOptions& options) {
  const auto store = open_place(options.archive.place);
  const auto backups = value_or_throw(storage::Catalogue(*store).list(options.archive.of));
  const Backup* last = nullptr;
  const Verification* newest = nullptr;
  for (const Backup& backup : backups) {
    const Verification* drill = backup.metadata ? backup.metadata->drill() : nullptr;
    if (drill == nullptr || (newest != nullptr && drill->at < newest->at)) continue;
    last = &backup;
    newest = drill;
  }
  if (last != nullptr) return last->text();
  throw Exception(
      fail(ErrorCode::usage, "there was no drill", store->name({}), "pgark drill practises a restore")
          .value());
}

BackupFacts facts_of(const ReportOptions& options, Console& console, storage::TimePoint now) {
  ArchiveChoice choice = options.archive;
  if (options.drill && choice.archive.empty() && !choice.latest) choice.archive = last_drilled(options);
  ChosenArchive archive = find_archive(choice, console);
  BackupFacts facts{archive.name(), archive.name(), {}, {}, now};
  if (archive.backup() && archive.backup()->metadata) {
    facts.backup = *archive.backup();
  } else {
    open_found(archive);
    facts.backup = without_side_file(*archive, archive.backup());
  }
  if (archive.backup()) {
    facts.title = archive.backup()->text();
    const auto siblings = value_or_throw(archive.catalogue()->list(facts.backup.name.database));
    facts.objectives = judge(siblings, wanted_objectives(options.objectives), now);
  }
  return facts;
}

Document one_backup(const ReportOptions& options, Console& console, storage::TimePoint now) {
  const BackupFacts facts = facts_of(options, console, now);
  if (!options.drill) return report::backup_report(facts, options.tables_max);
  if (facts.backup.metadata->drill() != nullptr) return report::drill_report(facts);
  throw Exception(fail(ErrorCode::usage, "this backup was never restored in a drill", printable(facts.title),
                       "pgark drill " + printable(facts.title) + " does it")
                      .value());
}

int run_report(const ReportOptions& options, Console& console) {
  console.stop_progress();
  const storage::TimePoint now = storage::time_now();
  const Document document = options.all ? all_backups(options, now) : one_backup(options, console, now);
  ReportFile file(options.output, options.format, options.file);
  const std::size_t bytes = file.write(document);
  if (options.output != "-") console.line("report written: " + printable(options.output));
  console.result({{"command", "report"},
                  {"title", document.title},
                  {"verdict", document.verdict.text},
                  {"format", file.is_markdown() ? "markdown" : "html"},
                  {"output", options.output},
                  {"bytes", bytes}});
  return kExitOk;
}

void check_choice(const ReportOptions& options) {
  if (options.all || (options.drill && options.archive.archive.empty() && !options.archive.latest)) {
    if (options.all && (!options.archive.archive.empty() || options.archive.latest || options.drill))
      throw CLI::ValidationError("--all", "is of all backups: name none, and no --latest or --drill");
    return;
  }
  if (!options.archive.latest && options.archive.archive.empty()) {
    throw CLI::ValidationError("archive",
                               "is required: a path, the name of a backup, --latest, --drill or --all");
  }
  if (!options.archive.of.empty() && !options.archive.latest)
    throw CLI::ValidationError("--of", "is for --latest, --drill and --all");
}

}  // namespace

void add_report_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = program.add_subcommand("report", "Write a page about a backup, a drill or all backups");
  command->set_help_flag("--help", "show this page");
  add_archive_choice(*command, options->archive,
                     "archive to report on: a path, s3://BUCKET/KEY, gs://, az://, or the name of a backup");
  command->get_option("--of")->description("with --latest, --drill or --all: of this database");
  command->add_flag("--all", options->all, "of all backups in the place: the weekly report");
  command->add_flag("--drill", options->drill,
                    "of the last drill of that backup; when none is named, of the place");
  add_objective_options(*command, options->objectives);
  command->add_option("--tables", options->tables_max, "name so many of the biggest tables (default: 25)")
      ->type_name("N")
      ->check(CLI::Range(1, 10000))
      ->excludes(command->get_option("--all"))
      ->excludes(command->get_option("--drill"));
  command
      ->add_option("--format", options->format,
                   "html, or markdown for CI (default: markdown when FILE ends in .md, else html)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"html", "markdown"}));
  command
      ->add_option("-o,--output", options->output,
                   "file to write, s3://BUCKET/KEY, gs:// or az:// (default: -, standard output)")
      ->type_name("FILE");
  command->add_flag("--overwrite", options->file.overwrite, "replace FILE when it is there");
  add_console_options(*command, invocation.console);
  command->footer(
      "The page needs nothing else: no network and no script. Side files are read, and the archive only when "
      "it has "
      "none.\nThe exit status says whether the report was written; pgark status says whether the objectives "
      "hold.\n\n"
      "Examples:\n"
      "  pgark report --latest -o backup.html\n"
      "  pgark report --all -o week.html --overwrite\n"
      "  pgark report --latest --format markdown >> \"$GITHUB_STEP_SUMMARY\"");
  command->callback([options, &invocation] {
    check_choice(*options);
    invocation.console.stdout_is_data = options->output == "-";
    invocation.run = [options](Console& console) { return run_report(*options, console); };
  });
}

}  // namespace pgark::cli
