#include "dumper/graph/dump_graph.hpp"

#include <algorithm>

#include "base/sql_quote.hpp"
#include "dumper/graph/initial_order.hpp"

namespace pgark::dumper {
namespace {

std::uint64_t payload_key(Index payload, Index part) {
  return std::uint64_t{payload} << 32 | part;
}

}  // namespace

DumpGraph::DumpGraph(std::size_t expected) {
  objects_.reserve(expected);
  by_id_.reserve(expected);
  DumpObject boundary;
  boundary.kind = ObjectKind::pre_data_boundary;
  pre_boundary_ = add(boundary);
  boundary.kind = ObjectKind::post_data_boundary;
  post_boundary_ = add(boundary);
}

DumpId DumpGraph::add(DumpObject object) {
  const auto id = static_cast<DumpId>(objects_.size());
  if (!object.inlined) object.section = kind_info(object.kind).section;
  if (object.id.oid != 0) by_id_.emplace(object.id, id);
  if (object.payload != kNone) {
    by_payload_[static_cast<std::size_t>(object.kind)].emplace(payload_key(object.payload, object.part), id);
  }
  objects_.push_back(std::move(object));
  return id;
}

void DumpGraph::alias(CatalogId id, DumpId object) {
  by_id_.emplace(id, object);
}

DumpId DumpGraph::find(CatalogId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? kNoDump : found->second;
}

DumpId DumpGraph::find(ObjectKind kind, Index payload, Index part) const {
  const auto& map = by_payload_[static_cast<std::size_t>(kind)];
  const auto found = map.find(payload_key(payload, part));
  return found == map.end() ? kNoDump : found->second;
}

void DumpGraph::depend(DumpId object, DumpId needed) {
  if (object == kNoDump || needed == kNoDump || object == needed) return;
  auto& list = objects_[object].dependencies;
  if (!settled_) {
    list.push_back(needed);
    return;
  }
  const auto place = std::lower_bound(list.begin(), list.end(), needed);
  if (place == list.end() || *place != needed) list.insert(place, needed);
}

void DumpGraph::undepend(DumpId object, DumpId needed) {
  std::erase(objects_[object].dependencies, needed);
}

bool DumpGraph::depends(DumpId object, DumpId needed) const {
  const auto& list = objects_[object].dependencies;
  return std::binary_search(list.begin(), list.end(), needed);
}

void DumpGraph::add_catalog_dependencies(const std::vector<Dependency>& dependencies) {
  // Members of an extension that are not objects of ours (operators, ...) stand for their extension.
  for (const Dependency& row : dependencies) {
    if (row.type != 'e') continue;
    const DumpId extension = find(row.referenced);
    if (extension == kNoDump) continue;
    const DumpId member = find(row.dependent);
    if (member == kNoDump) {
      alias(row.dependent, extension);
    } else {
      depend(member, extension);
    }
  }
  for (const Dependency& row : dependencies) {
    if (row.type == 'p' || row.type == 'e') continue;
    const DumpId dependent = find(row.dependent), referenced = find(row.referenced);
    if (dependent == kNoDump || referenced == kNoDump) continue;
    // Which comes first of a partition's part of a foreign key and the whole, the part knows.
    if (row.type == 'P' && objects_[dependent].kind == ObjectKind::foreign_key &&
        objects_[referenced].kind == ObjectKind::foreign_key)
      continue;
    // D1.3: a composite type needs its relation, which carries the dependencies of the columns.
    const bool reverse = row.type == 'i' && objects_[dependent].kind == ObjectKind::hidden_relation &&
                         row.referenced.catalog == catalog_oid::kType;
    if (reverse) {
      depend(referenced, dependent);
    } else {
      depend(dependent, referenced);
    }
  }
}

void DumpGraph::settle() {
  renumber(initial_order(*this));
  for (DumpId id = 0; id < size(); ++id) add_boundary_edges(id);
  depend(post_boundary_, pre_boundary_);
  for (DumpObject& object : objects_) {
    auto& list = object.dependencies;
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  settled_ = true;
}

std::vector<DumpId> DumpGraph::users_of(DumpId object, bool (*passable)(ObjectKind)) const {
  std::vector<std::vector<DumpId>> direct(size());
  for (DumpId id = 0; id < size(); ++id) {
    for (const DumpId needed : objects_[id].dependencies) direct[needed].push_back(id);
  }
  std::vector<bool> seen(size(), false);
  std::vector<DumpId> found{object};
  seen[object] = true;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const DumpId user : direct[found[i]]) {
      if (seen[user] || !passable(objects_[user].kind)) continue;
      seen[user] = true;
      found.push_back(user);
    }
  }
  found.erase(found.begin());
  return found;
}

void DumpGraph::separate(DumpId object, format::Section section) {
  objects_[object].inlined = false;
  objects_[object].section = section;
  add_boundary_edges(object);
}

void DumpGraph::renumber(const std::vector<DumpId>& order) {
  std::vector<DumpId> rank(order.size());
  for (DumpId i = 0; i < order.size(); ++i) rank[order[i]] = i;
  std::vector<DumpObject> sorted;
  sorted.reserve(objects_.size());
  for (const DumpId old : order) sorted.push_back(std::move(objects_[old]));
  objects_ = std::move(sorted);
  for (DumpObject& object : objects_) {
    if (object.parent != kNoDump) object.parent = rank[object.parent];
    for (DumpId& needed : object.dependencies) needed = rank[needed];
  }
  for (auto& [id, object] : by_id_) object = rank[object];
  for (auto& map : by_payload_) {
    for (auto& [key, object] : map) object = rank[object];
  }
  pre_boundary_ = rank[pre_boundary_];
  post_boundary_ = rank[post_boundary_];
}

void DumpGraph::add_boundary_edges(DumpId object) {
  switch (objects_[object].section) {
    case format::Section::none: return;
    case format::Section::pre_data: return depend(pre_boundary_, object);
    case format::Section::data: depend(object, pre_boundary_); return depend(post_boundary_, object);
    case format::Section::post_data: return depend(object, post_boundary_);
  }
}

std::string describe(const DumpObject& object) {
  std::string text(kind_info(object.kind).name);
  if (object.name.empty()) return text;
  text += " " + quote_qualified(object.schema, object.name);
  const bool has_signature = object.kind == ObjectKind::function || object.kind == ObjectKind::aggregate ||
                             object.kind == ObjectKind::operator_;
  if (has_signature) text += "(" + std::string(object.detail) + ")";
  if (!object.table.empty()) text += " on " + quote_identifier(object.table);
  return one_line(text);
}

}  // namespace pgark::dumper
