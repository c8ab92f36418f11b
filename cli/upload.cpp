// pgark upload: copies an archive to other places.
#include "cli/upload.hpp"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "cli/archive_check.hpp"
#include "cli/archive_choice.hpp"
#include "cli/backup_place.hpp"
#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt_flag.hpp"
#include "cli/text.hpp"
#include "storage/catalogue/lock.hpp"
#include "storage/replica.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {
namespace {

struct UploadOptions {
  ArchiveChoice choice;
  std::vector<std::string>
      paths;  // the destinations; before split_paths() the archive too, unless it is --latest
  storage::FileChoice file;
};

std::string own_name(std::string_view archive) {
  while (archive.size() > 1 && archive.ends_with('/')) archive.remove_suffix(1);
  return std::string(archive.substr(archive.find_last_of('/') + 1));
}

struct Copy {
  std::string destination;
  std::unique_ptr<storage::Replica> replica;
  Result<> result;
  double seconds = 0;
};

nlohmann::json copies_json(const std::vector<Copy>& copies) {
  nlohmann::json all = nlohmann::json::array();
  for (const Copy& copy : copies) {
    all.push_back({{"destination", copy.destination},
                   {"complete", copy.result.has_value()},
                   {"seconds", copy.seconds}});
  }
  return all;
}

using OnBytes = std::function<bool(std::uint64_t)>;

// Each copy in a thread of its own, by `make`.
void run_copies(std::vector<Copy>& copies, std::uint64_t archive_bytes, Console& console,
                const std::function<Result<>(Copy&, const OnBytes&)>& make) {
  console.phase("uploading");
  reset_progress(console);
  console.progress.bytes_total = archive_bytes * copies.size();
  const OnBytes on_bytes = [&console](std::uint64_t bytes) {
    console.progress.bytes_done += bytes;
    return !InterruptFlag::raised();
  };
  std::vector<std::jthread> threads;
  for (Copy& copy : copies) {
    threads.emplace_back([&copy, &make, &on_bytes] {
      const auto start = std::chrono::steady_clock::now();
      copy.result = make(copy, on_bytes);
      copy.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    });
  }
}

// The exit status: of the first that failed.
int show_copies(const std::vector<Copy>& copies, std::uint64_t archive_bytes, Console& console) {
  console.stop_progress();
  int status = kExitOk;
  for (const Copy& copy : copies) {
    if (copy.result) {
      console.line(fmt::format("uploaded {} to {} in {}", human_bytes(archive_bytes),
                               printable(copy.destination), human_duration(copy.seconds)));
    } else {
      console.error(copy.result.error());
      if (status == kExitOk) status = exit_code(copy.result.error().code);
    }
  }
  return status;
}

// Into a place: of an archive of its own, or a backup with all that belongs to it.
class PlaceUpload {
 public:
  PlaceUpload(const UploadSource& source, Console& console) : source_(source), console_(console) {}

  // Any thread.
  Result<> copy(Copy& copy, const OnBytes& on_bytes) const {
    const auto store = storage::open_store(copy.destination);
    if (!store) return tl::unexpected<Error>(store.error());
    const auto& backup = source_.backup;
    const std::string key = backup ? backup->archive_key : own_name(source_.path);
    copy.destination = (*store)->name(key);
    if (!backup) return copy_archive(**store, key, on_bytes);
    // A run that prunes there would take what has come so far for what a dead run has left.
    const auto lock = storage::Lock::acquire(**store, backup->database, "upload");
    if (!lock) return tl::unexpected<Error>(lock.error());
    storage::Catalogue catalogue(**store);
    try {
      clean_place(catalogue, backup->database, console_);
    } catch (const Exception& exception) {
      return tl::unexpected<Error>(exception.error());
    }
    if (auto copied = copy_archive(**store, key, on_bytes); !copied) return copied;
    return (*store)->write_small(backup->side_file_key, backup->side_file_text);
  }

 private:
  Result<> copy_archive(storage::Store& store, const std::string& key, const OnBytes& on_bytes) const {
    const auto replica = storage::Replica::begin_in(store, key, source_.packs > 0, source_.overwrite);
    return replica ? (*replica)->copy(source_.path, source_.packs, on_bytes)
                   : tl::unexpected<Error>(replica.error());
  }

