// Tables: the CREATE TABLE text and the statements that complete it (SCHEMA_COVERAGE B31 to B39),
// foreign ones included. The relations behind composite types are links of the graph only.
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/column_rules.hpp"
#include "dumper/ddl/constraint_rules.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"
#include "dumper/ddl/sql_clauses.hpp"
#include "dumper/ddl/table_properties.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    const char kind = context.catalog.relations[i].kind;
    if (kind == 'r' || kind == 'p' || kind == 'f')
      context.graph.add(relation_object(context, ObjectKind::table, i));
    if (kind == 'c') context.graph.add(relation_object(context, ObjectKind::hidden_relation, i));
  }
}

// Children need their parents; pg_depend says so too, except for a partition whose bound alone names it.
void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    const Relation& relation = context.catalog.relations[i];
    if (relation.partition) continue;
    for (const Index parent : relation.parents)
      context.graph.depend(context.relation_id(i), context.relation_id(parent));
  }
}

bool is_foreign(const Relation& table) {
  return table.kind == 'f';
}

class CreateTable {
 public:
  CreateTable(const BuildContext& context, Index position, std::string name_sql)
      : context_(context),
        position_(position),
        table_(context.catalog.relations[position]),
        name_(std::move(name_sql)) {}

  std::string sql() {
    std::string out = head() + name_;
    if (!table_.of_type_sql.empty()) out += " OF " + table_.of_type_sql;
    add_columns();
    add_inherited_not_nulls();
    add_checks();
    out += body();
    if (!table_.partition) out += inherits();
    if (table_.kind == 'p') out += "\nPARTITION BY " + table_.partition_key_sql;
    if (is_foreign(table_)) return out + foreign_source();
    return out + storage_options_sql(table_);
  }

 private:
  std::string head() const {
    if (is_foreign(table_)) return "CREATE FOREIGN TABLE ";
    return table_.persistence == 'u' && table_.kind != 'p' ? "CREATE UNLOGGED TABLE " : "CREATE TABLE ";
  }

  void add_columns() {
    for (const Column& column : table_.columns) {
      if (!is_printed(table_, column)) continue;
      const InlineDefault value = inline_default(context_, position_, column);
      const NotNull not_null = not_null_of(context_, position_, column);
      if (!table_.of_type_sql.empty() && !value.present && !not_null.present) continue;
      std::string item = quote_identifier(column.name);
      if (table_.of_type_sql.empty()) item += " " + column.type_sql;
      item += default_sql(value);
      item += not_null_sql(not_null);
      if (table_.of_type_sql.empty() && !column.collation_sql.empty())
        item += " COLLATE " + column.collation_sql;
      items_.push_back(std::move(item));
    }
  }

  // 18+: a constraint of this table on a column that is not printed.
  void add_inherited_not_nulls() {
    for (const Column& column : table_.columns) {
      if (is_printed(table_, column) || column.not_null_constraint == kNone) continue;
      const NotNull not_null = not_null_of(context_, position_, column);
      if (!not_null.present) continue;
      std::string item = not_null.name.empty() ? std::string() : "CONSTRAINT " + not_null.name + " ";
      item += "NOT NULL " + quote_identifier(column.name);
      if (not_null.no_inherit) item += " NO INHERIT";
      items_.push_back(std::move(item));
    }
  }

  void add_checks() {
    for (const Index i : context_.lookup.constraints_of(position_)) {
      const Constraint& constraint = context_.catalog.constraints[i];
      if (constraint.type != 'c' || !is_said_by_table(context_, constraint)) continue;
      const DumpId id = context_.graph.find(ObjectKind::constraint, i);
      if (id == kNoDump || !context_.graph[id].inlined) continue;
      items_.push_back("CONSTRAINT " + quote_identifier(constraint.name) + " " + constraint.definition_sql);
    }
  }

  static std::string default_sql(const InlineDefault& value) {
    if (!value.present) return {};
    if (value.generated == 0) return " DEFAULT " + value.expression_sql;
    return " GENERATED ALWAYS AS (" + value.expression_sql + ")" + (value.generated == 's' ? " STORED" : "");
  }

