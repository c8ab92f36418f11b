// Procedural languages (B20), and the built-in and extension's ones whose privileges were changed (B0.3).
#include <utility>

#include "dumper/catalog/named_objects.hpp"

namespace pgark::dumper {
namespace {

std::string languages_sql() {
  return "SELECT l.oid, l.lanname, l.lanowner, l.lanpltrusted, " + function_name_sql("l.lanplcallfoid") +
         ", " + function_name_sql("l.laninline") + ", " + function_name_sql("l.lanvalidator") +
         ", hn.nspname = 'pg_catalog' AND h.oid >= 16384 AND " + not_member_sql("pg_proc", "h.oid") +
         ", l.lanacl, pip.initprivs, pg_catalog.acldefault('l', l.lanowner) FROM pg_catalog.pg_language l"
         " LEFT JOIN pg_catalog.pg_proc h ON h.oid = l.lanplcallfoid"
         " LEFT JOIN pg_catalog.pg_namespace hn ON hn.oid = h.pronamespace" +
         init_privs_join("pg_language", "l.oid") +
         " WHERE (l.lanispl AND l.oid >= 16384) OR l.lanacl::pg_catalog.text IS DISTINCT FROM"
         " pip.initprivs::pg_catalog.text ORDER BY l.lanname";
}

void take_language(Reading& reading, Row& row) {
  Language object;
  object.oid = row.oid();
  object.name = row.text();
  object.owner = reading.role(row.oid(), object.name);
  object.trusted = row.boolean();
  object.handler_sql = row.text();
  object.inline_sql = row.text();
  object.validator_sql = row.text();
  object.handler_is_lost = row.boolean();
  take_privileges(row, object);
  object.extension = reading.extension_of(catalog_oid::kLanguage, object.oid);
  object.components = static_cast<std::uint8_t>(reading.selector.without_schema(object) & ~kData);
  reading.catalog.languages.push_back(std::move(object));
}

}  // namespace

void add_languages(Steps& steps) {
  steps.push_back(row_step("languages", languages_sql(), {}, take_language));
}

}  // namespace pgark::dumper
