// pgark restore: an archive into a database.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/archive_choice.hpp"
#include "cli/command.hpp"
#include "cli/connection_options.hpp"
#include "cli/exit_code.hpp"
#include "cli/live_restore.hpp"
#include "cli/option_group.hpp"
#include "cli/plan_text.hpp"
#include "cli/rehearse.hpp"
#include "cli/replace.hpp"
#include "cli/report_file.hpp"
#include "cli/restore_choice.hpp"
#include "cli/restore_options.hpp"
#include "cli/restore_result.hpp"
#include "cli/runtime.hpp"
#include "cli/selection_options.hpp"
#include "cli/stdout_text.hpp"
#include "format/reader.hpp"
#include "restore/chosen_toc.hpp"
#include "restore/live/stream_feed.hpp"
#include "restore/selection.hpp"
#include "restore/selection_report.hpp"
#include "restore/toc_list.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

struct CommandOptions {
  ArchiveChoice archive;
  params::CommandLineParams target;
  RestoreChoice choice;
  bool list = false;
  bool verify = false;
  bool rehearse = false;
  bool plan = false;
  ReplaceChoice replace;
  std::string report;  // file; empty: none
};

// To standard output, where an editor or a file takes it.
int print_list(const CommandOptions& options, Console& console) {
  const auto archive = open_archive(options.archive, console);
  const restore::RestoreOptions choice = restore_options(options.choice);
  const auto selection = value_or_throw(restore::Selection::make(archive->toc(), choice));
  const auto chosen = value_or_throw(restore::ChosenToc::make(archive->toc(), choice));
  restore::report_selection(chosen, selection, console);
  write_stdout(restore::toc_list(chosen.get(), selection, archive->name()));
  return kExitOk;
}

// To restore into whatever the default is would be a costly slip.
void check_target_is_named(const CommandOptions& options, const LoadedConfig& config) {
  const bool named = !options.target.dbname.empty() || options.choice.restore.create;
  constexpr std::array<const char*, 3> kNaming{"PGDATABASE", "PGSERVICE", "DATABASE_URL"};
  if (named || std::any_of(kNaming.begin(), kNaming.end(), [&config](const char* name) {
        return std::getenv(name) != nullptr && !config.variables.contains(name);
      }))
    return;
  Error error;
  error.code = ErrorCode::usage;
  error.message = "no database to restore into is named";
  error.hint = "give -d, set PGDATABASE or DATABASE_URL, or let --create make the archive's own database";
  throw Exception(std::move(error));
}

// As the strategy will have them.
restore::RestoreOptions planned_options(const CommandOptions& options) {
  restore::RestoreOptions restore = restore_options(options.choice);
  check_replace_options(options.replace, restore);
  if (options.replace.strategy == Strategy::swap) restore.create = true;
  if (options.replace.strategy == Strategy::in_place) restore.clean = true;
  return restore;
}

constexpr std::size_t kBufferBytes = std::size_t{4} << 20;

// Of what comes but once there is nothing to list first and nothing to go on with.
void check_stream(const CommandOptions& options, const restore::RestoreOptions& restore) {
  const auto refuse = [](const char* message) {
    throw Exception(
        fail(ErrorCode::usage, message, "standard input", "store the archive in a file first, and name that")
            .value());
  };
  if (options.list) refuse("an archive that is restored as it comes cannot be listed first");
  if (restore.resume) refuse("an archive that is restored as it comes cannot be resumed");
  if (restore.drop_foreign_keys)
    refuse("foreign keys are not dropped for rows that come but once: nothing could go on from their record");
  if (options.plan || options.rehearse) refuse("what comes but once cannot be tried or planned first");
  if (options.replace.strategy != Strategy::plain || options.replace.force ||
      !options.replace.safety_backup.empty())
    refuse("an archive that is restored as it comes cannot take the place of a database in use");
  const auto& filters = options.choice.selection.filters;
  if (options.choice.use_list == "-" || std::ranges::find(filters, "-") != filters.end())
    refuse("the archive and a list of what to restore cannot both come through it");
}

std::optional<ReportFile> begin_report(const CommandOptions& options) {
  if (options.report.empty()) return std::nullopt;
  return std::make_optional<ReportFile>(options.report, "", storage::FileChoice());
}

// Of a restore that came to its end, whole or not.
void write_report(std::optional<ReportFile>& file, const std::string& archive, const std::string& database,
                  const format::Toc& toc, const RestoreResult& result) {
  if (!file) return;
  constexpr std::size_t kTablesMax = 25;
  file->write(report::restore_report(report_facts(archive, database, toc, result), kTablesMax));
}

// As it comes through standard input.
int run_stream_restore(const CommandOptions& options, const LoadedConfig& config, Console& console) {
  check_stream(options, options.choice.restore);
  check_target_is_named(options, config);
  const params::ConnectParams target = connect_params(options.target, console);
  console.about({target.database, options.archive.archive, {}, target.database});
  const restore::RestoreOptions restore = restore_options(options.choice);
  value_or_throw(restore::check_options(restore));
  auto input = value_or_throw(storage::open_stream());
  restore::RowFeed feed(live_buffer_count(restore.jobs), kBufferBytes);
  if (options.verify) feed.digest_large_objects();
  auto report = begin_report(options);
  RestoreResult result;
  run_to_completion(restore.jobs, console, [&](RuntimeTools tools) -> boost::asio::awaitable<void> {
    console.phase("waiting for the archive");
    async::Task reading = [&] { return restore::feed_stream(tools.cpu, std::move(input), feed); };
    LiveRestore live{target, restore, options.verify};
    result = co_await restore_beside(tools, std::move(reading), feed, std::move(live), console);
  });
  show_restore(console, options.archive.archive, *feed.final_toc(), result);
  const std::string& made = result.outcome.database;
  write_report(report, "standard input", made.empty() ? target.database : made, *feed.final_toc(), result);
  return finish_restore(console, result);
}