  static std::string not_null_sql(const NotNull& not_null) {
    if (!not_null.present) return {};
    std::string out = not_null.name.empty() ? std::string() : " CONSTRAINT " + not_null.name;
    return out + " NOT NULL" + (not_null.no_inherit ? " NO INHERIT" : "");
  }

  std::string body() const {
    if (items_.empty()) return table_.of_type_sql.empty() ? " (\n)" : "";
    std::string out = " (";
    for (std::size_t i = 0; i < items_.size(); ++i) out += (i == 0 ? "\n    " : ",\n    ") + items_[i];
    return out + "\n)";
  }

  std::string foreign_source() const {
    return "\nSERVER " + quote_identifier(table_.foreign_server) +
           generic_options_sql(table_.foreign_options);
  }

  std::string inherits() const {
    std::string out;
    for (const Index parent : table_.parents) {
      out += out.empty() ? "\nINHERITS (" : ", ";
      out += context_.lookup.sql_name(context_.catalog.relations[parent]);
    }
    return out.empty() ? out : out + ")";
  }

  const BuildContext& context_;
  const Index position_;
  const Relation& table_;
  const std::string name_;
  std::vector<std::string> items_;
};

// Comments on checks and not-nulls that exist once the table does: printed ones and those inherited from
// parents that print them. Those that come after the data are commented there.
void write_constraint_comments(Emitter& out, DumpId id, Index position, const std::string& table_sql) {
  for (const Index i : out.lookup().constraints_of(position)) {
    const Constraint& constraint = out.catalog().constraints[i];
    if (constraint.type != 'c' && constraint.type != 'n') continue;
    const DumpId node = out.graph().find(ObjectKind::constraint, i);
    if (node == kNoDump || !out.object(node).inlined) continue;
    out.comment_on(id, {catalog_oid::kConstraint, constraint.oid},
                   {"CONSTRAINT", quote_identifier(constraint.name) + " ON " + table_sql});
  }
}

void define(Emitter& out, DumpId id, Index position, const Target& target) {
  const Relation& table = out.catalog().relations[position];
  format::TocEntry entry = out.entry_for(id, target.keyword);
  entry.owner = table.owner;
  entry.owner_object = target.to_sql();
  entry.tablespace = table.tablespace;
  entry.takes_tablespace = !is_foreign(table);
  entry.size_estimate_bytes = table.total_bytes;
  // 17+: a partitioned table's method is a property for its future partitions, given afterwards.
  if (table.kind == 'r') entry.access_method = table.access_method;
  entry.create.push_back({CreateTable(out.context(), position, target.sql).sql()});
  if (table.kind == 'p' && !table.access_method.empty()) {
    entry.create.push_back(
        {"ALTER TABLE " + target.sql + " SET ACCESS METHOD " + quote_identifier(table.access_method),
         170000});
  }
  for (std::string& sql : table_property_statements(out.context(), position))
    entry.create.push_back({std::move(sql)});
  entry.drop.push_back({"DROP " + target.keyword + " IF EXISTS " + target.sql});
  out.define(id, std::move(entry));
}

void write(Emitter& out, DumpId id) {
  const Index position = out.object(id).payload;
  const Relation& table = out.catalog().relations[position];
  const Target target{is_foreign(table) ? "FOREIGN TABLE" : "TABLE", out.lookup().sql_name(table)};
  if (out.wants(id, kDefinition)) {
    define(out, id, position, target);
    out.comment(id, target, {{position}, {}});
    out.column_comments(id, out.object(id).id, target.sql, {{position}, {}});
    write_constraint_comments(out, id, position, target.sql);
  }
  // GRANT and REVOKE know foreign tables as tables.
  out.acl(id, Target{"TABLE", target.sql}, table);
  out.column_acls(id, target.sql, table);
}

}  // namespace

const Family& table_family() {
  static const Family kFamily{collect, link, {{ObjectKind::table, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
