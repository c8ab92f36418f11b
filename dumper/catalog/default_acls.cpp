// Default privileges (B56). Those for all schemas differ from what the server grants by itself; those of one
// schema come on top, so they differ from nothing.
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// pg_default_acl calls sequences S, acldefault() calls them s.
constexpr std::string_view kSql =
    "SELECT d.oid, d.defaclrole, d.defaclnamespace, d.defaclobjtype, d.defaclacl,"
    " CASE WHEN d.defaclnamespace = 0 THEN pg_catalog.acldefault(CASE WHEN d.defaclobjtype = 'S' THEN"
    " 's'::pg_catalog.\"char\" ELSE d.defaclobjtype END, d.defaclrole) ELSE '{}'::pg_catalog.aclitem[] END"
    " FROM pg_catalog.pg_default_acl d ORDER BY d.oid";

void take_default_acl(Reading& reading, Row& row) {
  DefaultAcl defaults;
  defaults.oid = row.oid();
  defaults.role = reading.role(row.oid(), "default privileges");
  const Oid schema = row.oid();
  defaults.object_type = row.character();
  defaults.acl = row.text();
  defaults.base_acl = row.text();
  defaults.schema = schema == 0 ? kNone : reading.namespace_index(schema);
  const bool wanted = schema == 0 ? reading.selector.takes_everything()
                                  : (reading.selector.contents_of(defaults.schema) & kAcl) != 0;
  if (wanted) defaults.components = kAcl & reading.selector.mask();
  reading.catalog.default_acls.push_back(std::move(defaults));
}

}  // namespace

void add_default_acls(Steps& steps) {
  steps.push_back(row_step("default privileges", std::string(kSql), {}, take_default_acl));
}

}  // namespace pgark::dumper
