// The database itself and its properties (B01).
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// Locale columns moved between versions: provider from 15 (libc before), ICU locale in daticulocale (15, 16)
// or datlocale (17), rules from 16.
std::string database_sql(const Reading& reading) {
  const std::string locale =
      reading.at_least(17) ? "d.datlocale" : since(reading, 15, "d.daticulocale", "NULL");
  return "SELECT d.oid, d.datname, d.datdba, pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, "
         "d.datctype, " +
         since(reading, 15, "d.datlocprovider", "'c'") + ", " + locale + ", " +
         since(reading, 16, "d.daticurules", "NULL") +
         ", t.spcname, d.datacl, pg_catalog.acldefault('d', d.datdba),"
         " pg_catalog.shobj_description(d.oid, 'pg_database'), d.datconnlimit, d.datistemplate,"
         " pg_catalog.current_setting('server_version_num'), pg_catalog.current_setting('server_version'),"
         " pg_catalog.pg_is_in_recovery(), r.rolname, r.rolsuper"
         " FROM pg_catalog.pg_database d LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace"
         " LEFT JOIN pg_catalog.pg_roles r ON r.rolname = current_user"
         " WHERE d.datname = pg_catalog.current_database()";
}

void take_database(Reading& reading, Row& row) {
  DatabaseInfo& database = reading.catalog.database;
  database.oid = row.oid();
  database.name = row.text();
  database.owner = reading.role(row.oid(), database.name);
  database.encoding = row.text();
  database.collate = row.text();
  database.ctype = row.text();
  database.locale_provider = row.text();
  database.locale = row.text();
  database.icu_rules = row.text();
  database.tablespace = row.text();
  database.acl = row.optional_text();
  database.default_acl = row.text();
  database.comment = row.optional_text();
  database.connection_limit = static_cast<int>(row.integer(-1));
  database.is_template = row.boolean();
  database.server_version_num = static_cast<int>(row.integer());
  database.server_version = row.text();
  database.in_recovery = row.boolean();
  database.reader = row.text();
  database.read_by_superuser = row.boolean();
}

constexpr std::string_view kSettingsSql =
    "SELECT s.setrole, s.setconfig FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d"
    " ON d.oid = s.setdatabase LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole"
    " WHERE d.datname = pg_catalog.current_database() ORDER BY r.rolname NULLS FIRST";

void take_settings(Reading& reading, Row& row) {
  DatabaseInfo& database = reading.catalog.database;
  const Oid role = row.oid();
  for (std::string& setting : row.text_list()) {
    if (role == 0) {
      database.settings.push_back(std::move(setting));
    } else {
      database.role_settings.emplace_back(reading.role(role, database.name), std::move(setting));
    }
  }
}

}  // namespace

void add_database(const Reading& reading, Steps& steps) {
  steps.push_back(row_step("the database", database_sql(reading), {}, take_database));
  steps.push_back(row_step("database settings", std::string(kSettingsSql), {}, take_settings));
}

}  // namespace pgark::dumper
