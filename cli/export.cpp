// pgark export: the rows of an archive's tables as CSV or COPY text, without a server.
#include "restore/export/export.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cli/archive_choice.hpp"
#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_group.hpp"
#include "cli/runtime.hpp"
#include "cli/text.hpp"
#include "storage/local_folder.hpp"
#include "storage/remote.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

struct ExportOptions {
  ArchiveChoice archive;
  std::string format = "csv";
  std::string output = "-";
  std::string delimiter = ",";
  restore::RestoreOptions selection;
  restore::ExportChoice choice;
  storage::FileChoice file;
};

[[noreturn]] void refuse(const std::string& message, const std::string& object, const std::string& hint) {
  Error error;
  error.code = ErrorCode::usage;
  error.message = message;
  error.object = object;
  error.hint = hint;
  throw Exception(std::move(error));
}

void make_folder(const std::string& path) {
  value_or_throw(storage::check_local_name(path));
  if (::mkdir(path.c_str(), S_IRWXU) == 0 || (errno == EEXIST && storage::is_folder(path))) return;
  if (errno == EEXIST)
    refuse("exists and is not a folder", path, "several tables need one: choose another name");
  throw Exception(errno_error(errno, "cannot create the folder", path));
}

// A file for each table, or one file when there is one table and the path is no folder's.
std::vector<std::string> paths_of(const ExportOptions& options,
                                  const std::vector<const format::TocEntry*>& tables) {
  if (options.output == "-" && tables.size() > 1) {
    refuse(fmt::format("{} tables are selected, but standard output takes one", tables.size()), {},
           "choose one with -t, or name a folder with -o");
  }
  const bool names_folder = options.output.ends_with('/') || storage::is_folder(options.output);
  if (options.output == "-" || (tables.size() == 1 && !names_folder)) return {options.output};
  std::string folder = options.output;
  if (storage::is_remote(folder)) {
    while (folder.ends_with('/')) folder.pop_back();  // keys may have empty parts; nobody wants one here
  } else {
    make_folder(folder);
  }
  std::vector<std::string> paths;
  for (const format::TocEntry* table : tables)
    paths.push_back(folder + "/" + restore::export_file_name(*table, options.choice.form));
  // Before the first is written: a folder half old and half new helps nobody.
  for (const std::string& path : paths) {
    if (!options.file.overwrite && ::access(path.c_str(), F_OK) == 0)
      refuse("the file exists already", path, "choose another folder, or --overwrite");
  }
  return paths;
}

int run_export(const ExportOptions& options, Console& console) {
  const auto archive = open_archive(options.archive, console);
  const auto tables = value_or_throw(restore::exported_tables(archive->toc(), options.selection));
  const std::vector<std::string> paths = paths_of(options, tables);
  console.phase("exporting");
  console.progress.steps_total = tables.size();
  for (const format::TocEntry* table : tables) {
    if (const auto* data = archive->toc().find_data(table->id))
      console.progress.bytes_total += data->raw_bytes;
  }

  const auto start = std::chrono::steady_clock::now();
  nlohmann::json files = nlohmann::json::array();
  restore::ExportOutcome sum;
  run_to_completion(1, console, [&](RuntimeTools tools) -> boost::asio::awaitable<void> {
    for (std::size_t i = 0; i < tables.size(); ++i) {
      auto sink = value_or_throw(storage::create_text_file(paths[i], options.file));
      restore::ExportChoice choice = options.choice;
      const restore::ExportOutcome outcome = co_await restore::export_table(
          tools.executor, tools.cpu, std::move(choice), *archive, *tables[i], std::move(sink), console);
      sum.rows += outcome.rows;
      sum.file_bytes += outcome.file_bytes;
      ++console.progress.steps_done;
      files.push_back({{"schema", tables[i]->schema},
                       {"name", tables[i]->name},
                       {"path", paths[i]},
                       {"rows", outcome.rows},
                       {"file_bytes", outcome.file_bytes}});
    }
  });
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  console.stop_progress();
  console.line(fmt::format("export complete: {} rows of {} tables, {} in {}, {}", human_count(sum.rows),
                           human_count(tables.size()), human_bytes(sum.file_bytes),
                           options.output == "-" ? "stdout" : printable(options.output),
                           human_duration(elapsed.count())));
  console.result({{"command", "export"},
                  {"format", std::string(options.choice.form == restore::ExportForm::csv ? "csv" : "text")},
                  {"output", options.output},
                  {"tables", files},
                  {"rows", sum.rows},
                  {"file_bytes", sum.file_bytes}});
  return kExitOk;
}

void finish_choice(ExportOptions& options, const CLI::App& command) {
  const bool text = options.format.front() == 't';
  options.choice.form = text ? restore::ExportForm::text : restore::ExportForm::csv;
  for (const char* name : {"--header", "--delimiter", "--null"}) {
    if (text && command.count(name) > 0) throw CLI::ValidationError(name, "is for -F csv");
  }
  if (options.delimiter.size() != 1)
    throw CLI::ValidationError("--delimiter", "must be one character of one byte");
  options.choice.csv.delimiter = options.delimiter.front();
  const auto checked = restore::check_csv(options.choice.csv);
  if (!checked) throw CLI::ValidationError(checked.error().object, checked.error().message);
}

}  // namespace

void add_export_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = program.add_subcommand("export", "Write the rows of an archive as CSV or text");
  command->set_help_flag("--help", "show this page");
  add_archive_choice(*command, options->archive,
                     "archive to read: a path, s3://BUCKET/KEY, gs://, az://, or the name of a backup");
  command->add_option("-F,--format", options->format, "csv, or text: as COPY writes it")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"csv", "c", "text", "t"}).description(""))
      ->capture_default_str();
  command
      ->add_option("-o,--output", options->output,
                   "file; or folder, with a file for each table; - is standard output")
      ->type_name("PATH")
      ->capture_default_str();
  command->add_flag("--overwrite", options->file.overwrite, "replace files that exist");
  OptionGroup csv(*command, "With -F csv");
  csv.flag("--header", options->choice.header, "the columns' names as the first line");
  csv.value("--delimiter", options->delimiter, "CHARACTER", "between two fields (default: a comma)");
  csv.value("--null", options->choice.csv.null, "TEXT", "what stands for null (default: nothing)");
  OptionGroup which(*command, "Which tables");
  which.list("-n,--schema", options->selection.include_schemas, "PATTERN", "tables of matching schemas");
  which.list("-N,--exclude-schema", options->selection.exclude_schemas, "PATTERN", "not of matching schemas");
  which.list("-t,--table", options->selection.include_tables, "PATTERN", "matching tables");
  which.list("-T,--exclude-table", options->selection.exclude_tables, "PATTERN", "not matching tables");
  which.flag("--strict-names", options->selection.strict_names, "every pattern must match something");
  add_console_options(*command, invocation.console);
  command->footer(
      "No server is needed. CSV is byte for byte what COPY ... TO (FORMAT csv) of the source would have "
      "written, in the\nencoding of the database, apart from the order of rows. Patterns are those of psql. "
      "Large "
      "objects are not exported.\n\n"
      "Examples:\n"
      "  pgark export shop.pgark -t public.orders --header > orders.csv\n"
      "  pgark export shop.pgark -n public -o shop-csv/");
  command->callback([options, command, &invocation] {
    check_archive_choice(options->archive);
    finish_choice(*options, *command);
    invocation.console.stdout_is_data = options->output == "-";
    invocation.run = [options](Console& console) { return run_export(*options, console); };
  });
}

}  // namespace pgark::cli
