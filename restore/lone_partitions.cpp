#include "restore/lone_partitions.hpp"

#include <algorithm>
#include <optional>
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
constexpr const char* kStandingSql =
    "SELECT p.oid IS NULL, EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid AND "
    "i.inhparent = p.oid) FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), "
    "pg_catalog.unnest($2::pg_catalog.text[]), pg_catalog.unnest($3::pg_catalog.text[]), "
    "pg_catalog.unnest($4::pg_catalog.text[])) WITH ORDINALITY t (above, parent, schema, name, place)"
    " LEFT JOIN (pg_catalog.pg_class p JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace)"
    " ON pn.nspname = t.above AND p.relname = t.parent"
    " LEFT JOIN (pg_catalog.pg_class c JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace)"
    " ON cn.nspname = t.schema AND c.relname = t.name ORDER BY t.place";

struct Lone {
  EntryId attach = 0;
  Partition partition;
};

// What the target has of a lone partition and its table.
struct Standing {
  bool parent_missing = false, attached = false;
};
using Standings = std::vector<Standing>;

std::vector<Lone> lone_partitions(const Toc& toc, const Selection& selection) {
  std::vector<Lone> found;
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind != "TABLE ATTACH" || !selection.contains(entry.id)) continue;
    const auto partition = partition_of(toc, entry);
    if (partition && !selection.contains(partition->parent)) found.push_back({entry.id, *partition});
  }
  return found;
}

asio::awaitable<Standings> standing_of(protocol::Connection& connection, const Toc& toc,
                                       const std::vector<Lone>& lone) {
  Standings standing(lone.size());
  if (lone.empty()) co_return standing;
  std::vector<ArrayItem> schemas, names, parent_schemas, parents;
  for (const Lone& one : lone) {
    const TocEntry &child = *toc.find(one.partition.child), &parent = *toc.find(one.partition.parent);
    parent_schemas.emplace_back(parent.schema);
    parents.emplace_back(parent.name);
    schemas.emplace_back(child.schema);
    names.emplace_back(child.name);
  }
  std::vector<protocol::Statement> statements(1);
  statements[0].sql = kStandingSql;
  statements[0].parameters = {encode_text_array(parent_schemas), encode_text_array(parents),
                              encode_text_array(schemas), encode_text_array(names)};
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  for (std::size_t i = 0; i < standing.size(); ++i)
    standing[i] = {results[0].boolean(i, 0), results[0].boolean(i, 1)};
  co_return standing;
}

bool has_other_name(const Toc& toc, const Toc& original, EntryId id) {
  const TocEntry& now = *toc.find(id);
  const TocEntry& before = *original.find(id);
  return now.schema != before.schema || now.name != before.name;
}

bool is_renamed(const Toc& toc, const Toc& original, const Partition& partition) {
  return has_other_name(toc, original, partition.child) && !has_other_name(toc, original, partition.parent);
}

// Whether a trigger that the partitioned table hands down is on or off.
bool is_state_of_clone(const TocEntry& entry) {
  return entry.kind == "TRIGGER" && !entry.create.empty() && !entry.create.front().sql.starts_with("CREATE");
}

// Partitioned tables and their partitions.
class Tree {
 public:
  explicit Tree(const Toc& toc) {
    for (const TocEntry& entry : toc.entries) {
      if (entry.kind != "TABLE ATTACH") continue;
      if (const auto partition = partition_of(toc, entry)) parent_of_[partition->child] = partition->parent;
    }
  }
  // The table, the one that it is a partition of, and so on.
  std::vector<EntryId> and_above(EntryId table) const {
    std::vector<EntryId> tables{table};
    auto parent = parent_of_.find(table);
    while (parent != parent_of_.end() && tables.size() <= parent_of_.size()) {
      tables.push_back(parent->second);
      parent = parent_of_.find(parent->second);
    }
    return tables;
  }

 private:
  std::unordered_map<EntryId, EntryId> parent_of_;
};

// The table that an entry hangs on, or whose rows it is.
std::optional<EntryId> own_table(const Toc& toc, const TocEntry& entry) {
  const std::string& name = entry.kind == "TABLE DATA" ? entry.name : entry.table;
  for (const EntryId id : entry.dependencies) {
    const TocEntry& table = *toc.find(id);
    if (table.kind == "TABLE" && table.schema == entry.schema && table.name == name) return id;
  }
  return std::nullopt;
}

// Rows, indexes and keys, which a partition brings along.
bool makes_whole(const TocEntry& entry, const Selection& selection) {
  if (entry.kind == "TABLE DATA") return true;
  return (entry.kind == "INDEX" || entry.kind == "CONSTRAINT") &&
         selection.section(entry.id) == format::Section::post_data;
}

void report(const Toc& toc, const Partition& partition, bool renamed, EventSink& events) {
  events.message(
      Severity::notice,
      "becomes a table of its own, without what a partitioned table hands down (triggers, foreign keys): " +
          one_line(describe(*toc.find(partition.parent))) +
          (renamed ? " has its partition under the old name" : " is neither chosen nor in the target"),
      one_line(describe(*toc.find(partition.child))));
}

std::vector<Lone> put_off(const Toc& toc, const Selection& selection) {
  std::vector<Lone> found;
  for (const EntryId id : selection.put_off()) found.push_back({id, *partition_of(toc, *toc.find(id))});
  return found;
}

