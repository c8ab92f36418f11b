#include "restore/lone_partitions.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"
#include "restore/plan.hpp"
#include "restore/row_order.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::EntryId;
using format::Toc;
using format::TocEntry;

namespace {

// Not to_regclass, which fails where the schema may not be used.
constexpr const char* kMissingSql =
    "SELECT t.place FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), "
    "pg_catalog.unnest($2::pg_catalog.text[]))"
    " WITH ORDINALITY t (schema, name, place) WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN"
    " pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = t.schema AND c.relname = t.name)";

struct Lone {
  EntryId attach = 0;
  Partition partition;
};

std::vector<Lone> lone_partitions(const Toc& toc, const Selection& selection) {
  std::vector<Lone> found;
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind != "TABLE ATTACH" || !selection.contains(entry.id)) continue;
    const auto partition = partition_of(toc, entry);
    if (partition && !selection.contains(partition->parent)) found.push_back({entry.id, *partition});
  }
  return found;
}

bool has_other_name(const Toc& toc, const Toc& original, EntryId id) {
  const TocEntry& now = *toc.find(id);
  const TocEntry& before = *original.find(id);
  return now.schema != before.schema || now.name != before.name;
}

// Whether a trigger that the partitioned table hands down is on or off.
bool is_state_of_clone(const TocEntry& entry) {
  return entry.kind == "TRIGGER" && !entry.create.empty() && !entry.create.front().sql.starts_with("CREATE");
}

void report(const Toc& toc, const Partition& partition, bool renamed, EventSink& events) {
  events.message(
      Severity::notice,
      "becomes a table of its own, without what a partitioned table hands down (triggers, foreign keys): " +
          one_line(describe(*toc.find(partition.parent))) +
          (renamed ? " has its partition under the old name" : " is neither chosen nor in the target"),
      one_line(describe(*toc.find(partition.child))));
}

}  // namespace

std::vector<std::pair<EntryId, EntryId>> lone_partition_edges(const Toc& toc, const Selection& selection) {
  std::vector<std::pair<EntryId, EntryId>> edges;
  std::unordered_map<EntryId, EntryId> attach_of;                 // by partition
  std::unordered_map<EntryId, std::vector<EntryId>> attaches_to;  // by partitioned table
  for (const Lone& lone : lone_partitions(toc, selection)) {
    attach_of.emplace(lone.partition.child, lone.attach);
    attaches_to[lone.partition.parent].push_back(lone.attach);
  }
  if (attach_of.empty()) return edges;
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id)) continue;
    const bool makes_index = (entry.kind == "INDEX" || entry.kind == "CONSTRAINT") &&
                             selection.section(entry.id) == format::Section::post_data;
    for (const EntryId id : entry.dependencies) {
      if (const auto partition = attach_of.find(id); partition != attach_of.end()) {
        if (makes_index) edges.emplace_back(entry.id, partition->second);
        if (entry.kind == "INDEX ATTACH") edges.emplace_back(partition->second, entry.id);
      }
      const auto parent = attaches_to.find(id);
      if (entry.kind != "FK CONSTRAINT" || parent == attaches_to.end()) continue;
      for (const EntryId attach : parent->second) edges.emplace_back(attach, entry.id);
    }
  }
  return edges;
}

asio::awaitable<std::vector<EntryId>> attachments_to_leave_out(protocol::Connection& connection,
                                                               const Toc& toc, const Toc& original,
                                                               const Selection& selection,
                                                               EventSink& events) {
  const std::vector<Lone> lone = lone_partitions(toc, selection);
  std::vector<EntryId> left_out;
  if (lone.empty()) co_return left_out;
  std::vector<ArrayItem> schemas, names;
  for (const Lone& one : lone) {
    schemas.emplace_back(toc.find(one.partition.parent)->schema);
    names.emplace_back(toc.find(one.partition.parent)->name);
  }
  std::vector<protocol::Statement> statements(1);
  statements[0].sql = kMissingSql;
  statements[0].parameters = {encode_text_array(schemas), encode_text_array(names)};
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  std::vector<bool> missing(lone.size());
  for (std::size_t row = 0; row < results[0].row_count(); ++row)
    missing.at(static_cast<std::size_t>(results[0].integer(row, 0)) - 1) = true;
  std::set<EntryId> alone;  // partitions
  for (std::size_t i = 0; i < lone.size(); ++i) {
    const Partition& partition = lone[i].partition;
    const bool renamed =
        has_other_name(toc, original, partition.child) && !has_other_name(toc, original, partition.parent);
    if (!missing[i] && !renamed) continue;
    report(toc, partition, renamed, events);
    alone.insert(partition.child);
    left_out.push_back(lone[i].attach);
  }
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id) || !(entry.kind == "INDEX ATTACH" || is_state_of_clone(entry)))
      continue;
    if (std::ranges::any_of(entry.dependencies, [&](EntryId id) { return alone.contains(id); }))
      left_out.push_back(entry.id);
  }
  co_return left_out;
}

}  // namespace pgark::restore
