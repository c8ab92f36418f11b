// The objects of one dump and what each needs first (SCHEMA_COVERAGE D1).
//
// Built in two phases: while objects are added, ids follow the order of adding; settle() then renumbers them
// into the initial order D2, so that from there on every tie is broken by an id and nothing depends on OIDs.
// The string_views of an object point into the Catalog, which must outlive the graph.
// Thread rule: one thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dumper/catalog/model.hpp"
#include "dumper/graph/object_kind.hpp"

namespace pgark::dumper {

using DumpId = std::uint32_t;
inline constexpr DumpId kNoDump = 0xffffffff;

struct DumpObject {
  ObjectKind kind = ObjectKind::schema;
  CatalogId id;             // {0, 0} for objects without a catalog row of their own
  Index payload = kNone;    // the kind's vector in Catalog
  Index part = 0;           // position inside the payload, e.g. of a domain's constraint
  DumpId parent = kNoDump;  // the object this one is a part of: the table of a check, the view of a rule

  // Natural key (D2), all raw.
  std::string_view schema, name;
  std::string_view table;   // of things that hang on one
  std::string_view detail;  // argument types
  std::int32_t number = 0;  // attnum

  std::uint8_t components = kAllComponents;  // what is wanted of it (B0.1)
  bool inlined = false;                      // printed inside its parent, has no entry of its own
  bool separable = true;     // an inlined part that a loop repair may make an entry of its own
  bool placeholder = false;  // a view created with a dummy definition first (D4.3)
  format::Section section = format::Section::none;

  std::vector<DumpId> dependencies;  // what must exist first; ascending and unique once settled
};

class DumpGraph {
 public:
  // Both boundaries exist from the start. `expected`: about how many objects come, for the memory.
  explicit DumpGraph(std::size_t expected = 0);

  // Fills `section` from the kind unless the object is inlined.
  DumpId add(DumpObject object);
  // Another catalog row that stands for the same object.
  void alias(CatalogId id, DumpId object);

  std::size_t size() const { return objects_.size(); }
  DumpObject& operator[](DumpId id) { return objects_[id]; }
  const DumpObject& operator[](DumpId id) const { return objects_[id]; }
  DumpId find(CatalogId id) const;  // kNoDump when it is not part of the dump
  DumpId find(ObjectKind kind, Index payload, Index part = 0) const;
  DumpId pre_boundary() const { return pre_boundary_; }
  DumpId post_boundary() const { return post_boundary_; }

  // `object` needs `needed`. Unknown ends and self references (D4.14) are ignored.
  void depend(DumpId object, DumpId needed);
  void undepend(DumpId object, DumpId needed);
  bool depends(DumpId object, DumpId needed) const;  // directly; settled graphs only

  // Edges of pg_depend (D1.2, D1.3, D1.5), sub-objects ignored.
  void add_catalog_dependencies(const std::vector<Dependency>& dependencies);

  // Renumbers into the initial order, adds the edges of the section boundaries, sorts all edges.
  void settle();

  // Everything that needs `object`, directly or through others, as far as `passable` lets the walk go on.
  // Settled graphs only; takes the time of a pass over all edges.
  std::vector<DumpId> users_of(DumpId object, bool (*passable)(ObjectKind)) const;

  // Makes an inlined object an entry of its own in `section` (loop repairs).
  void separate(DumpId object, format::Section section);

 private:
  void renumber(const std::vector<DumpId>& order);
  void add_boundary_edges(DumpId object);

  std::vector<DumpObject> objects_;
  boost::unordered_flat_map<CatalogId, DumpId, CatalogIdHash> by_id_;
  boost::unordered_flat_map<std::uint64_t, DumpId> by_payload_[static_cast<std::size_t>(ObjectKind::count_)];
  DumpId pre_boundary_ = kNoDump, post_boundary_ = kNoDump;
  bool settled_ = false;
};

// "kind schema.name", for messages.
std::string describe(const DumpObject& object);

}  // namespace pgark::dumper