// Decides, once it is known what the target has.
struct Settling {
  const Toc& toc;
  const Toc& original;
  const Selection& selection;
  EventSink& events;

  SettledAttachments run(const std::vector<Lone>& chosen, const std::vector<Lone>& later,
                         const Standings& of_chosen, const Standings& of_later) const {
    for (std::size_t i = 0; i < later.size(); ++i) tell_of_later(later[i].partition, of_later[i]);
    SettledAttachments settled;
    std::set<EntryId> alone;  // partitions
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const Partition& partition = chosen[i].partition;
      if (stays_alone(partition, of_chosen[i])) {
        report(toc, partition, is_renamed(toc, original, partition), events);
        alone.insert(partition.child);
        settled.left_out.push_back(chosen[i].attach);
      } else if (of_chosen[i].attached && !selection.contains(partition.child)) {
        settled.there.push_back(chosen[i].attach);
      }
    }
    if (alone.empty()) return settled;
    const Tree tree(toc);
    for (const TocEntry& entry : toc.entries) {
      const std::optional<EntryId> table = own_table(toc, entry);
      if (!table || !selection.contains(entry.id)) continue;
      const bool ties_index = entry.kind == "INDEX ATTACH" && alone.contains(*table);
      const std::vector<EntryId> tables = tree.and_above(*table);
      const bool is_below = std::ranges::any_of(tables, [&](EntryId id) { return alone.contains(id); });
      if (ties_index || (is_below && is_state_of_clone(entry) && !is_clone_of_chosen(entry)))
        settled.left_out.push_back(entry.id);
    }
    return settled;
  }

  // Of a trigger of the partition's own, which it hands down to partitions of its own.
  bool is_clone_of_chosen(const TocEntry& entry) const {
    return std::ranges::any_of(entry.dependencies, [&](EntryId id) {
      const TocEntry& other = *toc.find(id);
      return other.kind == "TRIGGER" && selection.contains(id) && !is_state_of_clone(other);
    });
  }

  bool stays_alone(const Partition& partition, const Standing& standing) const {
    return standing.parent_missing || is_renamed(toc, original, partition);
  }

  void tell_of_later(const Partition& partition, const Standing& standing) const {
    if (stays_alone(partition, standing)) {
      if (selection.contains(partition.child))
        report(toc, partition, is_renamed(toc, original, partition), events);
    } else if (!standing.attached) {
      events.message(
          Severity::notice,
          "is not attached yet: the run with section post-data, which makes its indexes, attaches it to " +
              one_line(describe(*toc.find(partition.parent))),
          one_line(describe(*toc.find(partition.child))));
    }
  }
};

}  // namespace

std::vector<std::pair<EntryId, EntryId>> lone_partition_edges(const Toc& toc, const Selection& selection) {
  std::vector<std::pair<EntryId, EntryId>> edges;
  const std::vector<Lone> lone = lone_partitions(toc, selection);
  if (lone.empty()) return edges;
  const Tree tree(toc);
  std::unordered_map<EntryId, EntryId> attach_of;                 // by partition
  std::unordered_map<EntryId, std::vector<EntryId>> attaches_to;  // by partitioned table
  for (const Lone& one : lone) {
    attach_of.emplace(one.partition.child, one.attach);
    for (const EntryId id : tree.and_above(one.partition.parent)) attaches_to[id].push_back(one.attach);
  }
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id)) continue;
    if (entry.kind == "FK CONSTRAINT") {
      for (const EntryId id : entry.dependencies) {
        const auto parent = attaches_to.find(id);
        if (parent == attaches_to.end()) continue;
        for (const EntryId attach : parent->second) edges.emplace_back(attach, entry.id);
      }
    }
    const std::optional<EntryId> table = own_table(toc, entry);
    if (!table) continue;
    for (const EntryId id : tree.and_above(*table)) {
      const auto attach = attach_of.find(id);
      if (attach == attach_of.end()) continue;
      // An index is whole when those of all partitions below are attached to it.
      const bool of_below = entry.kind == "INDEX ATTACH" && id != *table;
      if (of_below || makes_whole(entry, selection)) edges.emplace_back(entry.id, attach->second);
      if ((entry.kind == "INDEX ATTACH" && !of_below) || is_state_of_clone(entry))
        edges.emplace_back(attach->second, entry.id);
      break;
    }
  }
  return edges;
}

SettledAttachments settle_attachments(const Toc& toc, const Toc& original, const Selection& selection,
                                      EventSink& events) {
  const std::vector<Lone> chosen = lone_partitions(toc, selection), later = put_off(toc, selection);
  return Settling{toc, original, selection, events}.run(chosen, later, Standings(chosen.size()),
                                                        Standings(later.size()));
}

asio::awaitable<SettledAttachments> settle_attachments(protocol::Connection& connection, const Toc& toc,
                                                       const Toc& original, const Selection& selection,
                                                       EventSink& events) {
  const std::vector<Lone> chosen = lone_partitions(toc, selection), later = put_off(toc, selection);
  const Standings of_chosen = co_await standing_of(connection, toc, chosen);
  const Standings of_later = co_await standing_of(connection, toc, later);
  const Settling settling{toc, original, selection, events};
  co_return settling.run(chosen, later, of_chosen, of_later);
}

}  // namespace pgark::restore
