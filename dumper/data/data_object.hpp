// What the data path must know about one TABLE DATA entry. Filled by the TOC builder (dumper/ddl), read by
// the data plan and the workers; plain values, constant once built.
#pragma once

#include <string>

#include "dumper/catalog/model.hpp"
#include "format/toc.hpp"

namespace pgark::dumper {

struct DataObject {
  format::EntryId entry = 0;  // the TABLE DATA entry
  Index relation = kNone;     // Catalog::relations
  // Columns in COPY order, quoted, separated by ", ": no dropped and no generated ones. Empty when the table
  // has none.
  std::string columns_sql;
  std::string qualified_sql;  // "s.t", quoted
  // "WHERE ...": which rows of an extension's configuration table are copied (B05), as the extension wrote
  // it; empty: all.
  std::string condition_sql;
  bool foreign = false;  // a foreign table: read by a query, and not to be locked (E3)
};

}  // namespace pgark::dumper
