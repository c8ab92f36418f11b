// Operators (B15). Shells, which exist because another operator names them, are read as links only.
#include <utility>

#include "dumper/catalog/missing.hpp"
#include "dumper/catalog/named_objects.hpp"

namespace pgark::dumper {
namespace {

// An operator's name is never quoted: outside OPERATOR() quotes would not even parse.
std::string reference_sql(std::string_view alias) {
  const std::string name(alias);
  return "'OPERATOR(' || pg_catalog.quote_ident(" + name + "n.nspname) || '.' || " + name + ".oprname || ')'";
}

std::string operators_sql() {
  const std::string missing = missing_sql({{"type", "o.oprleft"},
                                           {"type", "o.oprright"},
                                           {"function", "o.oprcode::pg_catalog.oid"},
                                           {"function", "o.oprrest::pg_catalog.oid"},
                                           {"function", "o.oprjoin::pg_catalog.oid"}});
  return "SELECT o.oid, o.oprname, o.oprnamespace, o.oprowner, " + missing + ", o.oprkind, " +
         function_name_sql("o.oprcode") + ", " + type_name_sql("o.oprleft") + ", " +
         type_name_sql("o.oprright") + ", " + reference_sql("com") + ", " + reference_sql("neg") + ", " +
         function_name_sql("o.oprrest") + ", " + function_name_sql("o.oprjoin") +
         ", o.oprcanmerge, o.oprcanhash"
         " FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace"
         " LEFT JOIN pg_catalog.pg_operator com ON com.oid = o.oprcom"
         " LEFT JOIN pg_catalog.pg_namespace comn ON comn.oid = com.oprnamespace"
         " LEFT JOIN pg_catalog.pg_operator neg ON neg.oid = o.oprnegate"
         " LEFT JOIN pg_catalog.pg_namespace negn ON negn.oid = neg.oprnamespace WHERE " +
         users_own_sql("pg_operator", "o.oid") + " ORDER BY n.nspname, o.oprname, o.oid";
}

void take_operator(Reading& reading, Row& row) {
  Operator object;
  take_owned(reading, row, object);
  if (note_missing(reading, "OPERATOR", reading.describe(object), {}, row.text())) return;
  object.kind = row.character();
  object.function_sql = row.text();
  object.left_sql = row.text();
  object.right_sql = row.text();
  object.commutator_sql = row.text();
  object.negator_sql = row.text();
  object.restrict_sql = row.text();
  object.join_sql = row.text();
  object.merges = row.boolean();
  object.hashes = row.boolean();
  object.arguments_sql = (object.left_sql.empty() ? "NONE" : object.left_sql) + ", " +
                         (object.right_sql.empty() ? "NONE" : object.right_sql);
  reading.catalog.operators.push_back(std::move(object));
}

}  // namespace

void add_operators(Steps& steps) {
  steps.push_back(row_step("operators", operators_sql(), {}, take_operator));
}

}  // namespace pgark::dumper
