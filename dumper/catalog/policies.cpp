// Row security policies (B50).
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

constexpr std::string_view kSql =
    "SELECT p.oid, p.polname, p.polrelid, p.polcmd, p.polpermissive, p.polroles,"
    " p.polqual IS NOT NULL, pg_catalog.pg_get_expr(p.polqual, p.polrelid),"
    " p.polwithcheck IS NOT NULL, pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)"
    " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
    " JOIN pg_catalog.pg_policy p ON p.polrelid = wanted.oid ORDER BY p.polrelid, p.polname";

// Whether there is one, and its text.
std::optional<std::string> expression(Row& row, std::string_view policy) {
  if (row.boolean()) return row.definition(policy);
  return row.optional_text();
}

void take_policy(Reading& reading, Row& row) {
  Policy policy;
  policy.oid = row.oid();
  policy.name = row.text();
  policy.relation = reading.relation_index(row.oid());
  const std::string name =
      policy.name + " on " + reading.describe(reading.catalog.relations[policy.relation]);
  policy.command = row.character();
  policy.permissive = row.boolean();
  for (const Oid role : row.oid_list()) {
    if (role != 0) policy.roles.push_back(reading.role(role, name));
  }
  policy.using_sql = expression(row, name);
  policy.check_sql = expression(row, name);
  reading.catalog.policies.push_back(std::move(policy));
}

}  // namespace

void add_policies(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(reading, [](const Relation& relation) {
    return (relation.components & kPolicy) != 0 && (relation.kind == 'r' || relation.kind == 'p');
  });
  steps.push_back(row_step("policies", std::string(kSql), {wanted}, take_policy));
}

}  // namespace pgark::dumper
