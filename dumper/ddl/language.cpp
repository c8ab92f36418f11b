// Procedural languages (SCHEMA_COVERAGE B20). Only trusted ones have privileges that can be granted.
#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  collect_objects(context, context.catalog.languages, ObjectKind::language, catalog_oid::kLanguage);
}

std::string create_sql(const Language& language, const std::string& name) {
  if (language.handler_is_lost) return "CREATE OR REPLACE PROCEDURAL LANGUAGE " + name;
  std::string sql = std::string("CREATE ") + (language.trusted ? "TRUSTED " : "") + "PROCEDURAL LANGUAGE " +
                    name + " HANDLER " + language.handler_sql;
  if (!language.inline_sql.empty()) sql += " INLINE " + language.inline_sql;
  if (!language.validator_sql.empty()) sql += " VALIDATOR " + language.validator_sql;
  return sql;
}

void write(Emitter& out, DumpId id) {
  const Language& language = out.catalog().languages[out.object(id).payload];
  const Target target{"LANGUAGE", quote_identifier(language.name)};
  write_definition(out, id, language, {"PROCEDURAL LANGUAGE", target, {create_sql(language, target.sql)}});
  if (language.trusted) out.acl(id, target, language);
}

}  // namespace

const Family& language_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::language, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
