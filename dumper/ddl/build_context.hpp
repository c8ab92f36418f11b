// What the families of object kinds work with while a TOC is built: first they fill the graph, then, once it
// is sorted, they write entries. Borrows catalog and options. Thread rule: one thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/sql_quote.hpp"
#include "dumper/catalog/model.hpp"
#include "dumper/ddl/catalog_lookup.hpp"
#include "dumper/graph/dump_graph.hpp"
#include "dumper/options.hpp"
#include "format/toc.hpp"

namespace pgark::dumper {

struct BuildContext {
  BuildContext(const Catalog& source, const DumpOptions& wanted)
      : catalog(source),
        options(wanted),
        lookup(source),
        // The kinds that come in thousands.
        graph(source.relations.size() + source.types.size() + source.indexes.size() +
              source.functions.size() + source.constraints.size() + source.defaults.size()) {}

  const Catalog& catalog;
  const DumpOptions& options;
  const CatalogLookup lookup;
  DumpGraph graph;
  std::vector<format::ReportItem> report;

  void note(format::ReportLevel level, std::string kind, std::string name, std::string text) {
    report.push_back({level, std::move(kind), std::move(name), std::move(text)});
  }

  // Privileges of roles that are gone (F54): `left_out` of an AclScript.
  void note_left_out(const std::string& target, const std::vector<std::string>& left_out) {
    for (const std::string& item : left_out) {
      note(format::ReportLevel::lost, "ACL", one_line(target),
           "the privileges " + item + " are of a role that does not exist any more");
    }
  }

  // The graph node of a relation, whatever its kind.
  DumpId relation_id(Index relation) const {
    return relation == kNone ? kNoDump
                             : graph.find(CatalogId{catalog_oid::kClass, catalog.relations[relation].oid});
  }
  bool wants(Index relation, Component component) const {
    return relation != kNone && (catalog.relations[relation].components & component) != 0;
  }
};

}  // namespace pgark::dumper
