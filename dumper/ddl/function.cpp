// Functions and procedures (SCHEMA_COVERAGE B12, B13). The text is put together from pg_proc rather than
// taken from pg_get_functiondef, which writes OR REPLACE and other defaults.
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/emitter.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"
#include "dumper/ddl/sql_clauses.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  collect_functions(context, ObjectKind::function,
                    [](const Function& function) { return function.kind != 'a'; });
}

std::string signature_sql(const Emitter& out, const Function& function) {
  return out.lookup().sql_name(function) + "(" + function.identity_arguments_sql + ")";
}

// COST is left out at its default, which depends on the language.
std::string cost_and_rows_sql(const Function& function) {
  std::string sql;
  const bool native = function.language == "internal" || function.language == "c";
  if (function.cost != 0 && function.cost != (native ? 1 : 100))
    sql += fmt::format(" COST {}", function.cost);
  if (function.returns_set && function.rows != 0 && function.rows != 1000) {
    sql += fmt::format(" ROWS {}", function.rows);
  }
  return sql;
}

std::string attributes_sql(const Function& function) {
  std::string sql;
  for (std::size_t i = 0; i < function.transform_types_sql.size(); ++i) {
    sql += (i == 0 ? " TRANSFORM FOR TYPE " : ", FOR TYPE ") + function.transform_types_sql[i];
  }
  if (function.kind == 'w') sql += " WINDOW";
  if (function.volatility == 'i') sql += " IMMUTABLE";
  if (function.volatility == 's') sql += " STABLE";
  if (function.strict) sql += " STRICT";
  if (function.security_definer) sql += " SECURITY DEFINER";
  if (function.leakproof) sql += " LEAKPROOF";
  sql += cost_and_rows_sql(function);
  if (!function.support_sql.empty() && function.support_sql != "-") sql += " SUPPORT " + function.support_sql;
  if (function.parallel == 's') sql += " PARALLEL SAFE";
  if (function.parallel == 'r') sql += " PARALLEL RESTRICTED";
  for (const std::string& setting : function.configuration) sql += "\n    SET " + setting_sql(setting);
  return sql;
}

std::string body_sql(const Function& function) {
  if (function.sql_body) return *function.sql_body;
  if (function.binary && *function.binary != "-") {
    // C: the library and, where it says something, the symbol.
    std::string sql = "AS " + quote_literal(*function.binary);
    if (function.source != "-") sql += ", " + quote_literal(function.source);
    return sql;
  }
  return "AS " + quote_dollar(function.source);
}

std::string create_sql(const Emitter& out, const Function& function) {
  const bool procedure = function.kind == 'p';
  std::string sql = std::string("CREATE ") + (procedure ? "PROCEDURE " : "FUNCTION ") +
                    out.lookup().sql_name(function) + "(" + function.arguments_sql + ")";
  if (!procedure && !function.result_sql.empty()) sql += " RETURNS " + function.result_sql;
  sql += "\n    LANGUAGE " + quote_identifier(function.language);
  return sql + attributes_sql(function) + "\n    " + body_sql(function);
}

void write(Emitter& out, DumpId id) {
  const Function& function = out.catalog().functions[out.object(id).payload];
  const Target target{function.kind == 'p' ? "PROCEDURE" : "FUNCTION", signature_sql(out, function)};
  if (out.wants(id, kDefinition)) {
    format::TocEntry entry = out.entry_for(id, target.keyword);
    entry.name = fmt::format("{}({})", function.name, function.argument_types);
    entry.owner = function.owner;
    entry.owner_object = target.to_sql();
    entry.create.push_back({create_sql(out, function)});
    for (const std::string_view extension : out.lookup().extensions_needed_by(out.object(id).id)) {
      entry.create.push_back(
          {"ALTER " + target.to_sql() + " DEPENDS ON EXTENSION " + quote_identifier(extension)});
    }
    entry.drop.push_back({"DROP " + target.keyword + " IF EXISTS " + target.sql});
    out.define(id, std::move(entry));
    out.comment(id, target);
  }
  out.acl(id, target, function);
}

}  // namespace

const Family& function_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::function, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
