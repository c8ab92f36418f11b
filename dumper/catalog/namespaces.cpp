// Schemas (B03, B0.4).
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// The base for `public` is what version 15 and later give it, whatever the server's initdb did: the same
// dump then restores the same privileges everywhere (B0.4).
constexpr std::string_view kSql =
    "SELECT n.oid, n.nspname, n.nspowner, n.nspacl,"
    " CASE WHEN n.nspname = 'public' THEN pg_catalog.array_append(pg_catalog.acldefault('n', n.nspowner),"
    " pg_catalog.makeaclitem(0, n.nspowner, 'USAGE', false)) ELSE pip.initprivs END,"
    " pg_catalog.acldefault('n', n.nspowner)"
    " FROM pg_catalog.pg_namespace n";

void take_namespace(Reading& reading, Row& row) {
  Namespace schema;
  schema.oid = row.oid();
  schema.name = row.text();
  schema.owner = reading.role(row.oid(), schema.name);
  schema.acl = row.optional_text();
  schema.initial_acl = row.optional_text();
  schema.default_acl = row.text();
  schema.extension = reading.extension_of(catalog_oid::kNamespace, schema.oid);
  reading.catalog.namespace_by_oid[schema.oid] = static_cast<Index>(reading.catalog.namespaces.size());
  reading.catalog.namespaces.push_back(std::move(schema));
}

}  // namespace

void add_namespaces(Steps& steps) {
  const std::string sql =
      std::string(kSql) + init_privs_join("pg_namespace", "n.oid") + " ORDER BY n.nspname";
  steps.push_back(row_step("schemas", sql, {}, take_namespace));
}

}  // namespace pgark::dumper
