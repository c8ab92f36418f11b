// The backups in a place: their names, what is known of them, and what dead runs left behind.
//
// A backup is an archive with the name of one (backup_name.hpp), its side file (metadata.hpp) beside it. The
// side file is written last and removed last: an archive without one is no finished backup, a side file
// without one is what is left of a removal. Anything else in the place is somebody else's and never touched.
//
// Blocking, as Store is. Not thread safe. The store outlives the catalogue, and what is opened through it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "format/reader.hpp"
#include "format/writer.hpp"
#include "storage/catalogue/backup_name.hpp"
#include "storage/catalogue/hashing_sink.hpp"
#include "storage/catalogue/metadata.hpp"
#include "storage/store.hpp"

namespace pgark::storage {

enum class BackupState : std::uint8_t {
  complete,    // an archive with all that was asked for
  incomplete,  // an object could not be saved: its report names it
  damaged,     // a verification has found so
  unlisted,    // an archive without a side file, or with one that cannot be used
  unfinished,  // files of an archive without its table of contents
  orphaned,    // a side file whose archive is gone
};
const char* state_name(BackupState state);

struct Backup {
  BackupName name;
  BackupState state = BackupState::unlisted;
  bool is_folder = false;         // an archive of several files
  std::vector<std::string> keys;  // of the archive's objects
  std::uint64_t bytes = 0;        // of these together
  std::optional<Metadata> metadata;
  std::string problem;  // why there is none

  std::string text() const { return backup_name(name); }
};

// Of a new archive: where it goes and what remembers it.
struct NewBackup {
  BackupName name;
  bool is_folder = false;
  std::shared_ptr<FileRecord> record;
  std::optional<Timeline> timeline = {};  // of the run, when it is over
};

class Catalogue {
 public:
  explicit Catalogue(Store& store) : store_(store) {}

  // Oldest first, of one database or (empty) of all.
  Result<std::vector<Backup>> list(const std::string& database = {}) const;
  // That have backups here, or something of them.
  Result<std::vector<std::string>> databases() const;
  // By its name, with or without the archive's suffix. Errors: usage when there is none.
  Result<Backup> find(const std::string& name) const;
  // The newest complete one, of those that are in the future only when there is no other; `passed_over`, when
  // not null, gets the archives that are newer. Errors: usage when there is none, or `database` is empty and
  // there are some of several databases.
  Result<Backup> latest(const std::string& database = {}, std::vector<Backup>* passed_over = nullptr) const;

  Result<std::unique_ptr<format::ArchiveReader>> open(const Backup& backup) const;

  // Begins an archive with that name. REQUIRES: the database's Lock is held.
  Result<std::unique_ptr<format::ArchiveWriter>> create(const NewBackup& backup,
                                                        const format::PackChoice& packs);
  // Writes the side file of an archive that is there, from what it says itself, what the record says and
  // the exact times. Digests that the record does not have are computed by reading the files.
  Result<Metadata> complete(const NewBackup& backup, TimePoint started, TimePoint finished);
  // Adds to the side file; a backup that has none, or one that is damaged, gets a new one. Nothing when the
  // archive is gone meanwhile.
  Result<> record(const Backup& backup, const Verification& verification);

  // The archive first, of several files its table of contents first of all; the side file last. So nothing
  // is left at any moment that looks whole and is not. REQUIRES: the database's Lock is held.
  Result<> remove(const Backup& backup);
  // Removes what dead runs have left of backups of this database and names it. REQUIRES: its Lock is held.
  Result<std::vector<std::string>> clean(const std::string& database);

  Store& store() const { return store_; }

 private:
  Result<std::vector<Backup>> scan(const std::string& database) const;
  void load(Backup& backup) const;
  bool has_damaged_metadata(const Backup& backup) const;
  Result<> read_digests(std::vector<FileFacts>& files) const;

  Store& store_;
};

}  // namespace pgark::storage
