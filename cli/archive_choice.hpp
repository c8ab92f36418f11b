// The archive that a command reads: a path, the name of a backup, or the latest backup.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/events.hpp"
#include "cli/backup_place.hpp"
#include "cli/run_report.hpp"
#include "format/reader.hpp"
#include "storage/catalogue/catalogue.hpp"

namespace pgark::cli {

struct ArchiveChoice {
  std::string archive;  // as given
  bool latest = false;
  std::string of;  // database
  PlaceOptions place;
};

// The positional argument and --latest, --of, --backup-dir. `text`: the argument's help.
void add_archive_choice(CLI::App& command, ArchiveChoice& choice, const std::string& text);
// Without the argument. Returns --latest.
CLI::Option* add_latest_choice(CLI::App& command, ArchiveChoice& choice);
// Exactly one archive is named. Throws CLI::ValidationError.
void check_archive_choice(const ArchiveChoice& choice);

// An open archive and, when it is one of a place with backups, which.
class ChosenArchive {
 public:
  const format::ArchiveReader& operator*() const { return *reader_; }
  const format::ArchiveReader* operator->() const { return reader_.get(); }
  // As a person would name it.
  const std::string& name() const { return name_; }
  // Null and none when it is no backup of a place.
  storage::Catalogue* catalogue() const { return catalogue_.get(); }
  const std::optional<storage::Backup>& backup() const { return backup_; }

 private:
  friend class ArchiveFinder;
  std::string name_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<storage::Catalogue> catalogue_;
  std::optional<storage::Backup> backup_;
  std::unique_ptr<format::ArchiveReader> reader_;
};

// Finds and opens it; tells `events` which backup --latest is. A name that is a path to something wins over a
// backup's. Throws Exception.
ChosenArchive open_archive(const ArchiveChoice& choice, EventSink& events);

// The same without opening: a backup of a place, or only a name.
ChosenArchive find_archive(const ArchiveChoice& choice, EventSink& events);
// REQUIRES: from find_archive().
void open_found(ChosenArchive& archive);

// What a run is about, before the archive is found and afterwards.
RunSubject subject_of(const ArchiveChoice& choice);
RunSubject subject_of(const ChosenArchive& archive);

}  // namespace pgark::cli
