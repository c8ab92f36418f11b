#include "restore/disk_room.hpp"

#include <sys/statvfs.h>

#include <map>
#include <string_view>
#include <utility>

namespace pgark::restore {

using format::TocEntry;

ExpectedSizes expected_sizes(const format::Toc& toc, const Selection& selection) {
  using Name = std::pair<std::string_view, std::string_view>;
  std::map<Name, std::uint64_t> tables;
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind == "TABLE" || entry.kind == "MATERIALIZED VIEW DATA")
      tables[{entry.schema, entry.name}] = entry.size_estimate_bytes;
  }
  ExpectedSizes sizes;
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id)) continue;
    if (entry.kind == "TABLE DATA" || entry.kind == "MATERIALIZED VIEW DATA" || is_large_object_data(entry))
      sizes.tables += entry.size_estimate_bytes;
    // The estimate of an index has that of its table in it.
    const bool has_index = entry.kind == "INDEX" || entry.kind == "CONSTRAINT";
    const auto table = tables.find({entry.schema, entry.table});
    const std::uint64_t below = table == tables.end() ? 0 : table->second;
    if (has_index && entry.size_estimate_bytes > below) sizes.indexes += entry.size_estimate_bytes - below;
  }
  return sizes;
}

std::optional<std::uint64_t> free_bytes(const std::string& folder) {
  struct statvfs room {};
  if (statvfs(folder.c_str(), &room) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
}

}  // namespace pgark::restore
