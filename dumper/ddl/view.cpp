// Views (SCHEMA_COVERAGE B40). A view in a dependency loop is created with typed NULLs for columns and gets
// its text as a RULE entry after the data (D4.3).
#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"
#include "dumper/ddl/sql_clauses.hpp"
#include "dumper/ddl/view_text.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.relations.size(); ++i) {
    if (context.catalog.relations[i].kind == 'v')
      context.graph.add(relation_object(context, ObjectKind::view, i));
  }
}

void write(Emitter& out, DumpId id) {
  const DumpObject& object = out.object(id);
  const Relation& view = out.catalog().relations[object.payload];
  const Target target{"VIEW", out.lookup().sql_name(view)};
  if (out.wants(id, kDefinition)) {
    format::TocEntry entry = out.entry_for(id, "VIEW");
    entry.owner = view.owner;
    entry.owner_object = target.to_sql();
    entry.create.push_back({object.placeholder
                                ? "CREATE VIEW " + target.sql + " AS\n" + placeholder_query_sql(view)
                                : "CREATE VIEW " + view_definition_sql(view, target.sql)});
    entry.drop.push_back({"DROP VIEW IF EXISTS " + target.sql});
    out.define(id, std::move(entry));
    out.comment(id, target, {{object.payload}, {}});
    out.column_comments(id, object.id, target.sql, {{object.payload}, {}});
    comment_on_view_rule(out, id, target.sql);
  }
  // GRANT and REVOKE know views as tables.
  out.acl(id, Target{"TABLE", target.sql}, view);
  out.column_acls(id, target.sql, view);
}

}  // namespace

std::string view_definition_sql(const Relation& view, const std::string& name_sql) {
  std::string sql = name_sql + with_options_sql(view.options, " ") + " AS\n" + view.view_sql;
  if (!view.check_option.empty()) sql += "\n  WITH " + view.check_option + " CHECK OPTION";
  return sql;
}

const Family& view_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::view, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
