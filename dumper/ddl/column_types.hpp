// Which tables' rows may be copied in binary (SCHEMA_COVERAGE E9): those whose columns all have types that
// format/values can print without the database. Pure.
#pragma once

#include <string>
#include <vector>

#include "dumper/catalog/model.hpp"
#include "dumper/options.hpp"
#include "format/values/type_descriptor.hpp"

namespace pgark::dumper {

struct ColumnTypes {
  // One for each copied column (not dropped, not generated), in the order of their numbers; empty: the rows
  // are copied as text.
  std::vector<values::TypeDescriptor> types;
  // Why as text, if the table alone is the reason: "column a has the type money, ...".
  std::string obstacle;
};

ColumnTypes column_types(const Catalog& catalog, const Relation& table);

// Whether the options and the server's version let any table be copied in binary.
bool binary_is_possible(const DumpOptions& options, int server_version_num);

}  // namespace pgark::dumper
