#include "dumper/ddl/emitter.hpp"

#include <algorithm>
#include <utility>

#include "base/sql_quote.hpp"

namespace pgark::dumper {

using format::EntryId;
using format::Section;
using format::TocEntry;

namespace {

void make_set(std::vector<EntryId>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (!ids.empty() && ids.front() == 0) ids.erase(ids.begin());
}

bool is_relation(ObjectKind kind) {
  return kind == ObjectKind::table || kind == ObjectKind::view || kind == ObjectKind::matview ||
         kind == ObjectKind::sequence;
}

}  // namespace

Emitter::Emitter(BuildContext& context)
    : context_(context),
      main_(context.graph.size(), 0),
      resolved_(context.graph.size()),
      is_resolved_(context.graph.size(), 0),
      rows_of_(context.catalog.relations.size()),
      relation_of_entry_(1, kNone) {}

TocEntry Emitter::entry_for(DumpId id, std::string_view kind) const {
  const DumpObject& object = context_.graph[id];
  TocEntry entry;
  entry.kind = kind;
  entry.schema = object.schema;
  entry.name = object.name;
  entry.table = object.table;
  return entry;
}

void Emitter::hang_on_relation(TocEntry& entry, DumpId id) const {
  const DumpObject& object = context_.graph[id];
  if (is_relation(object.kind)) entry.table = object.name;
}

// What an entry that depends on `object` waits for: the object's own entry or, when it has none, whatever
// stands for what it needs; never anything across a section boundary. Objects come in sorted order, so what
// `object` needs has been resolved before and the walk needs no recursion.
void Emitter::resolve(DumpId id) {
  if (is_resolved_[id]) return;
  is_resolved_[id] = 1;
  const DumpGraph& graph = context_.graph;
  if (id == graph.pre_boundary() || id == graph.post_boundary()) return;
  std::vector<EntryId>& out = resolved_[id];
  for (const DumpId needed : graph[id].dependencies) {
    if (main_[needed] != 0) {
      out.push_back(main_[needed]);
    } else {
      out.insert(out.end(), resolved_[needed].begin(), resolved_[needed].end());
    }
  }
  make_set(out);
}

EntryId Emitter::define(DumpId id, TocEntry entry, EntryLinks links) {
  resolve(id);
  entry.section = context_.graph[id].section;
  const EntryId made = finish(std::move(entry), resolved_[id], links);
  main_[id] = made;
  if (is_relation(context_.graph[id].kind)) relation_of_entry_[made] = context_.graph[id].payload;
  return made;
}

EntryId Emitter::attach(DumpId id, TocEntry entry, EntryLinks links) {
  resolve(id);
  entry.section = context_.graph[id].section;
  std::vector<EntryId> needed;
  if (main_[id] != 0) {
    needed.push_back(main_[id]);
  } else {
    needed = resolved_[id];
  }
  return finish(std::move(entry), std::move(needed), links);
}

EntryId Emitter::define_data(DumpId id, TocEntry entry, Index relation, std::vector<EntryId> after) {
  EntryLinks links;
  links.after = std::move(after);
  const EntryId made = define(id, std::move(entry), std::move(links));
  add_data_entry(relation, made);
  return made;
}

void Emitter::add_data_entry(Index relation, EntryId entry) {
  rows_of_[relation].push_back(entry);
}

EntryId Emitter::entry_of_relation(Index relation) const {
  const DumpId id = context_.relation_id(relation);
  return id == kNoDump ? 0 : main_[id];
}

void Emitter::fail(const Error& error, std::string_view object) {
  if (!failure_.message.empty()) return;
  failure_ = error;
  failure_.object = one_line(object);
}

EntryId Emitter::add_raw(TocEntry entry) {
  entry.id = static_cast<EntryId>(entries_.size() + 1);
  relation_of_entry_.push_back(kNone);
  entries_.push_back(std::move(entry));
  return entries_.back().id;
}

EntryId Emitter::finish(TocEntry entry, std::vector<EntryId> needed, const EntryLinks& links) {
  needed.insert(needed.end(), links.after.begin(), links.after.end());
  for (const Index relation : links.locks) {
    const EntryId table = entry_of_relation(relation);
    entry.locks.push_back(table);
    needed.push_back(table);
  }
  if (entry.section == Section::post_data) wait_for_rows(needed, links.locks);
  make_set(needed);
  make_set(entry.locks);
  entry.dependencies = std::move(needed);
  return add_raw(std::move(entry));
}

// D7.2: an index or a trigger waits for the rows of its table. Statements that descend to partitions wait for
// the rows of all of them, or a trigger would already fire while they are loaded.
void Emitter::wait_for_rows(std::vector<EntryId>& needed, const std::vector<Index>& locks) const {
  std::vector<EntryId> rows;
  for (const EntryId entry : needed) {
    const Index relation = relation_of_entry_[entry];
    if (relation != kNone) rows.insert(rows.end(), rows_of_[relation].begin(), rows_of_[relation].end());
  }
  for (const Index relation : locks)
    rows.insert(rows.end(), rows_of_[relation].begin(), rows_of_[relation].end());
  needed.insert(needed.end(), rows.begin(), rows.end());
}

}  // namespace pgark::dumper
