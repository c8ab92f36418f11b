// pgark prune: removes the backups that no rule keeps.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/backup_place.hpp"
#include "cli/catalogue_text.hpp"
#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt_flag.hpp"
#include "cli/named_backup.hpp"
#include "cli/option_group.hpp"
#include "cli/stdout_text.hpp"
#include "cli/text.hpp"
#include "storage/catalogue/catalogue.hpp"
#include "storage/catalogue/lock.hpp"
#include "storage/retention/retention.hpp"

namespace pgark::cli {

namespace {

using storage::Backup;
using storage::Catalogue;
using storage::RetentionVerdict;

struct PruneOptions {
  PlaceOptions place;
  std::string of;
  bool dry_run = false;
  std::optional<int> days;
  storage::RetentionPolicy policy;
};

storage::RetentionPolicy policy_of(const PruneOptions& options) {
  storage::RetentionPolicy policy = options.policy;
  const char* from_environment = std::getenv("RETENTION_DAYS");
  if (options.days) {
    policy.days = *options.days;
  } else if (from_environment != nullptr && *from_environment != '\0') {
    const std::string_view text = from_environment;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), policy.days);
    if (error != std::errc() || end != text.data() + text.size() || policy.days < 0) {
      throw Exception(fail(ErrorCode::usage, "RETENTION_DAYS is no number of days", std::string(text),
                           "give a whole number, like 30; 0 leaves it to the other rules")
                          .value());
    }
  }
  value_or_throw(policy.check());
  return policy;
}

std::vector<RetentionVerdict> decide(const storage::RetentionPolicy& policy,
                                     const std::vector<Backup>& backups, storage::TimePoint now) {
  std::vector<storage::RetentionItem> items;
  for (const Backup& backup : backups) {
    const bool complete = backup.state == storage::BackupState::complete;
    items.push_back({backup.name.database, backup.name.started, complete,
                     complete && backup.metadata->verified() != nullptr});
  }
  return storage::decide_retention(policy, items, now);
}

std::string join(const std::vector<std::string>& reasons) {
  std::string text;
  for (const std::string& reason : reasons) text += (text.empty() ? "" : "; ") + reason;
  return text;
}

struct Pruning {
  std::vector<std::vector<std::string>> rows;
  nlohmann::json backups = nlohmann::json::array();
  std::uint64_t removed = 0, kept = 0, removed_bytes = 0;
};

// One database, under its lock; the oldest goes first.
void prune_database(Catalogue& catalogue, const std::string& database, const PruneOptions& options,
                    const storage::RetentionPolicy& policy, Pruning& pruning, Console& console) {
  std::unique_ptr<storage::Lock> lock;
  if (!options.dry_run) {
    lock = value_or_throw(storage::Lock::acquire(catalogue.store(), database, "prune"));
    clean_place(catalogue, database, console);
  }
  const std::vector<Backup> backups = value_or_throw(catalogue.list(database));
  const storage::TimePoint now = storage::time_now();
  const std::vector<RetentionVerdict> verdicts = decide(policy, backups, now);
  for (std::size_t at = 0; at < backups.size(); ++at) {
    const Backup& backup = backups[at];
    const RetentionVerdict& verdict = verdicts[at];
    InterruptFlag::check();
    if (!verdict.keep && !options.dry_run) value_or_throw(catalogue.remove(backup));
    const char* const what = verdict.keep ? "keep" : options.dry_run ? "would remove" : "removed";
    pruning.rows.push_back({what, printable(backup.text()), age_text(backup.name.started, now),
                            human_bytes(backup.bytes), storage::state_name(backup.state),
                            verified_text(backup), join(verdict.reasons)});
    pruning.backups.push_back({{"name", backup.text()},
                               {"database", backup.name.database},
                               {"keep", verdict.keep},
                               {"state", storage::state_name(backup.state)},
                               {"file_bytes", backup.bytes},
                               {"reasons", verdict.reasons}});
    ++(verdict.keep ? pruning.kept : pruning.removed);
    if (!verdict.keep) pruning.removed_bytes += backup.bytes;
  }
}

