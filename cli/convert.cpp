// pgark convert: an archive into another form, without a server.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "cli/archive_choice.hpp"
#include "cli/archive_output.hpp"
#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt_flag.hpp"
#include "cli/restore_choice.hpp"
#include "cli/restore_options.hpp"
#include "cli/runtime.hpp"
#include "cli/script_choice.hpp"
#include "cli/text.hpp"
#include "format/copy_archive.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

struct ConvertOptions {
  ArchiveChoice archive;
  ArchiveOutput output;
  std::string restrict_key;
  RestoreChoice choice;
};

int run_plain(const ConvertOptions& options, Console& console) {
  restore::ScriptOptions script;
  script.restore = restore_options(options.choice);
  script.restrict_key = restrict_key(options.restrict_key);
  const auto archive = open_archive(options.archive, console);
  auto sink = value_or_throw(storage::create_text_file(options.output.path, options.output.file_choice()));

  const auto start = std::chrono::steady_clock::now();
  restore::ScriptOutcome outcome;
  run_to_completion(1, console, [&](RuntimeTools tools) -> boost::asio::awaitable<void> {
    outcome = co_await restore::write_script(tools.executor, tools.cpu, std::move(script), *archive,
                                             std::move(sink), console);
  });
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  show_script(console, "convert", options.output.path, outcome, elapsed.count());
  return kExitOk;
}

// Chunk by chunk as they are: nothing is decompressed.
int run_copy(const ConvertOptions& options, Console& console) {
  const auto archive = open_archive(options.archive, console);
  const auto writer = create_archive(options.output, /*streams=*/false);
  const InterruptFlag interrupts;
  const auto start = std::chrono::steady_clock::now();
  console.phase("copying");
  console.progress.bytes_total = archive->file_bytes();
  console.progress.steps_total = archive->chunks().size();
  const auto totals =
      value_or_throw(format::copy_archive(*archive, *writer, [&console](const format::CopyProgress& at) {
        console.progress.bytes_done = at.bytes_done;
        console.progress.steps_done = at.chunks_done;
        console.progress.rows_done = at.rows_done;
        return !InterruptFlag::raised();
      }));
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  console.stop_progress();
  console.line(fmt::format("convert complete: {} rows in {} chunks, {} at {}, {}", human_count(totals.rows),
                           human_count(totals.chunks), human_bytes(totals.file_bytes),
                           options.output.path == "-" ? "stdout" : printable(options.output.path),
                           human_duration(elapsed.count())));
  console.result({{"command", "convert"},
                  {"format", std::string(options.output.directory() ? "directory" : "custom")},
                  {"output", options.output.path},
                  {"rows", totals.rows},
                  {"raw_bytes", totals.raw_bytes},
                  {"chunks", totals.chunks},
                  {"file_bytes", totals.file_bytes}});
  return kExitOk;
}

// An archive is copied whole: what to restore of it is said when it is restored.
void check_whole(const CLI::App& command) {
  constexpr std::array<std::string_view, 9> kOfAll{"archive", "latest",    "of",      "backup-dir", "format",
                                                   "output",  "overwrite", "no-sync", "pack-size"};
  for (const CLI::Option* option : command.get_options()) {
    const bool of_all = std::ranges::find(kOfAll, option->get_single_name()) != kOfAll.end();
    const bool given = option->count() > 0 && option->get_group() != kOutputGroup;
    if (given && !of_all)
      throw CLI::ValidationError(option->get_name(), "is for -F plain; an archive is copied whole");
  }
}

}  // namespace

void add_convert_command(CLI::App& program, Invocation& invocation) {
  constexpr const char* kGroup = "With -F plain";
  auto options = std::make_shared<ConvertOptions>();
  options->output.path = "-";
  CLI::App* command = program.add_subcommand("convert", "Write an archive in another format");
  command->set_help_flag("--help", "show this page");
  add_archive_choice(*command, options->archive,
                     "archive to convert: a path, s3://BUCKET/KEY, gs://, az://, or the name of a backup");
  add_format_option(*command, options->output)->required();
  command
      ->add_option("-o,--output", options->output.path,
                   "file or folder to write, s3://BUCKET/KEY, gs:// or az://; - is standard output")
      ->type_name("PATH")
      ->capture_default_str();
  add_file_options(*command, options->output);
  add_restore_choice(*command, options->choice, kGroup);
  add_target_session(*command, options->choice, kGroup);
  add_restrict_key_option(*command, options->restrict_key, kGroup);
  add_globals_options(*command, options->choice.restore.globals, options->choice.restore.no_role_passwords,
                      "write");
  add_selection_options(*command, options->choice.selection, "write");
  add_entry_options(*command, options->choice);
  add_name_changes(*command, options->choice);
  add_console_options(*command, invocation.console);
  command->footer(
      "No server is needed. Every chunk of rows is checked before it is written, and a file or folder gets "
      "its "
      "name only\nwhen it is complete. plain: the statements are for the server version that the archive "
      "comes "
      "from. custom, directory:\nall of the archive, its rows as they are, without compressing them "
      "again.\n\n"
      "Examples:\n"
      "  pgark convert shop.pgark -F plain -o shop.sql\n"
      "  pgark convert shop.pgark -F plain -t public.orders | psql -X -v ON_ERROR_STOP=1 shop2\n"
      "  pgark convert shop.pgark -F directory --pack-size 4GiB -o shop.d");
  command->callback([options, command, &invocation] {
    check_archive_choice(options->archive);
    check_format_options(*command, options->output, kGroup);
    if (!options->output.plain()) check_whole(*command);
    invocation.console.stdout_is_data = options->output.path == "-";
    invocation.run = [options](Console& console) {
      return options->output.plain() ? run_plain(*options, console) : run_copy(*options, console);
    };
  });
}

}  // namespace pgark::cli
