// pg_depend (D1), and what ALTER ... DEPENDS ON EXTENSION added to it (B0.6).
#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// Pins (until 14) and extension membership are no dependencies between what is saved; built-in objects
// exist everywhere; but plpgsql is one, and DEPENDS ON EXTENSION may name it.
constexpr std::string_view kSql =
    "SELECT classid, objid, refclassid, refobjid, deptype FROM pg_catalog.pg_depend"
    " WHERE deptype NOT IN ('p', 'e') AND objid >= 16384 AND (refobjid >= 16384 OR (deptype = 'x' AND"
    " refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass))";

// What a member of an operator class or family needs is needed by the class it is tied to or, when it is
// loose, by its family (D1.4). $members, $family: pg_amop or pg_amproc and its column.
constexpr std::string_view kMembersSql =
    "SELECT CASE WHEN c.objid IS NULL THEN "
    "'pg_catalog.pg_opfamily'::pg_catalog.regclass::pg_catalog.oid"
    " ELSE c.refclassid END, COALESCE(c.refobjid, m.$family), d.refclassid, d.refobjid, 'n'"
    " FROM pg_catalog.$members m JOIN pg_catalog.pg_depend d ON d.classid ="
    " 'pg_catalog.$members'::pg_catalog.regclass AND d.objid = m.oid AND d.refobjid >= 16384 AND NOT"
    " (d.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND d.refobjid = m.$family) AND "
    "d.refclassid <>"
    " 'pg_catalog.pg_opclass'::pg_catalog.regclass AND d.deptype NOT IN ('p', 'e')"
    " LEFT JOIN pg_catalog.pg_depend c ON c.classid = d.classid AND c.objid = m.oid AND c.refclassid ="
    " 'pg_catalog.pg_opclass'::pg_catalog.regclass AND c.deptype IN ('i', 'a')";

std::string members_sql(std::string_view members, std::string_view family) {
  std::string sql(kMembersSql);
  const auto replace = [&sql](std::string_view from, std::string_view to) {
    for (std::size_t at = sql.find(from); at != std::string::npos; at = sql.find(from, at + to.size())) {
      sql.replace(at, from.size(), to);
    }
  };
  replace("$members", members);
  replace("$family", family);
  return sql;
}

void add_extension(Reading& reading, const Dependency& dependency) {
  const auto extension = reading.extension_names.find(dependency.referenced.oid);
  if (extension == reading.extension_names.end()) return;
  Catalog& catalog = reading.catalog;
  const Oid oid = dependency.dependent.oid;
  if (dependency.dependent.catalog == catalog_oid::kProc) {
    const auto found = catalog.function_by_oid.find(oid);
    if (found != catalog.function_by_oid.end()) {
      catalog.functions[found->second].depends_on_extensions.push_back(extension->second);
    }
  } else if (dependency.dependent.catalog == catalog_oid::kClass) {
    const auto index = catalog.index_by_oid.find(oid);
    const auto relation = catalog.relation_by_oid.find(oid);
    if (index != catalog.index_by_oid.end()) {
      catalog.indexes[index->second].depends_on_extensions.push_back(extension->second);
    } else if (relation != catalog.relation_by_oid.end()) {
      catalog.relations[relation->second].depends_on_extensions.push_back(extension->second);
    }
  } else if (dependency.dependent.catalog == catalog_oid::kTrigger) {
    for (Trigger& trigger : catalog.triggers) {
      if (trigger.oid == oid) trigger.depends_on_extensions.push_back(extension->second);
    }
  }
}

Dependency read_dependency(Row& row) {
  Dependency dependency;
  dependency.dependent = {row.oid(), 0};
  dependency.dependent.oid = row.oid();
  dependency.referenced = {row.oid(), 0};
  dependency.referenced.oid = row.oid();
  dependency.type = row.character();
  return dependency;
}

void take_dependency(Reading& reading, Dependency dependency) {
  if (dependency.type == 'x' && dependency.referenced.catalog == catalog_oid::kExtension) {
    add_extension(reading, dependency);
  }
  // What an extension's members need of each other is the extension's business.
  const Oid dependent = reading.extension_of(dependency.dependent.catalog, dependency.dependent.oid);
  // Whatever kind of member it is, the extension is what has to be there first.
  const Oid extension = reading.extension_of(dependency.referenced.catalog, dependency.referenced.oid);
  if (extension != 0 && extension == dependent) return;
  if (extension != 0) dependency.referenced = {catalog_oid::kExtension, extension};
  reading.catalog.dependencies.push_back(dependency);
}

auto sort_key(const Dependency& row) {
  return std::tie(row.dependent.catalog, row.dependent.oid, row.referenced.catalog, row.referenced.oid,
                  row.type);
}

// Sorted, so that the archive does not depend on the order of the rows in pg_depend, and without the
// repetitions that columns make. The server would take ten times as long for both as it does for the rows
// themselves.
void take_dependencies(Reading& reading, const wire::ResultSet& result) {
  std::vector<Dependency> rows;
  rows.reserve(result.row_count());
  for (std::size_t i = 0; i < result.row_count(); ++i) {
    Row row(result, i);
    rows.push_back(read_dependency(row));
  }
  std::sort(rows.begin(), rows.end(),
            [](const Dependency& a, const Dependency& b) { return sort_key(a) < sort_key(b); });
  const auto end = std::unique(rows.begin(), rows.end(), [](const Dependency& a, const Dependency& b) {
    return sort_key(a) == sort_key(b);
  });
  for (auto row = rows.begin(); row != end; ++row) take_dependency(reading, *row);
}

}  // namespace

void add_dependencies(Steps& steps) {
  steps.push_back({"dependencies", std::string(kSql), {}, take_dependencies});
  steps.push_back(
      {"dependencies of operator classes", members_sql("pg_amop", "amopfamily"), {}, take_dependencies});
  steps.push_back(
      {"dependencies of operator classes", members_sql("pg_amproc", "amprocfamily"), {}, take_dependencies});
}

}  // namespace pgark::dumper
