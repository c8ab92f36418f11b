// From the catalog of a database to the table of contents of its archive: objects, dependencies, order, SQL
// (SCHEMA_COVERAGE B, D). Pure: the same catalog gives the same result, and two databases with equal schemas
// give equal tables of contents whatever their OIDs. Thread rule: any thread; the arguments are only read.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "dumper/catalog/model.hpp"
#include "dumper/data/data_object.hpp"
#include "dumper/options.hpp"
#include "format/toc.hpp"

namespace pgark::dumper {

struct TocBuild {
  // entries and report; `info` and `data` are the caller's to fill.
  format::Toc toc;
  // One for each TABLE DATA entry, ascending by entry.
  std::vector<DataObject> data;
};

// Errors: protocol for access privileges that cannot be read; server for text that is not valid in the
// database's encoding. The message names the object.
Result<TocBuild> build_toc(const Catalog& catalog, const DumpOptions& options);

}  // namespace pgark::dumper