int run_restore(const CommandOptions& options, const LoadedConfig& config, Console& console) {
  if (options.archive.archive == "-") return run_stream_restore(options, config, console);
  if (options.list) return print_list(options, console);
  console.about({{}, options.archive.archive, {}, {}});
  const auto archive = open_archive(options.archive, console);
  console.about({{}, archive.name(), {}, {}});
  if (options.plan) return print_plan(*archive, planned_options(options), console);
  check_target_is_named(options, config);
  const ReplaceRequest request{*archive, archive.name(), connect_params(options.target, console),
                               restore_options(options.choice), options.replace};
  console.about({request.target.database, {}, {}, request.target.database});
  check_replace_options(request.choice, request.restore);
  if (options.rehearse) return rehearse(request, console);
  auto report = begin_report(options);
  nlohmann::json more = nlohmann::json::object();
  RestoreResult result;
  std::string hint;
  switch (request.choice.strategy) {
    case Strategy::plain:
      prepare_clean(request, console);
      result = run_restore_once(request, options.verify, console);
      break;
    case Strategy::swap:
      result = restore_by_swap(request, console, more);
      hint = "the database in use is as it was; mend what is named above, then try again";
      break;
    case Strategy::in_place: result = restore_in_place(request, console, more); break;
  }
  show_restore(console, archive.name(), archive->toc(), result, more);
  const bool is_made = request.choice.strategy == Strategy::plain && !result.outcome.database.empty();
  write_report(report, archive.name(), is_made ? result.outcome.database : request.target.database,
               archive->toc(), result);
  return finish_restore(console, result, hint);
}

void add_mode_options(CLI::App& command, CommandOptions& options) {
  constexpr const char* kGroup = "How to restore";
  add_restore_choice(command, options.choice, kGroup);
  add_live_options(command, options.choice, kGroup);
  OptionGroup(command, kGroup)
      .flag("--verify", options.verify,
            "afterwards read every table again and compare counts and digests, sequences and objects")
      ->excludes(command.get_option("--append"));
  OptionGroup(command, kGroup)
      .flag("--drop-foreign-keys", options.choice.restore.drop_foreign_keys,
            "without definitions: drop the foreign keys of the tables before their rows are loaded, and make "
            "them again afterwards (needs no superuser)");
  OptionGroup(command, kGroup)
      .flag("--plan", options.plan,
            "print the steps with the time, disk and locks that they are likely to take, and do nothing");
  OptionGroup(command, kGroup)
      .flag("--rehearse", options.rehearse,
            "run everything but the rows where nothing of it stays: in a transaction that is rolled back, or "
            "in "
            "a new database that is dropped (--create, --strategy swap)")
      ->excludes(command.get_option("--verify"));
  add_replace_options(command, options.replace, kGroup);
  add_target_session(command, options.choice, kGroup);
}

}  // namespace

void add_restore_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<CommandOptions>();
  CLI::App* command = program.add_subcommand("restore", "Restore an archive into a database");
  command->set_help_flag("--help", "show this page");
  add_archive_choice(*command, options->archive,
                     "archive to restore: a path, s3://BUCKET/KEY, gs://, az://, the name of a backup, or - "
                     "for standard input, as pgark "
                     "backup -o - writes it");
  add_connection_options(
      *command, options->target,
      "database to restore into, to be named here, by PGDATABASE or DATABASE_URL, or with --create");
  add_jobs_option(*command, options->choice.restore.jobs,
                  "connections that load rows and build indexes at the same time");
  add_mode_options(*command, *options);
  add_globals_options(*command, options->choice.restore.globals, options->choice.restore.no_role_passwords,
                      "restore");
  add_selection_options(*command, options->choice.selection, "restore");
  add_entry_options(*command, options->choice);
  add_name_changes(*command, options->choice);
  OptionGroup(*command, "Output")
      .value(
          "--report", options->report, "FILE",
          "write a page about this restore, which must not be there yet: HTML, or Markdown when FILE ends in "
          ".md")
      ->excludes(command->get_option("--plan"))
      ->excludes(command->get_option("--rehearse"));
  OptionGroup(*command, "Output")
      .flag("-l,--list", options->list, "print the entries that would be restored")
      ->excludes(command->get_option("--dbname"))
      ->excludes(command->get_option("--report"));
  add_notify_options(*command, invocation.notify);
  add_console_options(*command, invocation.console);
  command->footer(
      "The archive's header, table of contents and index are checked before the target is touched, each "
      "chunk\n"
      "before its rows are sent, and row counts and digests at the end. A target that holds objects of its "
      "own is\n"
      "refused unless --clean is given. Failed statements are named and counted; independent work goes "
      "on.\n\n"
      "Examples:\n"
      "  createdb shop2 && pgark restore shop.pgark -d shop2 -j 4\n"
      "  pgark restore shop.pgark --create -d postgres -j 4\n"
      "  pgark restore --latest --of shop -d shop2 --verify\n"
      "  pgark backup -d shop -o - | ssh db2 pgark restore - -d shop2 -j 4\n"
      "  pgark restore shop.pgark -d shop2 -t public.orders --section data");
  command->callback([options, &invocation] {
    check_archive_choice(options->archive);
    invocation.run = [options, &invocation](Console& console) {
      return run_restore(*options, invocation.config, console);
    };
  });
}

}  // namespace pgark::cli
