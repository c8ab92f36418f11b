#include "dumper/ddl/column_order.hpp"

#include <string_view>
#include <unordered_set>

#include "dumper/ddl/column_rules.hpp"

namespace pgark::dumper {
namespace {

using Names = std::vector<std::string_view>;

Names present_order(const Relation& table) {
  Names names;
  for (const Column& column : table.columns) {
    if (!column.dropped) names.push_back(column.name);
  }
  return names;
}

bool has_inherited_columns(const Relation& table) {
  return !table.partition && !table.parents.empty();
}

// Parents come before their children in `created`, because every table asks for its own first. The depth is
// that of the inheritance.
const Names& created_order(const Catalog& catalog, Index position, std::vector<Names>& created,
                           std::vector<char>& known) {
  Names& names = created[position];
  if (known[position] != 0) return names;
  known[position] = 1;
  const Relation& table = catalog.relations[position];
  if (!has_inherited_columns(table)) {
    names = present_order(table);
    return names;
  }
  std::unordered_set<std::string_view> seen;
  for (const Index parent : table.parents) {
    for (const std::string_view name : created_order(catalog, parent, created, known)) {
      if (seen.insert(name).second) names.push_back(name);
    }
  }
  for (const Column& column : table.columns) {
    if (is_printed(table, column) && seen.insert(column.name).second) names.push_back(column.name);
  }
  return names;
}

}  // namespace

std::vector<Index> tables_with_other_column_order(const Catalog& catalog) {
  std::vector<Names> created(catalog.relations.size());
  std::vector<char> known(catalog.relations.size(), 0);
  std::vector<Index> found;
  for (Index i = 0; i < catalog.relations.size(); ++i) {
    const Relation& table = catalog.relations[i];
    if ((table.components & kDefinition) == 0 || !has_inherited_columns(table)) continue;
    if (created_order(catalog, i, created, known) != present_order(table)) found.push_back(i);
  }
  return found;
}

}  // namespace pgark::dumper
