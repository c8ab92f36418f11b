// pgark restore: an archive into a database.
#include "restore/restore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "cli/command.hpp"
#include "cli/connection_options.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_group.hpp"
#include "cli/proof_text.hpp"
#include "cli/report_text.hpp"
#include "cli/restore_choice.hpp"
#include "cli/restore_options.hpp"
#include "cli/runtime.hpp"
#include "cli/selection_options.hpp"
#include "cli/stdout_text.hpp"
#include "cli/text.hpp"
#include "format/reader.hpp"
#include "restore/proof/proof.hpp"
#include "restore/selection.hpp"
#include "restore/toc_list.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

struct CommandOptions {
  std::string archive;
  params::CommandLineParams target;
  RestoreChoice choice;
  bool list = false;
  bool verify = false;
};

nlohmann::json failure_json(const restore::FailedEntry& failed) {
  nlohmann::json item = {{"entry", failed.entry},
                         {"kind", failed.kind},
                         {"name", failed.name},
                         {"skipped", failed.skipped},
                         {"message", failed.error.message}};
  if (failed.error.server) item["sqlstate"] = failed.error.server->sqlstate;
  if (!failed.error.statement.empty()) item["statement"] = failed.error.statement;
  return item;
}

struct Result {
  restore::RestoreOutcome outcome;
  std::optional<restore::ProofReport> proof;
  double seconds = 0;  // without the proof
};

void show_outcome(Console& console, const CommandOptions& options, const format::Toc& toc,
                  const Result& result) {
  const auto& [outcome, proof, seconds] = result;
  console.stop_progress();
  show_losses(console, toc.report);
  nlohmann::json failures = nlohmann::json::array();
  for (const auto& failed : outcome.failed) failures.push_back(failure_json(failed));
  console.line(fmt::format("restore {}: {} rows, {} entries, {} of rows in {}, {}",
                           outcome.failed.empty() ? "complete" : "INCOMPLETE", human_count(outcome.rows),
                           human_count(outcome.entries_done), human_bytes(outcome.row_bytes),
                           human_duration(seconds),
                           human_rate(static_cast<double>(outcome.row_bytes) / std::max(seconds, 1e-3))));
  if (proof) {
    for (const std::string& line : proof_lines(*proof)) console.line(line);
    show_differences(console, *proof);
  }
  console.result({{"command", "restore"},
                  {"archive", options.archive},
                  {"entries", outcome.entries_done},
                  {"rows", outcome.rows},
                  {"row_bytes", outcome.row_bytes},
                  {"raw_bytes", outcome.raw_bytes},
                  {"complete", outcome.failed.empty()},
                  {"failed", failures},
                  {"verified", proof ? proof_json(*proof) : nlohmann::json()},
                  {"archive_report", report_json(toc.report)}});
}

// Rows that are not the archive's are worse than missing entries, which were named.
int finish(Console& console, const Result& result) {
  if (auto error = result.proof ? proof_error(*result.proof) : std::nullopt) {
    console.error(*error);
    return exit_code(error->code);
  }
  const auto& failed = result.outcome.failed;
  if (failed.empty()) return kExitOk;
  const auto skipped = static_cast<std::size_t>(
      std::ranges::count_if(failed, [](const auto& entry) { return entry.skipped; }));
  Error error;
  error.code = ErrorCode::incomplete;
  error.message =
      fmt::format("{} entries failed and {} that need them were skipped; everything else was restored",
                  failed.size() - skipped, skipped);
  error.hint =
      "each is named above; mend the cause, then restore again with --clean, or those objects with -t";
  console.error(error);
  return exit_code(error.code);
}

// To standard output, where an editor or a file takes it.
int print_list(const CommandOptions& options) {
  const auto archive = value_or_throw(storage::open_archive(options.archive));
  const auto selection =
      value_or_throw(restore::Selection::make(archive->toc(), restore_options(options.choice)));
  write_stdout(restore::toc_list(archive->toc(), selection, archive->name()));
  return kExitOk;
}

// To restore into whatever the default is would be a costly slip.
void check_target_is_named(const CommandOptions& options) {
  const bool named = !options.target.dbname.empty() || options.choice.restore.create;
  constexpr std::array<const char*, 3> kNaming{"PGDATABASE", "PGSERVICE", "DATABASE_URL"};
  if (named ||
      std::any_of(kNaming.begin(), kNaming.end(), [](const char* name) { return std::getenv(name); }))
    return;
  Error error;
  error.code = ErrorCode::usage;
  error.message = "no database to restore into is named";
  error.hint = "give -d, set PGDATABASE or DATABASE_URL, or let --create make the archive's own database";
  throw Exception(std::move(error));
}

int run_restore(const CommandOptions& options, Console& console) {
  if (options.list) return print_list(options);
  const auto archive = value_or_throw(storage::open_archive(options.archive));
  check_target_is_named(options);
  const params::ConnectParams target = connect_params(options.target, console);
  const restore::RestoreOptions restore = restore_options(options.choice);

  Result result;
  run_to_completion(restore.jobs, console, [&](RuntimeTools tools) -> boost::asio::awaitable<void> {
    const auto start = std::chrono::steady_clock::now();
    result.outcome = co_await restore::restore(tools.executor, tools.cpu, target, restore, *archive, console);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    result.seconds = elapsed.count();
    if (options.verify) {
      params::ConnectParams restored = target;
      if (!result.outcome.database.empty()) restored.database = result.outcome.database;
      std::set<format::EntryId> failed;
      for (const auto& entry : result.outcome.failed) failed.insert(entry.entry);
      result.proof = co_await restore::prove(tools.executor, tools.cpu, std::move(restored), restore,
                                             *archive, std::move(failed), console);
    }
  });
  show_outcome(console, options, archive->toc(), result);
  return finish(console, result);
}

void add_mode_options(CLI::App& command, CommandOptions& options) {
  constexpr const char* kGroup = "How to restore";
  add_restore_choice(command, options.choice, kGroup);
  add_live_options(command, options.choice, kGroup);
  OptionGroup(command, kGroup)
      .flag("--verify", options.verify,
            "afterwards read every table again and compare counts and digests, sequences and objects")
      ->excludes(command.get_option("--append"));
  add_target_session(command, options.choice, kGroup);
}

}  // namespace

void add_restore_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<CommandOptions>();
  CLI::App* command = program.add_subcommand("restore", "Restore an archive into a database");
  command->set_help_flag("--help", "show this page");
  command->add_option("archive", options->archive, "archive to restore")->type_name("ARCHIVE")->required();
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
  OptionGroup(*command, "Output")
      .flag("-l,--list", options->list, "print the entries that would be restored")
      ->excludes(command->get_option("--dbname"));
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
      "  pgark restore shop.pgark -d shop2 -t public.orders --section data");
  command->callback([options, &invocation] {
    invocation.run = [options](Console& console) { return run_restore(*options, console); };
  });
}

}  // namespace pgark::cli
