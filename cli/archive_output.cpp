#include "cli/archive_output.hpp"

#include <algorithm>
#include <utility>

#include "storage/storage.hpp"

namespace pgark::cli {
namespace {

// A chunk has some megabytes: smaller packs would be a chunk each.
constexpr std::uint64_t kPackBytesMin = std::uint64_t{1} << 20;

}  // namespace

CLI::Option* add_format_option(CLI::App& command, ArchiveOutput& output) {
  CLI::Option* format =
      command
          .add_option(
              "-F,--format", output.format,
              "custom: an archive in one file; directory: the same in a folder of files of bounded size; "
              "plain: SQL for psql")
          ->type_name("FORMAT")
          ->check(CLI::IsMember({"custom", "c", "directory", "d", "plain", "p"}).description(""));
  command
      .add_option("--pack-size", output.pack_bytes,
                  "with -F directory: largest size of a file, unless one chunk of rows is larger; 1MiB or "
                  "more, like 512MB or 4GiB (default: 1GiB)")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(true).description(""))
      ->check(CLI::Validator(
          [](const std::string& bytes) {
            return std::stoull(bytes) < kPackBytesMin ? std::string("must be at least 1MiB") : std::string();
          },
          ""));
  return format;
}

void add_file_options(CLI::App& command, ArchiveOutput& output) {
  command.add_flag("--overwrite", output.file.overwrite,
                   "replace what has this name, when the new is complete");
  command.add_flag("--no-sync", output.no_sync, "do not wait until it is on disk: for tests");
}

void check_format_options(const CLI::App& command, const ArchiveOutput& output,
                          const std::string& plain_group) {
  const std::vector<const CLI::Option*> all = command.get_options();
  const auto only_plain = std::ranges::find_if(all, [&plain_group](const CLI::Option* option) {
    return option->get_group() == plain_group && option->count() > 0;
  });
  if (!output.plain() && only_plain != all.end()) {
    throw CLI::ValidationError((*only_plain)->get_name(),
                               "is for -F plain; of an archive, pgark restore decides it");
  }
  if (!output.directory() && command.count("--pack-size") > 0)
    throw CLI::ValidationError("--pack-size", "is for -F directory");
}

std::unique_ptr<format::ArchiveWriter> create_archive(const ArchiveOutput& output, bool streams) {
  if (output.directory()) {
    auto folder = value_or_throw(storage::create_archive_folder(output.path, output.file_choice()));
    return value_or_throw(
        format::ArchiveWriter::create(std::move(folder), format::random_pack_choice(output.pack_bytes)));
  }
  auto sink = value_or_throw(storage::create_archive_file(output.path, output.file_choice()));
  const bool stream = streams && output.path == "-";
  return value_or_throw(stream ? format::ArchiveWriter::create_stream(std::move(sink))
                               : format::ArchiveWriter::create(std::move(sink)));
}

}  // namespace pgark::cli
