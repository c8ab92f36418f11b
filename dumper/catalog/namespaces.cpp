// Schemas (B03, B0.4).
#include <optional>
#include <string>
#include <utility>

#include "base/restore_record.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// What $public stands for is the privilege that `public` gives to everybody by itself.
constexpr std::string_view kSql =
    "SELECT n.oid, n.nspname, n.nspowner, n.nspacl,"
    " CASE WHEN n.nspname = 'public' THEN pg_catalog.array_append(pg_catalog.acldefault('n', n.nspowner),"
    " $public) ELSE pip.initprivs END,"
    " pg_catalog.acldefault('n', n.nspowner),"
    " CASE WHEN n.nspname = 'pgark_restore' THEN pg_catalog.obj_description(n.oid, 'pg_namespace') END"
    " FROM pg_catalog.pg_namespace n";

// USAGE from 15 on, whatever the server's initdb did: the same dump then restores the same privileges
// everywhere (B0.4). Before, it was CREATE too, so that a list without it means a REVOKE for a target of
// those versions; it does no harm on a newer one. A list that has both is granted for the newer ones.
std::string public_item(const Reading& reading) {
  const auto item = [](const std::string& letters) {
    return "('=" + letters +
           "/' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(n.nspowner)))::pg_catalog.aclitem";
  };
  if (reading.at_least(15)) return item("U");
  return "CASE WHEN " + item("UC") + " = ANY (n.nspacl) THEN " + item("U") + " ELSE " + item("UC") + " END";
}

void take_namespace(Reading& reading, Row& row) {
  Namespace schema;
  schema.oid = row.oid();
  schema.name = row.text();
  schema.owner = reading.role(row.oid(), schema.name);
  schema.acl = row.optional_text();
  schema.initial_acl = row.optional_text();
  schema.default_acl = row.text();
  const std::optional<std::string> comment = row.optional_text();
  schema.is_restore_record = comment == restore_record::kComment || comment == restore_record::kLiveComment;
  if (schema.is_restore_record) {
    reading.catalog.report.push_back(
        {format::ReportLevel::warning, "SCHEMA", schema.name,
         "left out: it is the record of a restore into this database that has not come to its end, so that "
         "rows, objects or foreign keys may be missing here"});
  }
  schema.extension = reading.extension_of(catalog_oid::kNamespace, schema.oid);
  reading.catalog.namespace_by_oid[schema.oid] = static_cast<Index>(reading.catalog.namespaces.size());
  reading.catalog.namespaces.push_back(std::move(schema));
}

}  // namespace

void add_namespaces(const Reading& reading, Steps& steps) {
  constexpr std::string_view kPublic = "$public";
  std::string sql(kSql);
  sql.replace(sql.find(kPublic), kPublic.size(), public_item(reading));
  sql += init_privs_join("pg_namespace", "n.oid") + " ORDER BY n.nspname";
  steps.push_back(row_step("schemas", sql, {}, take_namespace));
}

}  // namespace pgark::dumper
