// ACL entries (SCHEMA_COVERAGE B61). They run in a pass of their own, after every object exists (D6).
#include <algorithm>
#include <utility>

#include "base/sql_quote.hpp"
#include "dumper/ddl/acl_item.hpp"
#include "dumper/ddl/emitter.hpp"

namespace pgark::dumper {
namespace {

AclKind kind_of(std::string_view keyword) {
  if (keyword == "SEQUENCE") return AclKind::sequence;
  if (keyword == "FUNCTION" || keyword == "PROCEDURE") return AclKind::function;
  if (keyword == "TYPE") return AclKind::type;
  if (keyword == "SCHEMA") return AclKind::schema;
  if (keyword == "LANGUAGE") return AclKind::language;
  if (keyword == "FOREIGN DATA WRAPPER" || keyword == "FOREIGN SERVER") return AclKind::foreign_data;
  if (keyword == "DATABASE") return AclKind::database;
  if (keyword == "LARGE OBJECT") return AclKind::large_object;
  return AclKind::table;
}

// B61.1: initial privileges, where there are any, are what the object has after CREATE EXTENSION or initdb.
void choose_base(AclRequest& request, const std::optional<std::string>& acl,
                 const std::optional<std::string>& initial, const std::string& by_default) {
  request.base = initial ? *initial : by_default;
  request.current = acl ? *acl : by_default;
}

}  // namespace

void Emitter::add_acl(DumpId id, const AclRequest& request, std::string name, EntryLinks links) {
  auto script = acl_script(request);
  if (!script) return fail(script.error(), request.target);
  context_.note_left_out(request.target, script->left_out);
  std::vector<std::string>& statements = script->statements;
  if (statements.empty()) return;
  const std::string_view schema = object(id).schema;
  const auto schema_acl = schema_acls_.find(schema);
  if (!script->grantors.empty() && schema_acl != schema_acls_.end()) {
    links.after.push_back(schema_acl->second);
  }
  const bool lends = lend_usage(schema, script->grantors, statements);
  format::TocEntry entry = entry_for(id, "ACL");
  hang_on_relation(entry, id);
  entry.name = std::move(name);
  entry.owner = request.owner;
  entry.pass = format::Pass::acl;
  entry.roles = std::move(script->roles);
  for (std::string& sql : statements) entry.create.push_back({std::move(sql)});
  last_acl_ = attach(id, std::move(entry), std::move(links));
  if (lends) schema_acls_[schema] = last_acl_;  // one after the other: they change the same row
}

// A grantor finds the object only if he may use its schema. One who has lost that privilege since gets it for
// as long as his grants take.
bool Emitter::lend_usage(std::string_view schema, const std::vector<std::string>& grantors,
                         std::vector<std::string>& statements) const {
  if (schema.empty() || grantors.empty()) return false;
  const auto& schemas = catalog().namespaces;
  const auto found = std::ranges::find(schemas, schema, &Namespace::name);
  if (found == schemas.end()) return false;
  std::string borrowers;
  for (const std::string& grantor : grantors) {
    if (grantor == found->owner || (found->acl && is_granted(*found->acl, grantor, 'U'))) continue;
    borrowers += (borrowers.empty() ? "" : ", ") + quote_identifier(grantor);
  }
  if (borrowers.empty()) return false;
  const std::string usage = "USAGE ON SCHEMA " + quote_identifier(schema);
  statements.insert(statements.begin(), "GRANT " + usage + " TO " + borrowers);
  statements.push_back("REVOKE " + usage + " FROM " + borrowers);
  return true;
}

void Emitter::acl(DumpId id, const Target& target, const Object& source) {
  last_acl_ = 0;
  if (!wants(id, kAcl) || (!source.acl && !source.initial_acl)) return;
  AclRequest request;
  request.kind = kind_of(target.keyword);
  request.target = target.to_sql();
  request.owner = source.owner;
  request.server_version_num = catalog().database.server_version_num;
  request.role_names = &catalog().role_names;
  choose_base(request, source.acl, source.initial_acl, source.default_acl);
  const DumpObject& named = object(id);
  add_acl(id, request, target.keyword + " " + std::string(named.name), {});
  if (named.kind == ObjectKind::schema && last_acl_ != 0) schema_acls_[named.name] = last_acl_;
}

// D7.7: after the table's own entry, which a REVOKE of table privileges would undo.
void Emitter::column_acls(DumpId id, std::string_view relation_sql, const Relation& relation) {
  if (!wants(id, kAcl)) return;
  EntryLinks links;
  links.after.push_back(last_acl_);
  for (const auto* columns : {&relation.columns, &relation.system_columns}) {
    for (const Column& column : *columns) {
      if (column.dropped || (!column.acl && !column.initial_acl)) continue;
      AclRequest request;
      request.kind = AclKind::column;
      request.target = "TABLE " + std::string(relation_sql);
      request.column = column.name;
      request.owner = relation.owner;
      request.server_version_num = catalog().database.server_version_num;
      request.role_names = &catalog().role_names;
      choose_base(request, column.acl, column.initial_acl, "{}");
      add_acl(id, request, "COLUMN " + relation.name + "." + column.name, links);
    }
  }
}

}  // namespace pgark::dumper
