// pgark list and pgark show: the backups in a place, and what is known of one.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/backup_place.hpp"
#include "cli/catalogue_text.hpp"
#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/stdout_text.hpp"
#include "cli/text.hpp"
#include "storage/catalogue/catalogue.hpp"

namespace pgark::cli {

namespace {

using storage::Backup;
using storage::Catalogue;

struct ListOptions {
  PlaceOptions place;
  std::string of;
};

struct ShowOptions {
  PlaceOptions place;
  std::string name;
  std::string of;
  bool latest = false;
  bool sha256 = false;
};

std::string archive_of(const Catalogue& catalogue, const Backup& backup) {
  return catalogue.store().name(storage::archive_key(backup.name));
}

int run_list(const ListOptions& options, Console& console) {
  console.stop_progress();
  const auto store = open_place(options.place);
  const Catalogue catalogue(*store);
  const std::vector<Backup> backups = value_or_throw(catalogue.list(options.of));
  const storage::TimePoint now = storage::time_now();
  if (console.options().json) {
    nlohmann::json all = nlohmann::json::array();
    for (const Backup& backup : backups)
      all.push_back(backup_json(backup, archive_of(catalogue, backup), now));
    console.result({{"command", "list"}, {"place", store->name({})}, {"backups", all}});
    return kExitOk;
  }
  if (backups.empty()) {
    console.line(fmt::format("no backups{} in {}",
                             options.of.empty() ? "" : " of \"" + printable(options.of) + "\"",
                             printable(store->name({}))));
    return kExitOk;
  }
  write_stdout(backups_table(backups, now, stdout_columns()));
  for (const Backup& backup : backups) {
    if (!backup.problem.empty()) console.message(Severity::warning, backup.problem, printable(backup.text()));
  }
  return kExitOk;
}

// What sha256sum -c reads.
std::string sha256_lines(const Backup& backup) {
  std::string lines;
  if (backup.metadata) {
    for (const auto& file : backup.metadata->files) lines += file.sha256 + "  " + file.name + "\n";
  }
  if (!lines.empty()) return lines;
  throw Exception(fail(ErrorCode::usage, "there is no side file that knows the SHA-256", backup.text(),
                       "pgark verify writes one")
                      .value());
}

int run_show(const ShowOptions& options, Console& console) {
  console.stop_progress();
  const auto store = open_place(options.place);
  const Catalogue catalogue(*store);
  const Backup backup =
      value_or_throw(options.latest ? catalogue.latest(options.of) : catalogue.find(options.name));
  const storage::TimePoint now = storage::time_now();
  if (options.sha256) {
    write_stdout(sha256_lines(backup));
  } else if (console.options().json) {
    nlohmann::json fields = backup_json(backup, archive_of(catalogue, backup), now);
    fields["command"] = "show";
    if (backup.metadata)
      fields["metadata"] = nlohmann::json::parse(storage::encode_metadata(*backup.metadata));
    console.result(fields);
  } else {
    write_stdout(backup_facts(backup, archive_of(catalogue, backup), now));
  }
  return kExitOk;
}

void add_of_option(CLI::App& command, std::string& of, const std::string& text) {
  command.add_option("--of", of, text)->type_name("DATABASE");
}

}  // namespace

void add_list_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = program.add_subcommand("list", "List the backups in a place");
  command->set_help_flag("--help", "show this page");
  add_place_option(*command, options->place);
  add_of_option(*command, options->of, "only backups of this database");
  add_console_options(*command, invocation.console);
  command->footer(
      "Oldest first. States: complete; incomplete, an object could not be saved; damaged, a verification has "
      "found so;\nunlisted, an archive without a side file that can be used; unfinished and orphaned, what a "
      "run that died has left.\nFiles that are not named like a backup are not listed, and never touched "
      "(docs/backups.md).");
  command->callback([options, &invocation] {
    invocation.run = [options](Console& console) { return run_list(*options, console); };
  });
}

void add_show_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = program.add_subcommand("show", "Show what is known of a backup");
  command->set_help_flag("--help", "show this page");
  CLI::Option* name = command->add_option("name", options->name, "name of the backup")->type_name("NAME");
  CLI::Option* latest =
      command->add_flag("--latest", options->latest, "the newest complete backup instead")->excludes(name);
  command->add_option("--of", options->of, "with --latest: of this database")
      ->type_name("DATABASE")
      ->needs(latest);
  add_place_option(*command, options->place);
  command->add_flag("--sha256", options->sha256,
                    "only the checksums of its files, as sha256sum -c reads them");
  add_console_options(*command, invocation.console);
  command->footer(
      "Reads the side file alone. With --json, the whole of it. pgark inspect looks into the archive "
      "itself.\n\n"
      "Examples:\n"
      "  pgark show --latest --of shop\n"
      "  pgark show --latest --sha256 --backup-dir /var/backups | (cd /var/backups && sha256sum -c)");
  command->callback([options, &invocation] {
    if (!options->latest && options->name.empty())
      throw CLI::ValidationError("name", "is required: the name of a backup, or --latest");
    invocation.run = [options](Console& console) { return run_show(*options, console); };
  });
}

}  // namespace pgark::cli
