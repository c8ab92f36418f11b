#include "storage/catalogue/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "format/layout.hpp"
#include "storage/catalogue/stream_hash.hpp"

namespace pgark::storage {
namespace {

// A key taken apart: "<name>.pgark<rest>", where rest is empty, ".metadata.json" or "/<file>".
struct BackupKey {
  BackupName name;
  std::string rest;
};

std::optional<BackupKey> parse_key(const std::string& key) {
  const std::size_t slash = key.find('/');
  std::string_view top = std::string_view(key).substr(0, slash);
  std::string rest = slash == std::string::npos ? std::string() : key.substr(slash);
  if (rest.empty() && top.ends_with(kMetadataSuffix)) {
    top.remove_suffix(kMetadataSuffix.size());
    rest = kMetadataSuffix;
  }
  if (!top.ends_with(kArchiveSuffix)) return std::nullopt;
  top.remove_suffix(kArchiveSuffix.size());
  auto name = parse_backup_name(top);
  if (!name) return std::nullopt;
  return BackupKey{std::move(*name), std::move(rest)};
}

// Of an archive or a side file that is under construction: whose it is.
bool is_of(const std::string& key, const std::string& database) {
  const auto parsed = parse_key(key);
  return parsed && parsed->name.database == database;
}

// What is known of a backup from the names of objects alone.
struct Found {
  bool file = false, folder = false, toc = false, metadata = false;
  std::vector<std::string> keys;
  std::uint64_t bytes = 0;
};

BackupState state_of(const Found& found) {
  if (!found.file && !found.folder) return BackupState::orphaned;
  if (found.folder && !found.file && !found.toc) return BackupState::unfinished;
  return BackupState::unlisted;
}

const char* without_metadata(BackupState state) {
  if (state == BackupState::orphaned) return "its archive is gone";
  if (state == BackupState::unfinished) return "its table of contents is missing";
  return "it has no side file: pgark verify writes one";
}

bool is_pack(std::string_view file) {
  constexpr std::string_view kPack = "/pack-";
  if (!file.starts_with(kPack) || file.size() == kPack.size()) return false;
  return std::ranges::all_of(file.substr(kPack.size()), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_toc(const std::string& key) {
  return key.ends_with("/" + std::string(format::layout::kTocFile));
}

}  // namespace

const char* state_name(BackupState state) {
  switch (state) {
    case BackupState::complete: return "complete";
    case BackupState::incomplete: return "incomplete";
    case BackupState::damaged: return "damaged";
    case BackupState::unlisted: return "unlisted";
    case BackupState::unfinished: return "unfinished";
    case BackupState::orphaned: return "orphaned";
  }
  return "unlisted";
}

// Without side files read.
Result<std::vector<Backup>> Catalogue::scan(const std::string& database) const {
  const std::string prefix = database.empty() ? std::string() : escape_database(database) + "_";
  const auto objects = store_.list(prefix);
  if (!objects) return tl::unexpected<Error>(objects.error());
  std::map<BackupName, Found> found;
  for (const ObjectInfo& object : *objects) {
    const auto key = parse_key(object.key);
    if (!key || (!database.empty() && key->name.database != database)) continue;
    Found& backup = found[key->name];
    if (key->rest == kMetadataSuffix) {
      backup.metadata = true;
      continue;
    }
    const bool toc = is_toc(object.key);
    if (!key->rest.empty() && !toc && !is_pack(key->rest)) continue;  // nothing of ours
    (key->rest.empty() ? backup.file : backup.folder) = true;
    backup.toc = backup.toc || toc;
    backup.keys.push_back(object.key);
    backup.bytes += object.size_bytes;
  }
  std::vector<Backup> backups;
  for (auto& [name, facts] : found) {
    Backup backup;
    backup.name = name;
    backup.state = state_of(facts);
    backup.is_folder = facts.folder && !facts.file;
    backup.keys = std::move(facts.keys);
    backup.bytes = facts.bytes;
    if (!facts.metadata || backup.state != BackupState::unlisted)
      backup.problem = without_metadata(backup.state);
    backups.push_back(std::move(backup));
  }
  std::ranges::sort(backups, [](const Backup& one, const Backup& other) {
    return std::pair(one.name.started, one.name.database) <
           std::pair(other.name.started, other.name.database);
  });
  return backups;
}

// A side file that is not there or cannot be used is told by `problem`.
void Catalogue::load(Backup& backup) const {
  if (!backup.problem.empty()) return;
  const std::string key = metadata_key(backup.name);
  const auto text = store_.read_small(key, kMetadataBytesMax);
  if (!text) {
    backup.problem = text.error().message;
    return;
  }
  auto metadata = decode_metadata(*text, store_.name(key));
  if (!metadata) {
    backup.problem = metadata.error().message;
    return;
  }
  if (metadata->name != backup.text()) {
    backup.problem = "its side file is that of another backup, " + metadata->name;
    return;
  }
  backup.state = metadata->complete ? BackupState::complete : BackupState::incomplete;
  if (metadata->known_damage() != nullptr) backup.state = BackupState::damaged;
  backup.metadata = std::move(*metadata);
}

Result<std::vector<Backup>> Catalogue::list(const std::string& database) const {
  auto backups = scan(database);
  if (!backups) return backups;
  for (Backup& backup : *backups) load(backup);
  return backups;
}

Result<std::vector<std::string>> Catalogue::databases() const {
  const auto backups = scan({});
  if (!backups) return tl::unexpected<Error>(backups.error());
  std::set<std::string> names;
  for (const Backup& backup : *backups) names.insert(backup.name.database);
  return std::vector<std::string>(names.begin(), names.end());
}

Result<Backup> Catalogue::find(const std::string& name) const {
  std::string_view text = name;
  if (text.ends_with(kArchiveSuffix)) text.remove_suffix(kArchiveSuffix.size());
  if (const auto parsed = parse_backup_name(text)) {
    auto backups = scan(parsed->database);
    if (!backups) return tl::unexpected<Error>(std::move(backups).error());
    const auto found = std::ranges::find(*backups, *parsed, &Backup::name);
    if (found != backups->end()) {
      load(*found);
      return std::move(*found);
    }
  }
  return fail(ErrorCode::usage, "there is no backup \"" + name + "\"", store_.name({}),
              "pgark list shows the backups; --backup-dir or BACKUP_DIR names where they are");
}

Result<Backup> Catalogue::latest(const std::string& database, std::vector<Backup>* passed_over) const {
  auto backups = scan(database);
  if (!backups) return tl::unexpected<Error>(std::move(backups).error());
  std::set<std::string> databases;
  for (const Backup& backup : *backups) databases.insert(backup.name.database);
  if (databases.size() > 1) {
    return fail(ErrorCode::usage, "there are backups of several databases", store_.name({}),
                fmt::format("say which one is meant with --of {}", *databases.begin()));
  }
  const TimePoint now = time_now();
  std::optional<Backup> of_future;
  for (auto backup = backups->rbegin(); backup != backups->rend(); ++backup) {
    load(*backup);
    const bool complete = backup->state == BackupState::complete;
    if (complete && !is_in_future(backup->name.started, now)) return std::move(*backup);
    if (complete && !of_future) of_future = *backup;
    if (passed_over != nullptr && !backup->keys.empty()) passed_over->push_back(std::move(*backup));
  }
  if (of_future) {
    if (passed_over != nullptr)
      std::erase_if(*passed_over, [&](const Backup& one) { return one.name == of_future->name; });
    return std::move(*of_future);
  }
  const std::string what = database.empty() ? std::string() : " of database \"" + database + "\"";
  return fail(ErrorCode::usage, "there is no complete backup" + what, store_.name({}),
              "pgark list shows the backups; --backup-dir or BACKUP_DIR names where they are");
}

Result<std::unique_ptr<format::ArchiveReader>> Catalogue::open(const Backup& backup) const {
  const std::string key = archive_key(backup.name);
  if (backup.is_folder) {
    auto folder = store_.open_folder(key);
    if (!folder) return tl::unexpected<Error>(std::move(folder).error());
    return format::ArchiveReader::open(std::move(*folder));
  }
  auto source = store_.open(key);
  if (!source) return tl::unexpected<Error>(std::move(source).error());
  return format::ArchiveReader::open(std::move(*source));
}

Result<std::unique_ptr<format::ArchiveWriter>> Catalogue::create(const NewBackup& backup,
                                                                 const format::PackChoice& packs) {
  const std::string key = archive_key(backup.name);
  if (backup.is_folder) {
    auto folder = store_.create_folder(key);
    if (!folder) return tl::unexpected<Error>(std::move(folder).error());
    return format::ArchiveWriter::create(hashing_folder(std::move(*folder), key, backup.record), packs);
  }
  auto sink = store_.create(key, /*overwrite=*/false);
  if (!sink) return tl::unexpected<Error>(std::move(sink).error());
  return format::ArchiveWriter::create(hashing_sink(std::move(*sink), key, backup.record));
}

Result<Metadata> Catalogue::complete(const NewBackup& made, TimePoint started, TimePoint finished) {
  Backup backup;
  backup.name = made.name;
  backup.is_folder = made.is_folder;
  const auto archive = open(backup);
  if (!archive) return tl::unexpected<Error>(archive.error());
  Metadata metadata = metadata_of(**archive);
  metadata.name = backup_name(made.name);
  metadata.started = started;
  metadata.finished = finished;
  metadata.duration_seconds = std::chrono::duration<double>(finished - started).count();
  metadata.files = made.record->files();
  metadata.timeline = made.timeline;
  if (auto read = read_digests(metadata.files); !read) return tl::unexpected<Error>(read.error());
  if (auto written = store_.write_small(metadata_key(made.name), encode_metadata(metadata)); !written)
    return tl::unexpected<Error>(written.error());
  return metadata;
}

// Those that are not known.
Result<> Catalogue::read_digests(std::vector<FileFacts>& files) const {
  for (FileFacts& file : files) {
    if (!file.sha256.empty()) continue;
    const auto source = store_.open(file.name);
    if (!source) return tl::unexpected<Error>(source.error());
    auto digest = sha256_of(**source);
    if (!digest) return tl::unexpected<Error>(digest.error());
    file.sha256 = std::move(*digest);
  }
  return {};
}

// Not one of a later version, which somebody else can read, not that of another backup, and not somebody's
// own file.
bool Catalogue::has_damaged_metadata(const Backup& backup) const {
  const std::string key = metadata_key(backup.name);
  const auto text = store_.read_small(key, kMetadataBytesMax);
  if (!text) return false;
  return is_damaged_metadata(*text);
}

Result<> Catalogue::record(const Backup& backup, const Verification& verification) {
  const std::string key = metadata_key(backup.name);
  const auto now = find(backup.text());
  if (!now) return {};  // removed meanwhile
  if (now->metadata) {
    const auto text = store_.read_small(key, kMetadataBytesMax);
    if (!text) return tl::unexpected<Error>(text.error());
    const auto added = add_verification(*text, verification, store_.name(key));
    return added ? store_.write_small(key, *added) : tl::unexpected<Error>(added.error());
  }
  const auto there = store_.list(key);
  if (!there) return tl::unexpected<Error>(there.error());
  if (!there->empty() && !has_damaged_metadata(*now))
    return fail(ErrorCode::archive_damaged, now->problem, store_.name(key));
  const auto archive = open(*now);
  if (!archive) return {};  // nothing that a side file could be of
  Metadata metadata = metadata_of(**archive);
  metadata.name = now->text();
  for (const std::string& object : now->keys) {
    const auto source = store_.open(object);
    const auto size = source ? (*source)->size() : tl::unexpected<Error>(source.error());
    if (!size) return tl::unexpected<Error>(size.error());
    metadata.files.push_back({object, *size, {}});
  }
  if (auto read = read_digests(metadata.files); !read) return read;
  metadata.verifications.push_back(verification);
  return store_.write_small(key, encode_metadata(metadata));
}

Result<> Catalogue::remove(const Backup& backup) {
  std::vector<std::string> keys = backup.keys;
  std::ranges::stable_partition(keys, is_toc);
  keys.push_back(metadata_key(backup.name));
  for (const std::string& key : keys) {
    if (auto removed = store_.remove(key); !removed) return removed;
  }
  return {};
}

Result<std::vector<std::string>> Catalogue::clean(const std::string& database) {
  std::vector<std::string> removed;
  const auto unfinished = store_.list_unfinished(escape_database(database) + "_");
  if (!unfinished) return unfinished;
  for (const std::string& key : *unfinished) {
    if (!is_of(key, database)) continue;
    const auto gone = store_.remove_unfinished(key);
    if (!gone) return tl::unexpected<Error>(gone.error());
    if (*gone) removed.push_back(store_.name(key));
  }
  const auto backups = list(database);
  if (!backups) return tl::unexpected<Error>(backups.error());
  for (const Backup& backup : *backups) {
    if (backup.state == BackupState::orphaned) {
      // Only what is a side file indeed.
      const std::string key = metadata_key(backup.name);
      const auto text = store_.read_small(key, kMetadataBytesMax);
      if (!text || !decode_metadata(*text, key)) continue;
    } else if (backup.state != BackupState::unfinished) {
      continue;
    }
    if (auto gone = remove(backup); !gone) return tl::unexpected<Error>(gone.error());
    removed.push_back(store_.name(archive_key(backup.name)));
  }
  return removed;
}

}  // namespace pgark::storage
