// What the data path must know about one TABLE DATA entry, or about that of the large objects. Filled by the
// TOC builder (dumper/ddl), read by the data plan and the workers; plain values, constant once built.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dumper/catalog/model.hpp"
#include "format/toc.hpp"

namespace pgark::dumper {

enum class RowSource : std::uint8_t {
  table,
  // Large objects: rows of pg_largeobject by pages of its heap; the same by ranges of OIDs; through lo_get.
  large_object_heap,
  large_object_table,
  large_object_functions,
};

struct DataObject {
  format::EntryId entry = 0;  // the data entry
  Index relation = kNone;     // Catalog::relations; kNone: large objects
  // Columns in COPY order, quoted, separated by ", ": no dropped and no generated ones. Empty when the table
  // has none.
  std::string columns_sql;
  std::string qualified_sql;  // "s.t", quoted
  // "WHERE ...": which rows of an extension's configuration table are copied (B05), as the extension wrote
  // it; empty: all.
  std::string condition_sql;
  bool foreign = false;  // a foreign table: read by a query, and not to be locked (E3)
  RowSource source = RowSource::table;
  std::vector<Oid> large_objects = {};  // all of them, ascending
  Oid oid = 0;                          // of the relation
  bool binary = false;                  // COPY in binary; else as text
};

}  // namespace pgark::dumper
