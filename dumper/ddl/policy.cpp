// Row security policies (SCHEMA_COVERAGE B50). ENABLE ROW LEVEL SECURITY is an object of its own:
// row_security.cpp.
#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"
#include "dumper/ddl/sql_clauses.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.policies.size(); ++i) {
    const Policy& policy = context.catalog.policies[i];
    if (policy.relation == kNone) continue;
    context.graph.add(relation_part_object(context, ObjectKind::policy, {catalog_oid::kPolicy, policy.oid}, i,
                                           policy.name, policy.relation));
  }
}

void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.policies.size(); ++i) {
    const DumpId id = context.graph.find(ObjectKind::policy, i);
    if (id != kNoDump) context.graph.depend(id, context.relation_id(context.catalog.policies[i].relation));
  }
}

std::string_view command_sql(char command) {
  switch (command) {
    case 'r': return "SELECT";
    case 'a': return "INSERT";
    case 'w': return "UPDATE";
    case 'd': return "DELETE";
    default: return {};
  }
}

std::string create_sql(const Policy& policy, const std::string& on_table) {
  std::string sql = "CREATE POLICY " + on_table;
  if (!policy.permissive) sql += " AS RESTRICTIVE";
  if (const std::string_view command = command_sql(policy.command); !command.empty()) {
    sql += fmt::format(" FOR {}", command);
  }
  const std::vector<std::string_view> roles(policy.roles.begin(), policy.roles.end());
  if (!roles.empty()) sql += " TO " + name_list_sql(roles);
  if (policy.using_sql) sql += " USING (" + *policy.using_sql + ")";
  if (policy.check_sql) sql += " WITH CHECK (" + *policy.check_sql + ")";
  return sql;
}

void write(Emitter& out, DumpId id) {
  const Policy& policy = out.catalog().policies[out.object(id).payload];
  const Relation& table = out.catalog().relations[policy.relation];
  if (!out.wants(id, kPolicy)) return;
  const std::string on_table = quote_identifier(policy.name) + " ON " + out.lookup().sql_name(table);
  format::TocEntry entry = out.entry_for(id, "POLICY");
  entry.owner = table.owner;
  entry.roles = policy.roles;
  entry.create.push_back({create_sql(policy, on_table)});
  entry.drop.push_back({"DROP POLICY IF EXISTS " + on_table});
  out.define(id, std::move(entry), {{policy.relation}, {}});
  out.comment(id, {"POLICY", on_table}, {{policy.relation}, {}});
}

}  // namespace

const Family& policy_family() {
  static const Family kFamily{collect, link, {{ObjectKind::policy, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
