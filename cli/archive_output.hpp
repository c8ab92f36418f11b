// Where a new archive goes: the options of commands that write one.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "format/writer.hpp"
#include "storage/local_file.hpp"

namespace pgark::cli {

struct ArchiveOutput {
  std::string format = "custom";  // as given: custom, directory, plain or its first letter
  std::string path;
  storage::FileChoice file;
  bool no_sync = false;
  std::uint64_t pack_bytes = format::PackChoice::kBytesDefault;

  bool plain() const { return format.front() == 'p'; }
  bool directory() const { return format.front() == 'd'; }
  storage::FileChoice file_choice() const { return {file.overwrite, !no_sync}; }
};

// -F and --pack-size.
CLI::Option* add_format_option(CLI::App& command, ArchiveOutput& output);
// --overwrite and --no-sync.
void add_file_options(CLI::App& command, ArchiveOutput& output);

// Refuses options that the format has no use for. `plain_group`: the heading of those that only plain has.
void check_format_options(const CLI::App& command, const ArchiveOutput& output,
                          const std::string& plain_group);

// Begins the archive. REQUIRES: not plain. `streams`: on standard output it is one that can be restored while
// it is written. Throws Exception.
std::unique_ptr<format::ArchiveWriter> create_archive(const ArchiveOutput& output, bool streams);

}  // namespace pgark::cli
