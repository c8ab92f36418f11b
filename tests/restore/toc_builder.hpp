// Makes small tables of contents for the tests of the restore layer.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "format/reader.hpp"
#include "format/toc.hpp"

namespace pgark::test {

class TocBuilder {
 public:
  format::TocEntry& add(std::string kind, std::string name, format::Section section,
                        std::vector<format::EntryId> dependencies = {}) {
    format::TocEntry& entry = toc.entries.emplace_back();
    entry.id = static_cast<format::EntryId>(toc.entries.size());
    entry.kind = std::move(kind);
    entry.schema = "public";
    entry.name = std::move(name);
    entry.section = section;
    entry.dependencies = std::move(dependencies);
    return entry;
  }
  format::EntryId schema(const std::string& name) {
    format::TocEntry& entry = add("SCHEMA", name, format::Section::pre_data);
    entry.schema.clear();
    return entry.id;
  }
  format::EntryId table(const std::string& name, std::vector<format::EntryId> dependencies = {}) {
    return add("TABLE", name, format::Section::pre_data, std::move(dependencies)).id;
  }
  // With `chunk_count` chunks of `chunk_bytes`, ten rows each, all of one part.
  format::EntryId data(format::EntryId table, std::uint32_t chunk_count, std::uint64_t chunk_bytes = 1000) {
    const std::string name = toc.find(table)->name;
    format::TocEntry& entry = add("TABLE DATA", name, format::Section::data, {table});
    entry.copy_target = "public." + name + " (a)";
    auto& refs = chunks[entry.id];
    for (std::uint32_t i = 0; i < chunk_count; ++i) {
      format::ChunkRef ref;
      ref.info.entry = entry.id;
      ref.info.sequence = i;
      ref.info.rows = 10;
      ref.info.raw_bytes = chunk_bytes;
      refs.push_back(ref);
    }
    format::DataSummary summary;
    summary.entry = entry.id;
    summary.rows = std::uint64_t{10} * chunk_count;
    summary.raw_bytes = chunk_bytes * chunk_count;
    summary.chunks = chunk_count;
    toc.data.push_back(summary);
    return entry.id;
  }
  format::EntryId index(const std::string& name, format::EntryId table) {
    format::TocEntry& entry = add("INDEX", name, format::Section::post_data, {table});
    entry.table = toc.find(table)->name;
    return entry.id;
  }
  // Takes exclusive locks on the tables that it depends on.
  format::EntryId constraint(const std::string& name, std::vector<format::EntryId> tables) {
    format::TocEntry& entry = add("CONSTRAINT", name, format::Section::post_data, tables);
    entry.table = toc.find(tables.front())->name;
    entry.locks = std::move(tables);
    return entry.id;
  }
  format::EntryId comment(format::EntryId object) {
    return add("COMMENT", "on " + toc.find(object)->name, format::Section::none, {object}).id;
  }
  format::EntryId acl(format::EntryId object) {
    format::TocEntry& entry = add("ACL", toc.find(object)->name, format::Section::none, {object});
    entry.pass = format::Pass::acl;
    return entry.id;
  }

  std::span<const format::ChunkRef> chunks_of(format::EntryId id) const {
    const auto found = chunks.find(id);
    return found == chunks.end() ? std::span<const format::ChunkRef>() : found->second;
  }

  format::Toc toc;
  std::map<format::EntryId, std::vector<format::ChunkRef>> chunks;
};

}  // namespace pgark::test
