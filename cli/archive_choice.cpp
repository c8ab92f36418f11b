#include "cli/archive_choice.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "cli/text.hpp"
#include "storage/partial_name.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

class ArchiveFinder {
 public:
  ArchiveFinder(const ArchiveChoice& choice, EventSink& events) : choice_(choice), events_(events) {}

  ChosenArchive find() {
    if (choice_.latest) return latest();
    if (!is_path(choice_.archive) && parse(choice_.archive)) {
      ChosenArchive chosen = in_place(open_place(choice_.place));
      take(chosen, value_or_throw(chosen.catalogue_->find(choice_.archive)));
      return chosen;
    }
    return by_path();
  }

  static void open(ChosenArchive& chosen) {
    auto reader =
        chosen.backup_ ? chosen.catalogue_->open(*chosen.backup_) : storage::open_archive(chosen.name_);
    if (!reader && reader.error().code == ErrorCode::io && !is_path(chosen.name_)) {
      Error error = std::move(reader).error();
      error.hint = "it is no file here, and no name of a backup: pgark list shows those";
      throw Exception(std::move(error));
    }
    chosen.reader_ = value_or_throw(std::move(reader));
  }

 private:
  // Of something that is there, or that a name of a backup cannot be.
  static bool is_path(const std::string& name) {
    struct stat status {};
    return name.find('/') != std::string::npos || ::lstat(name.c_str(), &status) == 0;
  }

  static std::optional<storage::BackupName> parse(std::string_view name) {
    if (name.ends_with(storage::kArchiveSuffix)) name.remove_suffix(storage::kArchiveSuffix.size());
    return storage::parse_backup_name(name);
  }

  static ChosenArchive in_place(std::unique_ptr<storage::Store> store) {
    ChosenArchive chosen;
    chosen.store_ = std::move(store);
    chosen.catalogue_ = std::make_unique<storage::Catalogue>(*chosen.store_);
    return chosen;
  }

  static void take(ChosenArchive& chosen, storage::Backup backup) {
    chosen.name_ = chosen.store_->name(storage::archive_key(backup.name));
    chosen.backup_ = std::move(backup);
  }

  ChosenArchive latest() {
    ChosenArchive chosen = in_place(open_place(choice_.place));
    std::vector<storage::Backup> passed_over;
    take(chosen, value_or_throw(chosen.catalogue_->latest(choice_.of, &passed_over)));
    const double age_s =
        std::chrono::duration<double>(storage::time_now() - chosen.backup_->name.started).count();
    for (const storage::Backup& newer : passed_over) {
      const bool future = storage::is_in_future(newer.name.started, storage::time_now());
      events_.message(Severity::warning,
                      fmt::format("is newer, but {}: passed over",
                                  future ? "in the future" : storage::state_name(newer.state)),
                      printable(newer.text()));
    }
    if (storage::is_in_future(chosen.backup_->name.started, storage::time_now()))
      events_.message(Severity::warning, "its time is in the future: a clock was wrong",
                      printable(chosen.name_));
    events_.message(Severity::info,
                    fmt::format("the latest backup is {}, {} old", printable(chosen.name_),
                                human_duration(std::max(age_s, 0.0))),
                    {});
    return chosen;
  }

  // One that is named like a backup, and has a side file, is one.
  ChosenArchive by_path() {
    std::string path = choice_.archive;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    const std::string last = path.substr(path.find_last_of('/') + 1);
    if (last.ends_with(storage::kArchiveSuffix) && parse(last) && storage::check_name(path)) {
      ChosenArchive chosen = in_place(value_or_throw(storage::open_store(storage::folder_of(path))));
      auto backup = chosen.catalogue_->find(last);
      if (backup && backup->metadata) {
        take(chosen, std::move(*backup));
        chosen.name_ = path;
        return chosen;
      }
    }
    ChosenArchive chosen;
    chosen.name_ = choice_.archive;
    return chosen;
  }

  const ArchiveChoice& choice_;
  EventSink& events_;
};

void add_archive_choice(CLI::App& command, ArchiveChoice& choice, const std::string& text) {
  CLI::Option* archive = command.add_option("archive", choice.archive, text)->type_name("ARCHIVE");
  add_latest_choice(command, choice)->excludes(archive);
}

CLI::Option* add_latest_choice(CLI::App& command, ArchiveChoice& choice) {
  CLI::Option* latest = command.add_flag("--latest", choice.latest, "the newest complete backup instead");
  command.add_option("--of", choice.of, "with --latest: of this database")->type_name("DATABASE");
  add_place_option(command, choice.place);
  return latest;
}

void check_archive_choice(const ArchiveChoice& choice) {
  if (!choice.latest && choice.archive.empty())
    throw CLI::ValidationError("archive", "is required: a path, the name of a backup, or --latest");
  if (!choice.of.empty() && !choice.latest) throw CLI::ValidationError("--of", "is for --latest");
}

ChosenArchive find_archive(const ArchiveChoice& choice, EventSink& events) {
  return ArchiveFinder(choice, events).find();
}

void open_found(ChosenArchive& archive) {
  ArchiveFinder::open(archive);
}

RunSubject subject_of(const ArchiveChoice& choice) {
  RunSubject subject;
  subject.database = choice.of;
  subject.archive = choice.archive;
  // A name is looked for in the place, a path is not.
  if (choice.archive.find('/') == std::string::npos) subject.place = place_name(choice.place);
  subject.asked_database = choice.of;
  return subject;
}

RunSubject subject_of(const ChosenArchive& archive) {
  RunSubject subject;
  subject.archive = archive.name();
  if (archive.backup()) subject.database = archive.backup()->name.database;
  return subject;
}

ChosenArchive open_archive(const ArchiveChoice& choice, EventSink& events) {
  ChosenArchive chosen = find_archive(choice, events);
  open_found(chosen);
  return chosen;
}

}  // namespace pgark::cli
