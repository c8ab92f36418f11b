// The text of an index that has nothing special to it, put together here instead of by the server: its
// pg_get_indexdef looks some eight catalog rows up for each index, which is most of the time that reading a
// schema of many tables takes. What is not plain is left to the server. Pure; any thread.
//
// The text is the one pg_get_indexdef gives, but for names that are keywords of another major, which are
// quoted. PostgreSQL documentation, "CREATE INDEX".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dumper/catalog/model.hpp"

namespace pgark::dumper {

// Rows of pg_index and pg_class, one element per column of the index.
struct IndexFacts {
  bool unique = false;
  bool partitioned = false;      // relkind 'I'
  bool on_btree = false;         // access method btree
  bool plain_storage = false;    // no storage parameters, predicate, expressions, or NULLS NOT DISTINCT
  std::int64_t key_columns = 0;  // indnkeyatts: the others are INCLUDEd
  std::vector<std::int64_t> columns;
  std::vector<Oid> operator_classes, collations;
  std::vector<std::int64_t> orders;  // indoption
};

// Default operator class of btree -> the type it is for.
using BtreeDefaults = std::unordered_map<Oid, Oid>;

// nullopt: ask the server. REQUIRES: `table.columns` are read.
std::optional<std::string> plain_index_definition(const std::string& name, const Relation& table,
                                                  const IndexFacts& facts, const BtreeDefaults& defaults);

}  // namespace pgark::dumper
