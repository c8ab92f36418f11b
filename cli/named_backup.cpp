#include "cli/named_backup.hpp"

#include <utility>

#include "cli/text.hpp"

namespace pgark::cli {

void clean_place(storage::Catalogue& catalogue, const std::string& database, Console& console) {
  for (const std::string& name : value_or_throw(catalogue.clean(database)))
    console.message(Severity::notice, "removed what a run that died had left", printable(name));
}

BackupFiles backup_files(const storage::Store& store, const storage::BackupName& name) {
  const std::string key = storage::metadata_key(name);
  return {name.database, storage::archive_key(name), key,
          value_or_throw(store.read_small(key, storage::kMetadataBytesMax))};
}

NamedBackup::NamedBackup(const PlaceOptions& place, const ArchiveOutput& output, const std::string& database,
                         Console& console)
    : store_(open_place(place, !output.no_sync)),
      catalogue_(*store_),
      lock_(value_or_throw(storage::Lock::acquire(*store_, database, "backup"))) {
  clean_place(catalogue_, database, console);
  backup_.name = {database, storage::time_now()};
  backup_.is_folder = output.directory();
  backup_.record = std::make_shared<storage::FileRecord>();
  const format::PackChoice packs =
      output.directory() ? format::random_pack_choice(output.pack_bytes) : format::PackChoice();
  writer_ = value_or_throw(catalogue_.create(backup_, packs));
}

storage::Metadata NamedBackup::complete(storage::Timeline timeline) {
  backup_.timeline = std::move(timeline);
  auto metadata = catalogue_.complete(backup_, backup_.name.started, storage::time_now());
  if (metadata) return std::move(*metadata);
  Error error = std::move(metadata).error();
  error.hint = "the archive " + archive() + " is complete, but its side file is not written: pgark verify " +
               storage::backup_name(backup_.name) + " writes it" + (error.hint.empty() ? "" : "; ") +
               error.hint;
  throw Exception(std::move(error));
}

}  // namespace pgark::cli
