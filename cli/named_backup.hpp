// A new backup in the place for backups: its name, its lock, its archive and its side file.
#pragma once

#include <memory>
#include <string>

#include "cli/archive_output.hpp"
#include "cli/backup_place.hpp"
#include "cli/console.hpp"
#include "format/writer.hpp"
#include "storage/catalogue/catalogue.hpp"
#include "storage/catalogue/lock.hpp"

namespace pgark::cli {

// What a backup has beside its archive, and needs where it is copied to.
struct BackupFiles {
  std::string database;
  std::string archive_key;
  std::string side_file_key;
  std::string side_file_text;
};

// Of a backup with a side file. Throws Exception.
BackupFiles backup_files(const storage::Store& store, const storage::BackupName& name);

class NamedBackup {
 public:
  // Takes the lock of the database's backups, removes what dead runs have left of them and begins the
  // archive. `output`: its format. Throws Exception.
  NamedBackup(const PlaceOptions& place, const ArchiveOutput& output, const std::string& database,
              Console& console);

  // Once.
  std::unique_ptr<format::ArchiveWriter> take_writer() { return std::move(writer_); }
  std::string archive() const { return store_->name(storage::archive_key(backup_.name)); }
  std::string side_file() const { return store_->name(storage::metadata_key(backup_.name)); }
  // When it is complete. Throws Exception.
  BackupFiles files() const { return backup_files(*store_, backup_.name); }
  // When the archive is committed: writes the side file. Throws Exception.
  storage::Metadata complete(storage::Timeline timeline);

 private:
  std::unique_ptr<storage::Store> store_;
  storage::Catalogue catalogue_;
  std::unique_ptr<storage::Lock> lock_;
  storage::NewBackup backup_;
  std::unique_ptr<format::ArchiveWriter> writer_;
};

// Removes what dead runs have left of backups of the database and says so. REQUIRES: its lock is held.
void clean_place(storage::Catalogue& catalogue, const std::string& database, Console& console);

}  // namespace pgark::cli
