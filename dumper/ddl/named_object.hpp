// What the families of objects with a name of their own share. Thread rule: as Emitter.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dumper/ddl/emitter.hpp"

namespace pgark::dumper {

// Adds the chosen objects of `list`, a vector of the Catalog, to the graph. `detail(object)` is the rest of
// its natural key after schema and name (D2), as a view of a string in the Catalog.
template <class T, class Detail, class Predicate>
void collect_objects(BuildContext& context, const std::vector<T>& list, ObjectKind kind, Oid catalog,
                     Detail detail, Predicate chosen) {
  for (Index i = 0; i < list.size(); ++i) {
    if (!chosen(list[i])) continue;
    DumpObject object;
    object.kind = kind;
    object.id = {catalog, list[i].oid};
    object.payload = i;
    object.schema = context.lookup.schema_of(list[i]);
    object.name = list[i].name;
    object.detail = detail(list[i]);
    object.components = list[i].components;
    context.graph.add(std::move(object));
  }
}
template <class T, class Detail>
void collect_objects(BuildContext& context, const std::vector<T>& list, ObjectKind kind, Oid catalog,
                     Detail detail) {
  collect_objects(context, list, kind, catalog, detail, [](const T&) { return true; });
}
template <class T>
void collect_objects(BuildContext& context, const std::vector<T>& list, ObjectKind kind, Oid catalog) {
  collect_objects(context, list, kind, catalog, [](const T&) { return std::string_view(); });
}

// Rows of pg_proc are objects of two kinds.
template <class Predicate>
void collect_functions(BuildContext& context, ObjectKind kind, Predicate chosen) {
  collect_objects(
      context, context.catalog.functions, kind, catalog_oid::kProc,
      [](const Function& function) { return std::string_view(function.argument_types); }, chosen);
}

struct Definition {
  std::string kind;  // of the entry: "OPERATOR CLASS"
  Target target;     // as COMMENT, ALTER and DROP name it
  std::vector<std::string> create;
  bool owned = true;      // the kind takes ALTER ... OWNER TO (B62)
  std::string name = {};  // of the entry, where the object's own is not enough
};

// The definition of an object and its comment, as far as they are wanted.
void write_definition(Emitter& out, DumpId id, const Object& object, Definition definition);

// "\n    key = value" for each pair with a value, separated by commas: the lists in parentheses of CREATE
// TYPE, CREATE AGGREGATE and others.
class ParameterList {
 public:
  void add(std::string_view key, std::string_view value);
  void add_if(std::string_view key, std::string_view value) {
    if (!value.empty()) add(key, value);
  }
  void flag_if(std::string_view key, bool set);  // a key that stands alone
  std::string take() { return std::move(text_); }

 private:
  void begin();
  std::string text_;
};

}  // namespace pgark::dumper
