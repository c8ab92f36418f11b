// pgark upload: copies an archive to other places.
#include "cli/upload.hpp"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "cli/archive_check.hpp"
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
  std::string archive;
  std::vector<std::string> destinations;
  storage::FileChoice file;
};

// One that names a folder gets the archive's own name in it.
std::string full_name(const std::string& destination, const std::string& archive) {
  if (!destination.ends_with('/')) return destination;
  std::string name = archive;
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return destination + name.substr(name.find_last_of('/') + 1);
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

// Of an archive of its own, or a backup with all that belongs to it.
class PlaceUpload {
 public:
  PlaceUpload(const std::string& path, const NamedBackup* backup, bool overwrite, Console& console)
      : path_(path),
        backup_(backup),
        overwrite_(overwrite),
        console_(console),
        packs_(value_or_throw(storage::open_archive(path))->packs()),
        side_file_(backup != nullptr ? backup->side_file_text() : std::string()) {}

  // Any thread.
  Result<> copy(Copy& copy, const OnBytes& on_bytes) const {
    const auto store = storage::open_store(copy.destination);
    if (!store) return tl::unexpected<Error>(store.error());
    const std::string key = backup_ != nullptr ? backup_->archive_key() : full_name("/", path_).substr(1);
    copy.destination = (*store)->name(key);
    if (backup_ == nullptr) return copy_archive(**store, key, on_bytes);
    // A run that prunes there would take what has come so far for what a dead run has left.
    const auto lock = storage::Lock::acquire(**store, backup_->database(), "upload");
    if (!lock) return tl::unexpected<Error>(lock.error());
    storage::Catalogue catalogue(**store);
    try {
      clean_place(catalogue, backup_->database(), console_);
    } catch (const Exception& exception) {
      return tl::unexpected<Error>(exception.error());
    }
    if (auto copied = copy_archive(**store, key, on_bytes); !copied) return copied;
    return (*store)->write_small(backup_->side_file_key(), side_file_);
  }

 private:
  Result<> copy_archive(storage::Store& store, const std::string& key, const OnBytes& on_bytes) const {
    const auto replica = storage::Replica::begin_in(store, key, packs_ > 0, overwrite_);
    return replica ? (*replica)->copy(path_, packs_, on_bytes) : tl::unexpected<Error>(replica.error());
  }

  const std::string path_;
  const NamedBackup* const backup_;
  const bool overwrite_;
  Console& console_;
  const std::uint32_t packs_;
  const std::string side_file_;
};

}  // namespace

int upload_archive(const std::string& name, const format::ArchiveReader& archive,
                   const std::vector<std::string>& destinations, storage::FileChoice choice,
                   Console& console) {
  const InterruptFlag interrupts;
  std::vector<Copy> copies;
  std::set<std::string> names;
  for (const std::string& destination : destinations) {
    const std::string full = full_name(destination, name);
    if (!names.insert(full).second)
      throw Exception(fail(ErrorCode::usage, "is named twice as a destination", full).value());
    auto replica = value_or_throw(storage::Replica::begin(full, archive.packs() > 0, choice));
    copies.push_back({full, std::move(replica), {}, 0});
  }
  run_copies(copies, archive.file_bytes(), console, [&](Copy& copy, const OnBytes& on_bytes) {
    return copy.replica->copy(name, archive.packs(), on_bytes);
  });
  const int status = show_copies(copies, archive.file_bytes(), console);
  console.result({{"command", "upload"},
                  {"archive", name},
                  {"file_bytes", archive.file_bytes()},
                  {"destinations", copies_json(copies)}});
  return status;
}

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
  const PlaceUpload upload(source.path, source.backup, source.overwrite, console);
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
  command->add_option("archive", options->archive, "archive to copy: a path, s3://BUCKET/KEY, gs:// or az://")
      ->type_name("ARCHIVE")
      ->required();
  command
      ->add_option(
          "destination", options->destinations,
          "where to: s3://BUCKET/KEY, gs://, az:// or a path; one that ends in / gets the archive's own name")
      ->type_name("DESTINATION")
      ->required()
      ->expected(1, CLI::detail::expected_max_vector_size);
  command->add_flag("--overwrite", options->file.overwrite,
                    "replace what has this name, when the new is complete");
  add_notify_options(*command, invocation.notify);
  add_console_options(*command, invocation.console);
  command->footer(
      "The bytes stay what they are, and so does the form: a file or a folder. Each destination is complete, "
      "or "
      "not there;\none that fails does not stop the others. docs/object-storage.md has the settings and "
      "keys.\n\n"
      "Example:\n"
      "  pgark upload shop.pgark s3://backups/night/ az://second-site/shop.pgark");
  command->callback([options, &invocation] {
    invocation.run = [options](Console& console) {
      console.about({{}, options->archive, {}, {}});
      const auto archive = value_or_throw(storage::open_archive(options->archive));
      return upload_archive(options->archive, *archive, options->destinations, options->file, console);
    };
  });
}

}  // namespace pgark::cli
