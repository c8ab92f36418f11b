// Columns of relations and their defaults (B32 to B34), with the columns' privileges (B61).
#include <string>
#include <utility>
#include <vector>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

std::string columns_sql(const Reading& reading) {
  return "SELECT a.attrelid, a.attnum, a.attname,"
         " CASE WHEN a.attisdropped THEN NULL ELSE pg_catalog.format_type(a.atttypid, a.atttypmod) END, "
         "a.atttypid,"
         " a.attcollation, CASE WHEN a.attcollation <> t.typcollation THEN "
         "pg_catalog.quote_ident(cn.nspname) || '.'"
         " || pg_catalog.quote_ident(co.collname) END, a.attisdropped, a.attnotnull, a.attislocal, "
         "a.attinhcount,"
         " a.attidentity, a.attgenerated, a.attstorage, t.typstorage, " +
         since(reading, 14, "a.attcompression", "NULL") + ", a.attstattarget, a.attoptions, " +
         foreign_options_array("a.attfdwoptions") +
         ", a.attacl, pip.initprivs"
         " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
         " JOIN pg_catalog.pg_attribute a ON a.attrelid = wanted.oid"
         " LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
         " LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation"
         " LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace"
         " LEFT JOIN pg_catalog.pg_init_privs pip ON pip.objoid = a.attrelid AND pip.objsubid = a.attnum"
         " AND pip.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass"
         " WHERE a.attnum > 0 OR a.attacl IS NOT NULL OR pip.initprivs IS NOT NULL"
         " ORDER BY a.attrelid, a.attnum";
}

// Recent minor releases (seen in 15.20) stamp every column with an option of their own, a write-ahead log
// position. It belongs to this server: it is not the user's to set, and pg_dump leaves it out as well.
std::vector<std::string> without_server_stamp(std::vector<std::string> options) {
  std::erase_if(options, [](const std::string& option) { return option.starts_with("pg_attver="); });
  return options;
}

void take_column(Reading& reading, Row& row) {
  Relation& relation = reading.catalog.relations[reading.relation_index(row.oid())];
  Column column;
  column.number = row.small_integer();
  column.name = row.text();
  column.type_sql = row.text();
  column.type_oid = row.oid();
  column.collation = row.oid();
  column.collation_sql = row.text();
  column.dropped = row.boolean();
  column.not_null = row.boolean();
  column.local = row.boolean();
  column.inherit_count = static_cast<int>(row.integer());
  column.identity = row.character();
  column.generated = row.character();
  column.storage = row.character();
  column.type_storage = row.character();
  column.compression = row.character();
  column.statistics_target = static_cast<int>(row.integer(-1));  // 17+: NULL is the default
  column.options = without_server_stamp(row.text_list());
  column.fdw_options = row.text_list();
  column.acl = row.optional_text();
  column.initial_acl = row.optional_text();
  (column.number > 0 ? relation.columns : relation.system_columns).push_back(std::move(column));
}

constexpr std::string_view kDefaultsSql =
    "SELECT d.oid, d.adrelid, d.adnum, pg_catalog.pg_get_expr(d.adbin, d.adrelid)"
    " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
    " JOIN pg_catalog.pg_attrdef d ON d.adrelid = wanted.oid ORDER BY d.adrelid, d.adnum";

void take_default(Reading& reading, Row& row) {
  AttributeDefault value;
  value.oid = row.oid();
  value.relation = reading.relation_index(row.oid());
  value.column = row.small_integer();
  Relation& relation = reading.catalog.relations[value.relation];
  value.expression_sql = row.definition(reading.describe(relation));
  const auto position = static_cast<std::size_t>(value.column) - 1;
  // Column numbers are dense: dropped columns keep their place.
  if (value.column < 1 || position >= relation.columns.size()) return;
  Column& column = relation.columns[position];
  value.generated = column.generated != 0;
  column.default_value = static_cast<Index>(reading.catalog.defaults.size());
  reading.catalog.defaults.push_back(std::move(value));
}

}  // namespace

void add_columns(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(reading, [](const Relation& relation) {
    return relation.kind != 'S' && (relation.interesting || relation.components != 0);
  });
  steps.push_back(row_step("columns", columns_sql(reading), {wanted}, take_column));
}

void add_defaults(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(
      reading, [](const Relation& relation) { return relation.kind != 'S' && relation.interesting; });
  steps.push_back(row_step("column defaults", std::string(kDefaultsSql), {wanted}, take_default));
}

}  // namespace pgark::dumper
