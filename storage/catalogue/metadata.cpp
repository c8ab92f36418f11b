#include "storage/catalogue/metadata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "storage/catalogue/backup_name.hpp"

namespace pgark::storage {
namespace {

using nlohmann::json;

constexpr const char* kSchema = "pgark-backup";
constexpr std::size_t kVerificationsMax = 100;

constexpr std::array<std::pair<VerifyLevel, const char*>, 4> kLevels{{{VerifyLevel::index, "index"},
                                                                      {VerifyLevel::bytes, "bytes"},
                                                                      {VerifyLevel::decode, "decode"},
                                                                      {VerifyLevel::restore, "restore"}}};
constexpr std::array<std::pair<format::ReportLevel, const char*>, 3> kReportLevels{
    {{format::ReportLevel::info, "info"},
     {format::ReportLevel::warning, "warning"},
     {format::ReportLevel::lost, "lost"}}};

template <class Value, std::size_t Count>
const char* name_of(const std::array<std::pair<Value, const char*>, Count>& names, Value value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  return names.front().second;
}

template <class Value, std::size_t Count>
std::optional<Value> value_of(const std::array<std::pair<Value, const char*>, Count>& names,
                              std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

using Verifications = std::vector<Verification>;

const Verification* newest_damage(const Verifications& verifications) {
  std::optional<VerifyLevel> passed;
  for (auto at = verifications.rbegin(); at != verifications.rend(); ++at) {
    if (!at->passed && at->drill) continue;
    if (!at->passed && (!passed || *passed < at->level)) return &*at;
    if (at->passed && (!passed || *passed < at->level)) passed = at->level;
  }
  return nullptr;
}

const Verification* newest_verified(const Verifications& verifications) {
  if (newest_damage(verifications) != nullptr) return nullptr;
  for (auto at = verifications.rbegin(); at != verifications.rend(); ++at) {
    if (at->passed && at->level >= VerifyLevel::bytes) return &*at;
  }
  return nullptr;
}

json to_json(const Verification& verification) {
  json object = {{"at", time_text(verification.at)}, {"level", level_name(verification.level)},
                 {"passed", verification.passed},    {"seconds", verification.seconds},
                 {"drill", verification.drill},      {"sample", verification.sample},
                 {"message", verification.message}};
  if (verification.timeline) object["timeline"] = timeline_json(*verification.timeline);
  return object;
}

// For readers that do not want to go through the list.
void set_summary(json& document, const Verification* verified) {
  document["verified"] = verified != nullptr;
  document["verified_at"] = verified != nullptr ? json(time_text(verified->at)) : json();
  document["verified_level"] = verified != nullptr ? json(level_name(verified->level)) : json();
}

std::string print(const json& document) {
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

// Takes members out of a document; the first that is missing or of another kind is remembered.
class Members {
 public:
  explicit Members(const json& object) : object_(object) {}

  std::string text(const char* name) {
    const json* member = find(name);
    if (member == nullptr || !member->is_string()) return miss(name), std::string();
    return member->get<std::string>();
  }
  std::uint64_t number(const char* name) {
    const json* member = find(name);
    if (member == nullptr || !member->is_number_unsigned()) return miss(name), 0;
    return member->get<std::uint64_t>();
  }
  double real(const char* name) {
    const json* member = find(name);
    if (member == nullptr || !member->is_number()) return miss(name), 0;
    return member->get<double>();
  }
  bool flag(const char* name) {
    const json* member = find(name);
    if (member == nullptr || !member->is_boolean()) return miss(name), false;
    return member->get<bool>();
  }
  TimePoint time(const char* name) {
    const auto time = parse_time(text(name));
    if (!time) return miss(name), TimePoint();
    return *time;
  }
  template <class Value, std::size_t Count>
  Value one_of(const std::array<std::pair<Value, const char*>, Count>& names, const char* name) {
    const auto value = value_of(names, text(name));
    if (!value) return miss(name), names.front().first;
    return *value;
  }
  // Not every run has one.
  std::optional<Timeline> timeline(const char* name) {
    const json* member = find(name);
    if (member == nullptr) return std::nullopt;
    auto timeline = parse_timeline(*member);
    if (!timeline) miss(name);
    return timeline;
  }
  template <class Read>
  void each(const char* name, const Read& read) {
    const json* member = find(name);
    if (member == nullptr || !member->is_array()) return miss(name);
    for (const json& element : *member) {
      Members members(element);
      read(members);
      if (!members.missing_.empty() && missing_.empty())
        missing_ = std::string(name) + "." + members.missing_;
    }
  }
  // It is there, and cannot be what it should.
  void refuse(const char* name) { miss(name); }
  const std::string& missing() const { return missing_; }

 private:
  const json* find(const char* name) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }
  void miss(const char* name) {
    if (missing_.empty()) missing_ = name;
  }

  const json& object_;
  std::string missing_;
};

tl::unexpected<Error> damaged(const std::string& file, const std::string& what) {
  return fail(ErrorCode::archive_damaged, "the backup's side file cannot be used: " + what, file,
              "the archive itself may be sound: pgark verify reads it, and writes the side file anew");
}

// Of this version, or one that we know.
Result<json> parse(const std::string& text, const std::string& file) {
  json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded() || !document.is_object()) return damaged(file, "it is not a JSON object");
  Members members(document);
  if (members.text("schema") != kSchema) return damaged(file, "its \"schema\" is not pgark-backup");
  const std::uint64_t version = members.number("version");
  if (!members.missing().empty() || version == 0) return damaged(file, "it has no \"version\"");
  if (version > kMetadataVersion) {
    return fail(
        ErrorCode::archive_unsupported,
        fmt::format("the backup's side file has version {}, this pgark knows {}", version, kMetadataVersion),
        file, "use the pgark that wrote it, or a newer one");
  }
  return document;
}

Verification read_verification(Members& members) {
  Verification verification;
  verification.at = members.time("at");
  verification.level = members.one_of(kLevels, "level");
  verification.passed = members.flag("passed");
  verification.seconds = members.real("seconds");
  verification.drill = members.flag("drill");
  verification.sample = members.text("sample");
  verification.message = members.text("message");
  verification.timeline = members.timeline("timeline");
  return verification;
}

TableFacts read_table(Members& members) {
  TableFacts table;
  table.schema = members.text("schema");
  table.name = members.text("name");
  table.rows = members.number("rows");
  table.raw_bytes = members.number("raw_bytes");
  table.stored_bytes = members.number("stored_bytes");
  table.digest = members.text("digest");
  return table;
}

// `archive`: the name of the file or the folder.
FileFacts read_file(Members& members, const std::string& archive) {
  FileFacts file;
  file.name = members.text("name");
  const bool inside = file.name.starts_with(archive + "/") && file.name.find("/..") == std::string::npos;
  if (file.name != archive && !inside) members.refuse("name");
  file.bytes = members.number("bytes");
  file.sha256 = members.text("sha256");
  return file;
}

format::ReportItem read_report_item(Members& members) {
  format::ReportItem item;
  item.level = members.one_of(kReportLevels, "level");
  item.kind = members.text("kind");
  item.name = members.text("name");
  item.text = members.text("text");
  return item;
}

void read_facts(Members& members, Metadata& metadata) {
  metadata.name = members.text("name");
  metadata.format = members.text("format");
  metadata.archive_format = members.text("archive_format");
  metadata.database = members.text("database");
  metadata.server_version = members.text("server_version");
  metadata.server_version_num = members.text("server_version_num");
  metadata.pgark_version = members.text("pgark_version");
  metadata.content = members.text("content");
  metadata.options = members.text("options");
  metadata.started = members.time("started");
  metadata.finished = members.time("finished");
  metadata.duration_seconds = members.real("duration_seconds");
  metadata.snapshot_lsn = members.text("snapshot_lsn");
  metadata.complete = members.flag("complete");
  metadata.encrypted = members.flag("encrypted");
  metadata.file_bytes = members.number("file_bytes");
  metadata.raw_bytes = members.number("raw_bytes");
  metadata.entries = members.number("entries");
  metadata.rows = members.number("rows");
  metadata.timeline = members.timeline("timeline");
}

json facts_json(const Metadata& metadata) {
  return {{"schema", kSchema},
          {"version", kMetadataVersion},
          {"name", metadata.name},
          {"format", metadata.format},
          {"archive_format", metadata.archive_format},
          {"database", metadata.database},
          {"server_version", metadata.server_version},
          {"server_version_num", metadata.server_version_num},
          {"pgark_version", metadata.pgark_version},
          {"content", metadata.content},
          {"options", metadata.options},
          {"started", time_text(metadata.started)},
          {"finished", time_text(metadata.finished)},
          {"duration_seconds", metadata.duration_seconds},
          {"snapshot_lsn", metadata.snapshot_lsn},
          {"complete", metadata.complete},
          {"encrypted", metadata.encrypted},
          {"file_bytes", metadata.file_bytes},
          {"raw_bytes", metadata.raw_bytes},
          {"entries", metadata.entries},
          {"rows", metadata.rows},
          {"table_count", metadata.tables.size()}};
}

}  // namespace

const char* level_name(VerifyLevel level) {
  return name_of(kLevels, level);
}

std::optional<VerifyLevel> parse_level(std::string_view name) {
  return value_of(kLevels, name);
}

const Verification* Metadata::verified() const {
  return newest_verified(verifications);
}

const Verification* Metadata::known_damage() const {
  return newest_damage(verifications);
}

const Verification* Metadata::drill() const {
  for (auto at = verifications.rbegin(); at != verifications.rend(); ++at) {
    if (at->drill) return &*at;
  }
  return nullptr;
}

Metadata metadata_of(const format::ArchiveReader& archive) {
  const format::Toc& toc = archive.toc();
  const auto info = [&toc](const char* key) {
    const auto found = toc.info.find(key);
    return found == toc.info.end() ? std::string() : found->second;
  };
  Metadata metadata;
  metadata.format = archive.packs() == 0 ? "custom" : "directory";
  metadata.archive_format = fmt::format("{}.{}", archive.version().major, archive.version().minor);
  metadata.database = info(format::info_key::kDatabase);
  metadata.server_version = info(format::info_key::kServerVersion);
  metadata.server_version_num = info(format::info_key::kServerVersionNum);
  metadata.pgark_version = info(format::info_key::kPgarkVersion);
  metadata.content = info(format::info_key::kComplete);
  metadata.options = info(format::info_key::kOptions);
  metadata.started = parse_time(info(format::info_key::kStarted)).value_or(TimePoint());
  metadata.finished = parse_time(info(format::info_key::kFinished)).value_or(metadata.started);
  metadata.duration_seconds = std::chrono::duration<double>(metadata.finished - metadata.started).count();
  metadata.snapshot_lsn = info(format::info_key::kSnapshotLsn);
  metadata.complete = std::ranges::none_of(
      toc.report, [](const auto& item) { return item.level == format::ReportLevel::lost; });
  metadata.file_bytes = archive.file_bytes();
  metadata.entries = toc.entries.size();
  metadata.report = toc.report;
  for (const format::DataSummary& data : toc.data) {
    const format::TocEntry* entry = toc.find(data.entry);
    metadata.rows += data.rows;
    metadata.raw_bytes += data.raw_bytes;
    if (entry->kind == "LARGE OBJECT DATA") continue;
    metadata.tables.push_back(
        {entry->schema, entry->name, data.rows, data.raw_bytes, data.stored_bytes, data.digest.hex()});
  }
  return metadata;
}

std::string encode_metadata(const Metadata& metadata) {
  json document = facts_json(metadata);
  for (const char* list : {"tables", "files", "report", "verifications"}) document[list] = json::array();
  for (const TableFacts& table : metadata.tables) {
    document["tables"].push_back({{"schema", table.schema},
                                  {"name", table.name},
                                  {"rows", table.rows},
                                  {"raw_bytes", table.raw_bytes},
                                  {"stored_bytes", table.stored_bytes},
                                  {"digest", table.digest}});
  }
  for (const FileFacts& file : metadata.files) {
    document["files"].push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  for (const format::ReportItem& item : metadata.report) {
    document["report"].push_back({{"level", name_of(kReportLevels, item.level)},
                                  {"kind", item.kind},
                                  {"name", item.name},
                                  {"text", item.text}});
  }
  if (metadata.timeline) document["timeline"] = timeline_json(*metadata.timeline);
  for (const Verification& verification : metadata.verifications)
    document["verifications"].push_back(to_json(verification));
  set_summary(document, metadata.verified());
  return print(document);
}

bool is_damaged_metadata(const std::string& text) {
  const auto metadata = decode_metadata(text, {});
  if (metadata || metadata.error().code != ErrorCode::archive_damaged) return false;
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  return !document.is_object() || document.value("schema", json()) == kSchema;
}

Result<Metadata> decode_metadata(const std::string& text, const std::string& file) {
  const auto document = parse(text, file);
  if (!document) return tl::unexpected<Error>(document.error());
  Members members(*document);
  Metadata metadata;
  read_facts(members, metadata);
  members.each("tables", [&](Members& each) { metadata.tables.push_back(read_table(each)); });
  const std::string archive = metadata.name + std::string(kArchiveSuffix);
  members.each("files", [&](Members& each) { metadata.files.push_back(read_file(each, archive)); });
  members.each("report", [&](Members& each) { metadata.report.push_back(read_report_item(each)); });
  members.each("verifications",
               [&](Members& each) { metadata.verifications.push_back(read_verification(each)); });
  if (!members.missing().empty())
    return damaged(file, "its \"" + members.missing() + "\" is missing, or not what it should be");
  return metadata;
}

Result<std::string> add_verification(const std::string& text, const Verification& verification,
                                     const std::string& file) {
  auto document = parse(text, file);
  if (!document) return tl::unexpected<Error>(document.error());
  json& list = (*document)["verifications"];
  if (!list.is_array()) return damaged(file, "its \"verifications\" is missing, or not what it should be");
  // A chart of the last restore is enough.
  if (verification.timeline) {
    for (json& older : list) {
      if (older.is_object()) older.erase("timeline");
    }
  }
  list.push_back(to_json(verification));
  while (list.size() > kVerificationsMax) list.erase(list.begin());
  Verifications all;
  Members members(*document);
  members.each("verifications", [&all](Members& each) { all.push_back(read_verification(each)); });
  if (!members.missing().empty()) return damaged(file, "its \"" + members.missing() + "\" is missing");
  set_summary(*document, newest_verified(all));
  return print(*document);
}

}  // namespace pgark::storage
