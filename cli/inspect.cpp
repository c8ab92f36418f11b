// pgark inspect: what is inside an archive, without reading its rows.
#include <fmt/format.h>

#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/archive_choice.hpp"
#include "cli/command.hpp"
#include "cli/report_text.hpp"
#include "cli/text.hpp"
#include "format/reader.hpp"
#include "restore/requirements.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

using format::ArchiveReader;
using format::DataSummary;
using format::TocEntry;
using nlohmann::json;

std::string qualified(const TocEntry& entry) {
  return entry.schema.empty() ? entry.name : entry.schema + "." + entry.name;
}

const char* row_encoding(const TocEntry& data) {
  return data.column_types.empty() ? "text" : "columnar";
}

std::map<std::string, std::uint64_t> kind_counts(const format::Toc& toc) {
  std::map<std::string, std::uint64_t> counts;
  for (const TocEntry& entry : toc.entries) ++counts[entry.kind];
  return counts;
}

// What a target must have before everything in the archive can be restored.
restore::Requirements all_requirements(const format::Toc& toc) {
  restore::RestoreOptions everything;
  everything.create = true;
  return restore::requirements_of(toc, value_or_throw(restore::Selection::make(toc, everything)), everything);
}

json needs_json(const format::Toc& toc) {
  const restore::Requirements needs = all_requirements(toc);
  json collations = json::array();
  for (const auto& collation : toc.collations) {
    collations.push_back({{"schema", collation.schema},
                          {"name", collation.name},
                          {"provider", collation.provider},
                          {"version", collation.version}});
  }
  return {{"roles", needs.roles},
          {"tablespaces", needs.tablespaces},
          {"extensions", needs.extensions},
          {"collations", collations}};
}

json inspect_json(const ArchiveReader& archive) {
  const format::Toc& toc = archive.toc();
  json tables = json::array();
  std::uint64_t rows = 0;
  std::uint64_t raw = 0;
  for (const DataSummary& data : toc.data) {
    const TocEntry* entry = toc.find(data.entry);
    rows += data.rows;
    raw += data.raw_bytes;
    tables.push_back({{"entry", data.entry},
                      {"schema", entry->schema},
                      {"name", entry->name},
                      {"rows", data.rows},
                      {"raw_bytes", data.raw_bytes},
                      {"stored_bytes", data.stored_bytes},
                      {"chunks", data.chunks},
                      {"row_encoding", row_encoding(*entry)},
                      {"digest", data.digest.hex()}});
  }
  return {{"archive", archive.name()},
          {"format", fmt::format("{}.{}", archive.version().major, archive.version().minor)},
          {"packs", archive.packs()},
          {"file_bytes", archive.file_bytes()},
          {"info", toc.info},
          {"entries", kind_counts(toc)},
          {"rows", rows},
          {"raw_bytes", raw},
          {"chunks", archive.chunks().size()},
          {"tables", tables},
          {"needs", needs_json(toc)},
          {"report", report_json(toc.report)}};
}

void print_tables(const ArchiveReader& archive) {
  std::vector<std::vector<std::string>> rows;
  for (const DataSummary& data : archive.toc().data) {
    rows.push_back({printable(qualified(*archive.toc().find(data.entry))), human_count(data.rows),
                    human_bytes(data.raw_bytes), human_bytes(data.stored_bytes), human_count(data.chunks),
                    row_encoding(*archive.toc().find(data.entry)), data.digest.hex()});
  }
  if (rows.empty()) return;
  std::cout << "\nTables\n"
            << table({"name", ">rows", ">raw", ">stored", ">chunks", "encoding", "digest"}, rows);
}

const char* provider_name(const std::string& provider) {
  if (provider == "c") return "libc";
  if (provider == "i") return "ICU";
  return provider == "b" ? "builtin" : "provider unknown";
}

void print_needs(const format::Toc& toc) {
  const restore::Requirements needs = all_requirements(toc);
  std::vector<std::vector<std::string>> rows;
  for (const std::string& name : needs.roles) rows.push_back({"role", printable(name), ""});
  for (const std::string& name : needs.tablespaces) rows.push_back({"tablespace", printable(name), ""});
  for (const auto& [name, version] : needs.extensions)
    rows.push_back({"extension", printable(name), printable(version)});
  for (const auto& collation : toc.collations) {
    const bool of_database = collation.schema.empty() && collation.name.empty();
    rows.push_back({"collation",
                    of_database ? "(default)" : printable(collation.schema + "." + collation.name),
                    printable(collation.version) + " (" + provider_name(collation.provider) + ")"});
  }
  if (!rows.empty()) std::cout << "\nNeeds\n" << table({"kind", "name", "version in the source"}, rows);
}

void print_report(const ArchiveReader& archive) {
  if (archive.toc().report.empty()) {
    std::cout << "\nReport\n  nothing was left out\n";
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& item : archive.toc().report) {
    rows.push_back({report_level_name(item.level), item.kind, printable(item.name), printable(item.text)});
  }
  std::cout << "\nReport\n" << table({"level", "kind", "name", "what"}, rows);
}

void print_text(const ArchiveReader& archive) {
  std::cout << fmt::format(
      "Archive   {}\n  format {}.{}, {}{}, {} chunks; header, contents and index are intact\n",
      printable(archive.name()), archive.version().major, archive.version().minor,
      human_bytes(archive.file_bytes()),
      archive.packs() == 0 ? "" : fmt::format(", packs: {}", human_count(archive.packs())),
      human_count(archive.chunks().size()));
  std::vector<std::vector<std::string>> info;
  for (const auto& [key, value] : archive.toc().info) info.push_back({key, printable(value)});
  std::cout << "\nBackup\n" << table({"key", "value"}, info);
  std::vector<std::vector<std::string>> kinds;
  for (const auto& [kind, count] : kind_counts(archive.toc())) kinds.push_back({kind, human_count(count)});
  std::cout << "\nContents\n" << table({"kind", ">entries"}, kinds);
  print_tables(archive);
  print_needs(archive.toc());
  print_report(archive);
}

struct InspectOptions {
  ArchiveChoice archive;
};

int run_inspect(const InspectOptions& options, Console& console) {
  console.stop_progress();
  NullEventSink silent;  // one document, and nothing before it
  const bool is_json = console.options().json;
  const auto archive = open_archive(options.archive, is_json ? static_cast<EventSink&>(silent) : console);
  if (console.options().json) {
    std::cout << inspect_json(*archive).dump(2, ' ', false, json::error_handler_t::replace) << "\n";
  } else {
    print_text(*archive);
  }
  std::cout.flush();
  if (!std::cout) throw Exception(errno_error(errno, "cannot write", "standard output"));
  return 0;
}

}  // namespace

void add_inspect_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = program.add_subcommand("inspect", "Show what is inside an archive");
  command->set_help_flag("--help", "show this page");
  add_archive_choice(*command, options->archive,
                     "archive to look into: a path, s3://BUCKET/KEY, gs://, az://, or the name of a backup");
  command->add_flag("--json", invocation.console.json, "one JSON document on standard output")
      ->group(kOutputGroup);
  command->footer(
      "Reads and checks the header, the table of contents and the index, no rows: it is quick on any "
      "archive.\n"
      "pgark verify reads everything.");
  command->callback([options, &invocation] {
    check_archive_choice(options->archive);
    invocation.run = [options](Console& console) { return run_inspect(*options, console); };
  });
}

}  // namespace pgark::cli
