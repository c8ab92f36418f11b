#include "dumper/ddl/catalog_lookup.hpp"

#include <algorithm>
#include <cctype>

#include "base/sql_quote.hpp"

namespace pgark::dumper {
namespace {

Index position(const PositionByOid& map, Oid oid) {
  const auto found = map.find(oid);
  return found == map.end() ? kNone : found->second;
}

bool mentions_from(std::string_view text) {
  constexpr std::string_view kWord = "from";
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::ranges::search(text, kWord, same).begin() != text.end();
}

// A function of the user's own that may read a table. One that is said to be immutable reads none, unless
// that is not true: the server does not check it, and people say so for other reasons.
bool may_read_rows(const Function& function) {
  if (function.extension != 0 || function.language == "c" || function.language == "internal") return false;
  return function.volatility != 'i' || mentions_from(function.source) ||
         mentions_from(function.sql_body.value_or(std::string()));
}

}  // namespace

CatalogLookup::CatalogLookup(const Catalog& catalog)
    : catalog_(catalog),
      constraints_(catalog.relations.size()),
      indexes_(catalog.relations.size()),
      children_(catalog.relations.size()),
      index_partitions_(catalog.indexes.size()) {
  for (Index i = 0; i < catalog.constraints.size(); ++i) {
    const Constraint& constraint = catalog.constraints[i];
    if (constraint.relation != kNone) constraints_[constraint.relation].push_back(i);
  }
  for (auto& list : constraints_) {
    std::sort(list.begin(), list.end(),
              [&](Index a, Index b) { return catalog.constraints[a].name < catalog.constraints[b].name; });
  }
  for (Index i = 0; i < catalog.indexes.size(); ++i) {
    if (catalog.indexes[i].relation != kNone) indexes_[catalog.indexes[i].relation].push_back(i);
    const Index parent = index(catalog.indexes[i].parent);
    if (parent != kNone) index_partitions_[parent].push_back(i);
  }
  for (Index i = 0; i < catalog.relations.size(); ++i) {
    for (const Index parent : catalog.relations[i].parents) children_[parent].push_back(i);
  }
  for (const Comment& comment : catalog.comments) comments_[comment.object].push_back(&comment);
  for (auto& [object, list] : comments_) {
    std::sort(list.begin(), list.end(),
              [](const Comment* a, const Comment* b) { return a->column < b->column; });
  }
  for (const SecurityLabel& label : catalog.security_labels) labels_[label.object].push_back(&label);
  std::unordered_map<Oid, std::string_view> extension_names;
  for (const Extension& extension : catalog.extensions) extension_names[extension.oid] = extension.name;
  for (const Dependency& row : catalog.dependencies) {
    if (row.type != 'x' || row.referenced.catalog != catalog_oid::kExtension) continue;
    const auto name = extension_names.find(row.referenced.oid);
    if (name != extension_names.end()) needed_extensions_[row.dependent].push_back(name->second);
  }
  for (auto& [object, names] : needed_extensions_) std::sort(names.begin(), names.end());
  find_readers();
}

// Through an operator as well.
void CatalogLookup::find_readers() {
  std::unordered_set<CatalogId, CatalogIdHash> called;
  for (const Function& function : catalog_.functions) {
    if (dumper::may_read_rows(function)) called.insert({catalog_oid::kProc, function.oid});
  }
  if (called.empty()) return;
  for (const Dependency& row : catalog_.dependencies) {
    const bool of_operator = row.dependent.catalog == catalog_oid::kOperator;
    if (of_operator && called.contains(row.referenced)) called.insert(row.dependent);
  }
  for (const Dependency& row : catalog_.dependencies) {
    const bool of_constraint = row.dependent.catalog == catalog_oid::kConstraint;
    if (of_constraint && called.contains(row.referenced)) readers_.insert(row.dependent.oid);
  }
}

std::vector<Index> CatalogLookup::tree_of(Index relation) const {
  std::vector<Index> tree{relation};
  std::unordered_map<Index, bool> seen{{relation, true}};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    for (const Index child : children_[tree[i]]) {
      if (seen.emplace(child, true).second) tree.push_back(child);
    }
  }
  return tree;
}

const std::vector<const Comment*>& CatalogLookup::comments_of(CatalogId object) const {
  static const std::vector<const Comment*> kEmpty;
  const auto found = comments_.find(object);
  return found == comments_.end() ? kEmpty : found->second;
}

const std::string* CatalogLookup::comment(CatalogId object, std::int32_t column) const {
  for (const Comment* comment : comments_of(object)) {
    if (comment->column == column) return &comment->text;
  }
  return nullptr;
}

const std::vector<const SecurityLabel*>& CatalogLookup::labels_of(CatalogId object) const {
  static const std::vector<const SecurityLabel*> kEmpty;
  const auto found = labels_.find(object);
  return found == labels_.end() ? kEmpty : found->second;
}

const std::vector<std::string_view>& CatalogLookup::extensions_needed_by(CatalogId object) const {
  static const std::vector<std::string_view> kEmpty;
  const auto found = needed_extensions_.find(object);
  return found == needed_extensions_.end() ? kEmpty : found->second;
}

Index CatalogLookup::relation(Oid oid) const {
  return position(catalog_.relation_by_oid, oid);
}
Index CatalogLookup::index(Oid oid) const {
  return position(catalog_.index_by_oid, oid);
}

std::string_view CatalogLookup::schema_name(Index schema) const {
  return schema == kNone ? std::string_view{} : std::string_view(catalog_.namespaces[schema].name);
}

std::string CatalogLookup::sql_name(const Object& object) const {
  return quote_qualified(schema_of(object), object.name);
}

std::string CatalogLookup::sql_name(const IndexInfo& index) const {
  return quote_qualified(schema_name(index.schema), index.name);
}

}  // namespace pgark::dumper
