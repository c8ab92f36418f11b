// pgark drill: restores a backup into a scratch database, proves it, and remembers how long that took.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/archive_choice.hpp"
#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/proof_text.hpp"
#include "cli/stdout_text.hpp"
#include "cli/text.hpp"
#include "cli/verify_level.hpp"

namespace pgark::cli {

namespace {

struct DrillOptions {
  ArchiveChoice archive;
  VerifyRequest request;
};

int run_drill(const DrillOptions& options, Console& console) {
  console.about(subject_of(options.archive));
  ChosenArchive archive = find_archive(options.archive, console);
  console.about(subject_of(archive));
  const VerifyOutcome outcome = verify_to_level(archive, options.request, console);
  console.stop_progress();
  const std::optional<Error> unrecorded = record_outcome(archive, outcome);
  if (outcome.proof) show_differences(console, *outcome.proof);
  if (!console.options().json && !console.options().quiet) {
    std::string text;
    for (const std::string& line : outcome_lines(outcome)) text += line + "\n";
    write_stdout(text);
  }
  if (!outcome.error) {
    console.line(fmt::format("drill passed: {} was restored in {}, and proved", printable(archive.name()),
                             human_duration(outcome.verification.seconds)));
  }
  nlohmann::json fields = outcome_json(outcome);
  fields["command"] = "drill";
  fields["archive"] = archive.name();
  fields["recorded"] = archive.backup().has_value() && !unrecorded;
  fields["database"] = outcome.proof ? proof_json(*outcome.proof) : nlohmann::json();
  console.result(fields);
  const std::optional<Error> error = error_to_end_with(outcome.error, unrecorded, console);
  if (!error) return kExitOk;
  console.error(*error);
  return exit_code(error->code);
}

}  // namespace

void add_drill_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<DrillOptions>();
  options->request.level = storage::VerifyLevel::restore;
  options->request.drill = true;
  CLI::App* command =
      program.add_subcommand("drill", "Practise a restore: into a scratch database, timed and proved");
  command->set_help_flag("--help", "show this page");
  add_archive_choice(*command, options->archive,
                     "archive to restore: a path, s3://BUCKET/KEY, gs://, az://, or the name of a backup "
                     "(default: the latest backup)");
  command
      ->add_option("-j,--jobs", options->request.jobs,
                   "connections that load rows and build indexes (default: one per processor)")
      ->type_name("N")
      ->check(CLI::Range(1, 256));
  add_notify_options(*command, invocation.notify);
  add_metrics_option(*command, invocation.metrics);
  add_console_options(*command, invocation.console);
  command->footer(
      "The scratch database is made and dropped where pgark verify --level restore does (TEST_DATABASE_URL, "
      "or a "
      "server of\nits own). The time is that of the restore alone, to the last index; it is kept in the "
      "backup's "
      "side file, and pgark\nstatus compares it with the objective.\n\n"
      "Examples:\n"
      "  pgark drill -j 4\n"
      "  TEST_DATABASE_URL=postgresql://tester@db2/postgres pgark drill --of shop");
  command->callback([options, &invocation] {
    if (options->archive.archive.empty()) options->archive.latest = true;
    check_archive_choice(options->archive);
    invocation.run = [options](Console& console) { return run_drill(*options, console); };
  });
}

}  // namespace pgark::cli
