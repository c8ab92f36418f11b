// pg_depend (D1), and what ALTER ... DEPENDS ON EXTENSION added to it (B0.6).
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// Pins (until 14) and extension membership are no dependencies between what is saved; built-in objects
// exist everywhere.
constexpr std::string_view kSql =
    "SELECT DISTINCT classid, objid, refclassid, refobjid, deptype FROM pg_catalog.pg_depend"
    " WHERE deptype NOT IN ('p', 'e') AND objid >= 16384 AND refobjid >= 16384"
    " ORDER BY classid, objid, refclassid, refobjid, deptype";

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

void take_dependency(Reading& reading, Row& row) {
  Dependency dependency;
  dependency.dependent = {row.oid(), 0};
  dependency.dependent.oid = row.oid();
  dependency.referenced = {row.oid(), 0};
  dependency.referenced.oid = row.oid();
  dependency.type = row.character();
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

}  // namespace

void add_dependencies(Steps& steps) {
  steps.push_back(row_step("dependencies", std::string(kSql), {}, take_dependency));
}

}  // namespace pgark::dumper
