// pgark completion, pgark man: what a package installs beside the program, printed by the program itself.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include "cli/command.hpp"
#include "cli/manual/completion.hpp"
#include "cli/manual/man_page.hpp"
#include "cli/stdout_text.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

Error no_such_page(const std::string& name) {
  Error error;
  error.code = ErrorCode::usage;
  error.message = "there is no command \"" + name + "\"";
  error.hint = "pgark --help lists the commands";
  return error;
}

void write_page(const std::filesystem::path& folder, const std::vector<CommandPage>& pages,
                const std::string& command) {
  const std::string file = (command.empty() ? "pgark" : "pgark-" + command) + ".1";
  const std::string text = man_page(pages, command, PGARK_VERSION);
  storage::FileChoice replaces;
  replaces.overwrite = true;
  const auto sink = value_or_throw(storage::create_text_file((folder / file).string(), replaces));
  value_or_throw(sink->write_at(0, as_bytes(text)));
  value_or_throw(sink->commit());
}

}  // namespace

void add_completion_command(CLI::App& program, Invocation& invocation) {
  CLI::App* command = program.add_subcommand("completion", "Print the completions for a shell");
  auto shell = std::make_shared<Shell>(Shell::bash);
  const std::map<std::string, Shell> shells = {
      {"bash", Shell::bash}, {"zsh", Shell::zsh}, {"fish", Shell::fish}};
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->type_name("bash|zsh|fish")
      ->required()
      ->transform(CLI::CheckedTransformer(shells).description(""));
  command->set_help_flag("--help", "show this page");
  command->footer(
      "Packages install them. By hand:\n\n"
      "  pgark completion bash > ~/.local/share/bash-completion/completions/pgark\n"
      "  pgark completion zsh > ~/.zsh/completions/_pgark      # a folder of $fpath\n"
      "  pgark completion fish > ~/.config/fish/completions/pgark.fish");
  command->callback([&program, &invocation, shell] {
    invocation.run = [&program, shell](Console&) {
      write_stdout(completion_script(command_pages(program), *shell));
      return 0;
    };
  });
}

void add_man_command(CLI::App& program, Invocation& invocation) {
  CLI::App* command = program.add_subcommand("man", "Print a manual page");
  auto name = std::make_shared<std::string>(), folder = std::make_shared<std::string>();
  CLI::Option* one =
      command->add_option("command", *name, "the command; without one, pgark itself")->type_name("COMMAND");
  command->add_option("--all", *folder, "write the pages of all commands into this folder, which exists")
      ->type_name("FOLDER")
      ->excludes(one);
  command->set_help_flag("--help", "show this page");
  command->footer("For man: pgark man backup | man -l -");
  command->callback([&program, &invocation, name, folder] {
    invocation.run = [&program, name, folder](Console&) {
      const std::vector<CommandPage> pages = command_pages(program);
      if (!folder->empty()) {
        for (const CommandPage& page : pages) write_page(*folder, pages, page.name);
        return 0;
      }
      const auto is_it = [&](const CommandPage& page) { return page.name == *name; };
      if (std::none_of(pages.begin(), pages.end(), is_it)) throw Exception(no_such_page(*name));
      write_stdout(man_page(pages, *name, PGARK_VERSION));
      return 0;
    };
  });
}

}  // namespace pgark::cli