void show_pruning(const Pruning& pruning, const PruneOptions& options, Console& console) {
  console.stop_progress();
  if (!pruning.rows.empty() && !console.options().json && !console.options().quiet) {
    write_stdout(table_within(stdout_columns(), {"", "name", ">age", ">size", "state", "verified", "why"},
                              pruning.rows));
  }
  console.line(fmt::format("{}: {} backups, {}; {} kept", options.dry_run ? "would be removed" : "removed",
                           human_count(pruning.removed), human_bytes(pruning.removed_bytes),
                           human_count(pruning.kept)));
  console.result({{"command", "prune"},
                  {"dry_run", options.dry_run},
                  {"removed", pruning.removed},
                  {"removed_bytes", pruning.removed_bytes},
                  {"kept", pruning.kept},
                  {"backups", pruning.backups}});
}

int run_prune(const PruneOptions& options, Console& console) {
  console.about({options.of, {}, place_name(options.place), options.of});
  const storage::RetentionPolicy policy = policy_of(options);
  const InterruptFlag interrupts;
  const auto store = open_place(options.place);
  Catalogue catalogue(*store);
  const std::vector<std::string> databases =
      options.of.empty() ? value_or_throw(catalogue.databases()) : std::vector{options.of};
  Pruning pruning;
  for (const std::string& database : databases)
    prune_database(catalogue, database, options, policy, pruning, console);
  show_pruning(pruning, options, console);
  return kExitOk;
}

void add_rules(CLI::App& command, PruneOptions& options) {
  OptionGroup group(command, "What to keep");
  const auto count = [&group](const char* name, auto& into, const char* text) {
    group.value(name, into, "N", text)->check(CLI::Range(0, 1'000'000).description(""));
  };
  storage::RetentionPolicy& policy = options.policy;
  count("--keep-days", options.days,
        "what is not older than N days; 0 leaves it to the rules below (default: RETENTION_DAYS, else 30)");
  count("--keep-last", policy.last, "the N newest, and the N newest that are verified");
  count("--keep-hourly", policy.hourly, "one for each of the N newest hours that have a backup");
  count("--keep-daily", policy.daily, "one for each of the N newest days");
  count("--keep-weekly", policy.weekly, "one for each of the N newest weeks (ISO 8601)");
  count("--keep-monthly", policy.monthly, "one for each of the N newest months");
  count("--keep-yearly", policy.yearly, "one for each of the N newest years");
}

}  // namespace

void add_prune_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<PruneOptions>();
  CLI::App* command = program.add_subcommand("prune", "Remove the backups that no rule keeps");
  command->set_help_flag("--help", "show this page");
  add_place_option(*command, options->place);
  command->add_option("--of", options->of, "only backups of this database")->type_name("DATABASE");
  command->add_flag("--dry-run", options->dry_run, "say what would be removed, and why, and remove nothing");
  add_rules(*command, *options);
  add_notify_options(*command, invocation.notify);
  add_metrics_option(*command, invocation.metrics);
  add_console_options(*command, invocation.console);
  command->footer(
      "Each database has its rules for itself; a backup stays when any rule keeps it. Times are UTC. Of an "
      "hour, a day, ...\nthe newest verified backup is kept, or when none is verified the newest. Whatever "
      "the "
      "rules say, the newest complete\nbackup of each database and its newest verified one stay, and so does "
      "everything that is not a complete backup: what\nis incomplete or damaged, what has no side file, and "
      "files of others.\n\n"
      "Examples:\n"
      "  pgark prune --dry-run\n"
      "  RETENTION_DAYS=14 pgark prune --keep-weekly 8 --keep-monthly 12");
  command->callback([options, &invocation] {
    invocation.run = [options](Console& console) { return run_prune(*options, console); };
  });
}

}  // namespace pgark::cli
