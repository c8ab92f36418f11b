#include "dumper/ddl/table_properties.hpp"

#include <fmt/format.h>

#include <string_view>

#include "base/sql_quote.hpp"
#include "dumper/ddl/column_rules.hpp"
#include "dumper/ddl/sql_clauses.hpp"

namespace pgark::dumper {
namespace {

std::string_view storage_name(char storage) {
  switch (storage) {
    case 'p': return "PLAIN";
    case 'e': return "EXTERNAL";
    case 'm': return "MAIN";
    case 'x': return "EXTENDED";
    default: return {};
  }
}

class Properties {
 public:
  Properties(const BuildContext& context, Index position)
      : context_(context),
        position_(position),
        relation_(context.catalog.relations[position]),
        prefix_(std::string(relation_.kind == 'm' ? "ALTER MATERIALIZED VIEW " : "ALTER TABLE ONLY ") +
                context.lookup.sql_name(relation_) + " ") {}

  std::vector<std::string> statements() {
    for (const Column& column : relation_.columns) {
      if (!column.dropped) add_column(column);
    }
    // A foreign table has no replica identity; its catalog row says NOTHING.
    if (relation_.replica_identity == 'n' && relation_.kind != 'f') add("REPLICA IDENTITY NOTHING");
    if (relation_.replica_identity == 'f') add("REPLICA IDENTITY FULL");
    if (relation_.force_row_security) add("FORCE ROW LEVEL SECURITY");
    return std::move(out_);
  }

 private:
  void add(const std::string& action) { out_.push_back(prefix_ + action); }

  void add_column(const Column& column) {
    const std::string head = "ALTER COLUMN " + quote_identifier(column.name) + " ";
    if (relation_.kind != 'm') add_inherited(column, head);
    if (column.statistics_target >= 0) add(head + fmt::format("SET STATISTICS {}", column.statistics_target));
    if (column.storage != column.type_storage && !storage_name(column.storage).empty()) {
      add(head + "SET STORAGE " + std::string(storage_name(column.storage)));
    }
    const bool says_compression = !context_.options.selection.no_toast_compression;
    if (says_compression && column.compression == 'p') add(head + "SET COMPRESSION pglz");
    if (says_compression && column.compression == 'l') add(head + "SET COMPRESSION lz4");
    if (!column.options.empty()) add(head + "SET (" + options_sql(column.options) + ")");
    if (!column.fdw_options.empty()) add(head + generic_options_sql(column.fdw_options).substr(1));
  }

  // Of columns that CREATE TABLE takes from a parent and that differ from it.
  void add_inherited(const Column& column, const std::string& head) {
    if (is_printed(relation_, column)) return;
    if (needs_null_default(context_, position_, column)) add(head + "SET DEFAULT NULL");
    // 18+ says it in CREATE TABLE, as a constraint.
    const bool flag_only = column.not_null_constraint == kNone;
    if (flag_only && not_null_of(context_, position_, column).present) add(head + "SET NOT NULL");
  }

  const BuildContext& context_;
  const Index position_;
  const Relation& relation_;
  const std::string prefix_;
  std::vector<std::string> out_;
};

}  // namespace

std::string storage_options_sql(const Relation& relation) {
  std::string list = options_sql(relation.options);
  const std::string toast = options_sql(relation.toast_options, "toast.");
  if (!list.empty() && !toast.empty()) list += ", ";
  list += toast;
  return list.empty() ? list : "\nWITH (" + list + ")";
}

std::vector<std::string> table_property_statements(const BuildContext& context, Index position) {
  return Properties(context, position).statements();
}

}  // namespace pgark::dumper
