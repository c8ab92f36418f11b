// The pgark program: parses the command line, runs the chosen command, maps errors to exit statuses.
// The only place that catches at top level.
#include <boost/system/system_error.hpp>
#include <csignal>
#include <functional>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

#include "base/error.hpp"
#include "cli/after_run.hpp"
#include "cli/command.hpp"
#include "cli/config_loader.hpp"
#include "cli/exit_code.hpp"
#include "cli/process_setup.hpp"

namespace {

using namespace pgark;

void describe(CLI::App& program) {
  program.description("Back up and restore PostgreSQL databases, without PostgreSQL's client programs");
  program.set_help_flag("--help", "show this page");
  program.set_version_flag("--version", cli::version_text(), "versions of pgark and of the libraries in it");
  program.require_subcommand(1);
  program.footer(
      "pgark COMMAND --help explains a command and shows examples.\n\n"
      "Connections understand what libpq does: PGHOST, PGPASSWORD, ~/.pgpass, service files, URIs;\n"
      "DATABASE_URL is used when nothing else names a server or database, and then wins over\n"
      "PGPORT and PGUSER.\n\n"
      "Exit statuses: 0 success, 2 wrong usage, 3 no connection, 4 authentication, 10 damaged\n"
      "archive, 12 target not empty, 13 mismatch, 14 incomplete, 16 objective missed, 130 interrupted;\n"
      "docs/exit-codes.md has them all.");
}

// CLI11 asks for a command, and for options that are required, before it looks at words it does not know:
// name the word instead.
std::string usage_message(const CLI::ParseError& parse_error, const CLI::App& program) {
  const std::vector<std::string> unknown = program.remaining();
  const bool no_command = program.get_subcommands().empty();
  if (no_command && !unknown.empty())
    return "there is no command \"" + cli::without_passwords(unknown.front()) + "\"";
  const std::vector<std::string> unexpected = program.remaining(true);
  if (!unexpected.empty())
    return "there is no option or argument \"" + cli::without_passwords(unexpected.front()) + "\"";
  return parse_error.what();
}

// Whoever reads events reads this one too, wherever the parser gave up.
bool asks_for_json(std::span<char* const> words) {
  std::string_view last;
  for (const std::string_view word : words) {
    if (word == "--json" || word == "--log-format=json" || (last == "--log-format" && word == "json"))
      return true;
    last = word;
  }
  return false;
}

int usage_error(const CLI::ParseError& parse_error, const CLI::App& program,
                const cli::Invocation& invocation, std::span<char* const> words) {
  Error error;
  error.code = ErrorCode::usage;
  error.message = usage_message(parse_error, program);
  error.hint = "pgark --help lists the commands, pgark COMMAND --help a command's options";
  cli::ConsoleOptions options = invocation.console;
  options.quiet = true;  // no display for a command that does not run
  options.json = options.json || asks_for_json(words);
  cli::Console(options).error(error);
  return cli::exit_code(error.code);
}

Error as_error(const std::exception& exception) {
  Error error;
  error.message = exception.what();
  error.hint = "this is a fault in pgark: please report it with the command you ran";
  return error;
}

// Nothing is wrong with pgark when the system has no more of something.
Error as_error(const std::exception& exception, const std::error_code& code) {
  Error error = as_error(exception);
  if (code == std::errc::too_many_files_open || code == std::errc::too_many_files_open_in_system)
    error.hint = "raise the limit of open files (ulimit -n), or use fewer jobs (-j)";
  if (code == std::errc::resource_unavailable_try_again)
    error.hint = "raise the limit of threads (ulimit -u), or use fewer jobs (-j)";
  return error;
}

int run_and_report(const std::function<int()>& command, cli::Console& console) {
  Error error;
  try {
    return command();
  } catch (const Exception& exception) {
    error = exception.error();
  } catch (const std::bad_alloc&) {
    error.message = "out of memory";
    error.hint = "use fewer jobs (-j)";
  } catch (const boost::system::system_error& exception) {
    error = as_error(exception, exception.code());
  } catch (const std::system_error& exception) {
    error = as_error(exception, exception.code());
  } catch (const std::exception& exception) {
    error = as_error(exception);
  }
  console.error(error);
  return cli::exit_code(error.code);
}

int run(const cli::Invocation& invocation) {
  cli::Console console(invocation.console);
  std::optional<cli::AfterRun> after;
  const auto command = [&] {
    after.emplace(invocation);
    return invocation.run(console);
  };
  const int status = run_and_report(command, console);
  try {
    if (after) after->end(status, console);
  } catch (const std::exception& exception) {
    console.message(Severity::warning, exception.what(), "after the command");
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  cli::fill_standard_descriptors();
  // A reader that goes away (pgark inspect | head, backup -o - | ...) is an error to report, not a silent
  // end.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file over the limit of ulimit -f: likewise
  CLI::App program("", "pgark");
  cli::Invocation invocation;
  describe(program);
  cli::add_config_options(program, invocation.config);
  cli::add_backup_command(program, invocation);
  cli::add_restore_command(program, invocation);
  cli::add_rollback_command(program, invocation);
  cli::add_copy_command(program, invocation);
  cli::add_inspect_command(program, invocation);
  cli::add_verify_command(program, invocation);
  cli::add_convert_command(program, invocation);
  cli::add_export_command(program, invocation);
  cli::add_upload_command(program, invocation);
  cli::add_list_command(program, invocation);
  cli::add_show_command(program, invocation);
  cli::add_prune_command(program, invocation);
  cli::add_drill_command(program, invocation);
  cli::add_status_command(program, invocation);
  cli::add_report_command(program, invocation);
  cli::add_config_command(program, invocation);
  cli::add_completion_command(program, invocation);
  cli::add_man_command(program, invocation);
  try {
    program.parse(argc, argv);
    cli::check_config(program, invocation.config);
    cli::hide_passwords(argc, argv);
    invocation.command = program.get_subcommands().front()->get_name();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return program.exit(error);  // --help, --version
    return usage_error(error, program, invocation, {argv, static_cast<std::size_t>(argc)});
  }
  return run(invocation);
}