  const UploadSource& source_;
  Console& console_;
};

UploadSource source_of(const ChosenArchive& archive, bool overwrite) {
  UploadSource source;
  source.path = archive.name();
  if (archive.backup() && archive.backup()->metadata)
    source.backup = backup_files(archive.catalogue()->store(), archive.backup()->name);
  source.packs = archive->packs();
  source.file_bytes = archive->file_bytes();
  source.overwrite = overwrite;
  return source;
}

// One that ends in / is a place where a backup is a backup again; all others, a file or folder of that name,
// can be begun before anything is copied.
std::vector<Copy> begin_copies(const UploadSource& source, const std::vector<std::string>& destinations,
                               storage::FileChoice choice) {
  std::vector<Copy> copies;
  std::set<std::string> names;
  for (const std::string& destination : destinations) {
    const bool is_place = destination.ends_with('/');
    const std::string name = is_place ? destination + own_name(source.path) : destination;
    if (!names.insert(name).second)
      throw Exception(fail(ErrorCode::usage, "is named twice as a destination", name).value());
    Copy copy{name, nullptr, {}, 0};
    if (is_place && source.backup)
      copy.destination = destination;
    else
      copy.replica = value_or_throw(storage::Replica::begin(name, source.packs > 0, choice));
    copies.push_back(std::move(copy));
  }
  return copies;
}

// Who forgets the slash gets an archive of that name, which no list shows.
void warn_of_names(const std::vector<std::string>& destinations, Console& console) {
  for (const std::string& name : destinations) {
    if (name.ends_with('/') || name.ends_with(storage::kArchiveSuffix)) continue;
    console.message(Severity::warning, "becomes the archive's name; a place for backups ends in /",
                    printable(name));
  }
}

int run_upload(const UploadOptions& options, Console& console) {
  console.about(subject_of(options.choice));
  const ChosenArchive archive = open_archive(options.choice, console);
  console.about(subject_of(archive));
  const InterruptFlag interrupts;
  const UploadSource source = source_of(archive, options.file.overwrite);
  const PlaceUpload upload(source, console);
  std::vector<Copy> copies = begin_copies(source, options.paths, options.file);
  if (source.backup) warn_of_names(options.paths, console);
  run_copies(copies, source.file_bytes, console, [&](Copy& copy, const OnBytes& on_bytes) {
    return copy.replica ? copy.replica->copy(source.path, source.packs, on_bytes)
                        : upload.copy(copy, on_bytes);
  });
  const int status = show_copies(copies, source.file_bytes, console);
  console.result({{"command", "upload"},
                  {"archive", source.path},
                  {"file_bytes", source.file_bytes},
                  {"destinations", copies_json(copies)}});
  return status;
}

// What is copied, and where to. Throws CLI::ValidationError when one is missing.
void split_paths(UploadOptions& options) {
  if (!options.choice.latest && !options.paths.empty()) {
    options.choice.archive = options.paths.front();
    options.paths.erase(options.paths.begin());
  }
  check_archive_choice(options.choice);
  if (options.paths.empty())
    throw CLI::ValidationError("DESTINATION", "is required: where to copy the archive");
}

}  // namespace

std::vector<std::string> upload_places(const std::vector<std::string>& given, const std::string& own) {
  std::set<std::string> names;
  for (const std::string& place : given) {
    const auto store = value_or_throw(storage::open_store(place));
    const std::string name = full_place_name(*store);
    const bool is_own = name == own;
    if (!is_own && names.insert(name).second) continue;
    throw Exception(fail(ErrorCode::usage,
                         is_own ? "is where the backup itself goes" : "is named twice as a place to copy to",
                         place, "name another place with --upload or PGARK_UPLOAD")
                        .value());
  }
  return given;
}

int upload_to_places(const UploadSource& source, const std::vector<std::string>& places, Console& console,
                     nlohmann::json& copies_made) {
  const InterruptFlag interrupts;
  const PlaceUpload upload(source, console);
  std::vector<Copy> copies;
  for (const std::string& place : places) copies.push_back({place, nullptr, {}, 0});
  run_copies(copies, source.file_bytes, console,
             [&upload](Copy& copy, const OnBytes& on_bytes) { return upload.copy(copy, on_bytes); });
  copies_made = copies_json(copies);
  return show_copies(copies, source.file_bytes, console);
}

void add_upload_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<UploadOptions>();
  CLI::App* command = program.add_subcommand("upload", "Copy an archive to other places, several at once");
  command->set_help_flag("--help", "show this page");
  command
      ->add_option("paths", options->paths,
                   "archive to copy, a path, s3://BUCKET/KEY, gs://, az:// or the name of a backup (not with "
                   "--latest), and where to: "
                   "likewise; one that ends in / gets the archive's own name")
      ->type_name("ARCHIVE DESTINATION");
  add_latest_choice(*command, options->choice);
  command->add_flag("--overwrite", options->file.overwrite,
                    "replace what has this name, when the new is complete");
  add_notify_options(*command, invocation.notify);
  add_console_options(*command, invocation.console);
  command->footer(
      "The bytes stay what they are, and so does the form: a file or a folder. Each destination is complete, "
      "or not there;\none that fails does not stop the others. A backup that has a side file takes it along "
      "where the destination ends in /.\ndocs/object-storage.md has the settings and keys.\n\n"
      "Examples:\n"
      "  pgark upload shop.pgark s3://backups/night/ az://second-site/shop.pgark\n"
      "  pgark upload --latest s3://backups/night/");
  command->callback([options, &invocation] {
    split_paths(*options);
    invocation.run = [options](Console& console) { return run_upload(*options, console); };
  });
}

}  // namespace pgark::cli
