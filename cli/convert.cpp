// pgark convert: an archive into another form, without a server.
#include <chrono>
#include <memory>
#include <utility>

#include "cli/command.hpp"
#include "cli/restore_choice.hpp"
#include "cli/restore_options.hpp"
#include "cli/runtime.hpp"
#include "cli/script_choice.hpp"
#include "format/reader.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

struct ConvertOptions {
  std::string archive, format;
  std::string output = "-";
  std::string restrict_key;
  RestoreChoice choice;
  bool overwrite = false;
};

int run_convert(const ConvertOptions& options, Console& console) {
  restore::ScriptOptions script;
  script.restore = restore_options(options.choice);
  script.restrict_key = restrict_key(options.restrict_key);
  auto source = value_or_throw(storage::open_archive_file(options.archive));
  const auto archive = value_or_throw(format::ArchiveReader::open(std::move(source)));
  auto sink = value_or_throw(storage::create_text_file(options.output, {options.overwrite, true}));

  const auto start = std::chrono::steady_clock::now();
  restore::ScriptOutcome outcome;
  run_to_completion(1, console, [&](RuntimeTools tools) -> boost::asio::awaitable<void> {
    outcome = co_await restore::write_script(tools.executor, tools.cpu, std::move(script), *archive,
                                             std::move(sink), console);
  });
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  show_script(console, "convert", options.output, outcome, elapsed.count());
  return 0;
}

}  // namespace

void add_convert_command(CLI::App& program, Invocation& invocation) {
  constexpr const char* kGroup = "How to write it";
  auto options = std::make_shared<ConvertOptions>();
  CLI::App* command = program.add_subcommand("convert", "Write an archive in another format");
  command->set_help_flag("--help", "show this page");
  command->add_option("archive", options->archive, "archive to convert")->type_name("ARCHIVE")->required();
  command->add_option("-F,--format", options->format, "plain: SQL for psql")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"plain", "p"}))
      ->required();
  command->add_option("-o,--output", options->output, "file to write; - is standard output")
      ->type_name("PATH")
      ->capture_default_str();
  command->add_flag("--overwrite", options->overwrite, "replace the file if it exists");
  add_restore_choice(*command, options->choice, kGroup);
  add_target_session(*command, options->choice, kGroup);
  add_restrict_key_option(*command, options->restrict_key, kGroup);
  add_globals_options(*command, options->choice.restore.globals, options->choice.restore.no_role_passwords,
                      "write");
  add_selection_options(*command, options->choice.selection, "write");
  add_entry_options(*command, options->choice);
  add_console_options(*command, invocation.console);
  command->footer(
      "No server is needed. The statements are for the server version that the archive comes from; every "
      "chunk of\n"
      "rows is checked before it is written. A file gets its name only when it is complete.\n\n"
      "Examples:\n"
      "  pgark convert shop.pgark -F plain -o shop.sql\n"
      "  pgark convert shop.pgark -F plain -t public.orders | psql -X -v ON_ERROR_STOP=1 shop2");
  command->callback([options, &invocation] {
    invocation.console.stdout_is_data = options->output == "-";
    invocation.run = [options](Console& console) { return run_convert(*options, console); };
  });
}

}  // namespace pgark::cli
