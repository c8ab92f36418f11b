// Which parts of a column are written with its table, which apart, and which are inherited (SCHEMA_COVERAGE
// B31 to B36). Pure functions over the catalog and the sorted graph.
#pragma once

#include <string>

#include "dumper/ddl/build_context.hpp"

namespace pgark::dumper {

// The column stands in CREATE TABLE: it is the table's own, or the table is a partition (which is created
// stand-alone and attached).
bool is_printed(const Relation& table, const Column& column);

// How a column's default stands in CREATE TABLE.
struct InlineDefault {
  bool present = false;
  char generated = 0;          // 's' or 'v': a generation expression
  std::string expression_sql;  // "NULL" where a parent's default must not be inherited
};
// REQUIRES: is_printed().
InlineDefault inline_default(const BuildContext& context, Index table, const Column& column);

// A column that is not printed lacks the default that a parent has: SET DEFAULT NULL takes it away.
bool needs_null_default(const BuildContext& context, Index table, const Column& column);

// The expression of a generated column equals that of every parent and is inherited.
bool inherits_generation(const BuildContext& context, Index table, const Column& column);

// NOT NULL of one column. Until 17 it is a flag; from 18 on a named constraint.
struct NotNull {
  bool present = false;  // this table must say it
  std::string name;      // quoted; empty = the server's choice
  bool no_inherit = false;
};
NotNull not_null_of(const BuildContext& context, Index table, const Column& column);

}  // namespace pgark::dumper
