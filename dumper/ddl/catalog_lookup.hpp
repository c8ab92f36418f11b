// Reverse links of a Catalog, computed once: what hangs on a relation, an index, an object.
// Borrows the Catalog, which must outlive it. Thread rule: constant after construction.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "dumper/catalog/model.hpp"

namespace pgark::dumper {

class CatalogLookup {
 public:
  explicit CatalogLookup(const Catalog& catalog);

  // By relation; constraints in name order, the others in catalog order.
  const std::vector<Index>& constraints_of(Index relation) const { return constraints_[relation]; }
  const std::vector<Index>& indexes_of(Index relation) const { return indexes_[relation]; }
  const std::vector<Index>& children_of(Index relation) const { return children_[relation]; }
  const std::vector<Index>& partitions_of_index(Index index) const { return index_partitions_[index]; }

  // The relation and everything below it, at any depth, each once.
  std::vector<Index> tree_of(Index relation) const;

  // Comments on an object and on its columns (column 0 = the object), ascending by column.
  const std::vector<const Comment*>& comments_of(CatalogId object) const;
  // Text of one comment, nullptr when there is none.
  const std::string* comment(CatalogId object, std::int32_t column = 0) const;

  // Security labels of an object and of its columns, ascending by column and provider.
  const std::vector<const SecurityLabel*>& labels_of(CatalogId object) const;

  // Names of the extensions an object was declared to depend on (B0.6), ascending.
  const std::vector<std::string_view>& extensions_needed_by(CatalogId object) const;

  // The constraint of a table or domain calls a function that may look at rows, of any table (E11).
  bool may_read_rows(Oid constraint) const { return readers_.contains(constraint); }

  // kNone when the catalog does not hold it.
  Index relation(Oid oid) const;
  Index index(Oid oid) const;

  std::string_view schema_name(Index schema) const;
  std::string_view schema_of(const Object& object) const { return schema_name(object.schema); }
  // Qualified and quoted.
  std::string sql_name(const Object& object) const;
  std::string sql_name(const IndexInfo& index) const;

 private:
  void find_readers();

  const Catalog& catalog_;
  std::vector<std::vector<Index>> constraints_, indexes_, children_, index_partitions_;
  std::unordered_map<CatalogId, std::vector<const Comment*>, CatalogIdHash> comments_;
  std::unordered_map<CatalogId, std::vector<const SecurityLabel*>, CatalogIdHash> labels_;
  std::unordered_map<CatalogId, std::vector<std::string_view>, CatalogIdHash> needed_extensions_;
  std::unordered_set<Oid> readers_;  // constraints
};

}  // namespace pgark::dumper
