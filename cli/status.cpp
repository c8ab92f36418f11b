// pgark status: whether the objectives of recovery hold, in one screen and one exit status.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/backup_place.hpp"
#include "cli/catalogue_text.hpp"
#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/objective_options.hpp"
#include "cli/stdout_text.hpp"
#include "cli/text.hpp"
#include "storage/catalogue/catalogue.hpp"

namespace pgark::cli {

namespace {

struct StatusOptions {
  PlaceOptions place;
  std::string of;
  ObjectiveOptions objectives;
};

constexpr const char* kMissed = "MISSED";

nlohmann::json objective_json(const Objective& objective) {
  return {{"objective", objective.name}, {"holds", objective.holds}, {"text", objective.text}};
}

// For those who are told; the screen has the table.
Error missed_error(bool no_backups, const std::vector<std::vector<std::string>>& rows) {
  Error error;
  error.message = no_backups ? "there are no backups" : "an objective is missed";
  for (const auto& row : rows) {
    if (row[0] == kMissed) error.message += fmt::format("; {}: {}: {}", row[1], row[2], row[3]);
  }
  return error;
}

int run_status(const StatusOptions& options, Console& console) {
  console.stop_progress();
  console.about({options.of, {}, place_name(options.place), options.of});
  const Objectives wanted = wanted_objectives(options.objectives);
  const auto store = open_place(options.place);
  const storage::Catalogue catalogue(*store);
  const storage::TimePoint now = storage::time_now();
  std::vector<std::string> databases = value_or_throw(catalogue.databases());
  if (!options.of.empty()) databases = {options.of};
  bool all_hold = !databases.empty();
  nlohmann::json all = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows;
  for (const std::string& database : databases) {
    const auto backups = value_or_throw(catalogue.list(database));
    nlohmann::json objectives = nlohmann::json::array();
    for (const Objective& objective : judge(backups, wanted, now)) {
      all_hold = all_hold && objective.holds;
      rows.push_back(
          {objective.holds ? "ok" : kMissed, printable(database), objective.name, printable(objective.text)});
      objectives.push_back(objective_json(objective));
    }
    all.push_back({{"database", database}, {"objectives", objectives}});
  }
  if (!console.options().json) {
    if (databases.empty()) {
      console.message(Severity::error, "there are no backups", printable(store->name({})));
    } else if (!console.options().quiet) {
      write_stdout(table_within(stdout_columns(), {"", "database", "objective", "what is there"}, rows));
    }
  }
  console.result({{"command", "status"},
                  {"place", store->name({})},
                  {"rpo_seconds", wanted.rpo.count()},
                  {"rto_seconds", wanted.rto.count()},
                  {"holds", all_hold},
                  {"databases", all}});
  if (!all_hold) console.remember(missed_error(databases.empty(), rows));
  return all_hold ? kExitOk : kExitObjectiveMissed;
}

}  // namespace

void add_status_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* command = program.add_subcommand("status", "Tell whether the objectives of recovery hold");
  command->set_help_flag("--help", "show this page");
  add_place_option(*command, options->place);
  command->add_option("--of", options->of, "only this database")->type_name("DATABASE");
  add_objective_options(*command, options->objectives);
  add_notify_options(*command, invocation.notify);
  add_metrics_option(*command, invocation.metrics);
  add_console_options(*command, invocation.console);
  command->footer(
      "For monitoring: exit status 0 when every objective of every database holds, 16 when one is missed or "
      "there "
      "are no\nbackups, another one when it cannot be told (docs/exit-codes.md). Only side files are read.");
  command->callback([options, &invocation] {
    invocation.run = [options](Console& console) { return run_status(*options, console); };
  });
}

}  // namespace pgark::cli
