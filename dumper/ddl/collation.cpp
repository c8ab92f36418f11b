// Collations (SCHEMA_COVERAGE B22). The version of the provider's library is left to the target.
#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  collect_objects(context, context.catalog.collations, ObjectKind::collation, catalog_oid::kCollation,
                  [](const Collation& collation) { return std::string_view(collation.encoding); });
}

std::string_view provider_sql(char provider) {
  switch (provider) {
    case 'i': return "icu";
    case 'b': return "builtin";
    case 'd': return "default";
    default: return "libc";
  }
}

void add_locale(ParameterList& list, const Collation& collation) {
  if (collation.locale) {
    list.add("locale", quote_literal(*collation.locale));
  } else if (collation.collate == collation.ctype) {
    list.add("locale", quote_literal(collation.collate));
  } else {
    list.add("lc_collate", quote_literal(collation.collate));
    list.add("lc_ctype", quote_literal(collation.ctype));
  }
}

// Only a copy of one of the server's own is valid for every encoding, as these are.
bool is_copy_for_every_encoding(const Collation& collation) {
  return collation.provider == 'c' && collation.encoding.empty() && collation.collate == collation.ctype &&
         (collation.collate == "C" || collation.collate == "POSIX");
}

std::string create_sql(const Emitter& out, const Collation& collation) {
  const std::string create = "CREATE COLLATION " + out.lookup().sql_name(collation);
  if (is_copy_for_every_encoding(collation)) {
    return create + " FROM pg_catalog." + quote_identifier(collation.collate);
  }
  ParameterList list;
  list.add("provider", provider_sql(collation.provider));
  if (!collation.deterministic) list.add("deterministic", "false");
  add_locale(list, collation);
  if (collation.rules) list.add("rules", quote_literal(*collation.rules));
  return create + " (" + list.take() + "\n)";
}

// The database's own collation under another name cannot be made by any statement.
bool is_copy_of_default(const Collation& collation) {
  return collation.provider == 'd';
}

void write(Emitter& out, DumpId id) {
  const Collation& collation = out.catalog().collations[out.object(id).payload];
  const Target target{"COLLATION", out.lookup().sql_name(collation)};
  if (is_copy_of_default(collation)) {
    if (!out.wants(id, kDefinition)) return;
    out.context().note(
        format::ReportLevel::lost, "COLLATION", one_line(target.sql),
        "uses the provider of the database's default collation, for which there is no statement");
    return;
  }
  write_definition(out, id, collation, {"COLLATION", target, {create_sql(out, collation)}});
}

}  // namespace

const Family& collation_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::collation, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
