// Default privileges (SCHEMA_COVERAGE B56). They run in the pass of the privileges, when every object exists,
// so that they touch none of those that are restored (B61.6).
#include "base/sql_quote.hpp"
#include "dumper/ddl/acl_item.hpp"
#include "dumper/ddl/emitter.hpp"
#include "dumper/ddl/family.hpp"

namespace pgark::dumper {
namespace {

struct ObjectType {
  char letter;  // pg_default_acl.defaclobjtype
  AclKind kind;
  std::string_view keyword;
};
constexpr ObjectType kTypes[] = {
    {'r', AclKind::table, "TABLES"},       {'S', AclKind::sequence, "SEQUENCES"},
    {'f', AclKind::function, "FUNCTIONS"}, {'T', AclKind::type, "TYPES"},
    {'n', AclKind::schema, "SCHEMAS"},     {'L', AclKind::large_object, "LARGE OBJECTS"}};

const ObjectType* type_of(char letter) {
  for (const ObjectType& type : kTypes) {
    if (type.letter == letter) return &type;
  }
  return nullptr;
}

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.default_acls.size(); ++i) {
    const DefaultAcl& defaults = context.catalog.default_acls[i];
    const ObjectType* type = type_of(defaults.object_type);
    if (type == nullptr) {
      context.note(format::ReportLevel::lost, "DEFAULT ACL", quote_identifier(defaults.role),
                   std::string("is for objects of an unknown type '") + defaults.object_type + "'");
      continue;
    }
    DumpObject object;
    object.kind = ObjectKind::default_acl;
    object.id = {catalog_oid::kDefaultAcl, defaults.oid};
    object.payload = i;
    object.schema = context.lookup.schema_name(defaults.schema);
    object.name = type->keyword;
    object.detail = defaults.role;
    object.components = defaults.components;
    context.graph.add(object);
  }
}

void link(BuildContext& context) {
  for (const DefaultAcl& defaults : context.catalog.default_acls) {
    if (defaults.schema == kNone) continue;
    const Oid schema = context.catalog.namespaces[defaults.schema].oid;
    context.graph.depend(context.graph.find(CatalogId{catalog_oid::kDefaultAcl, defaults.oid}),
                         context.graph.find(CatalogId{catalog_oid::kNamespace, schema}));
  }
}

void write(Emitter& out, DumpId id) {
  const DefaultAcl& defaults = out.catalog().default_acls[out.object(id).payload];
  if (!out.wants(id, kAcl)) return;
  const ObjectType& type = *type_of(defaults.object_type);
  AclRequest request;
  request.kind = type.kind;
  request.prefix = "ALTER DEFAULT PRIVILEGES FOR ROLE " + quote_identifier(defaults.role) + " ";
  if (defaults.schema != kNone) {
    request.prefix += "IN SCHEMA " + quote_identifier(out.lookup().schema_name(defaults.schema)) + " ";
  }
  request.target = type.keyword;
  request.owner = defaults.role;
  request.base = defaults.base_acl;
  request.current = defaults.acl;
  request.server_version_num = out.catalog().database.server_version_num;
  request.role_names = &out.catalog().role_names;
  auto script = acl_script(request);
  if (!script) return out.fail(script.error(), request.prefix + request.target);
  out.context().note_left_out(request.prefix + request.target, script->left_out);
  if (script->statements.empty()) return;
  format::TocEntry entry = out.entry_for(id, "DEFAULT ACL");
  entry.name = "DEFAULT PRIVILEGES FOR " + std::string(type.keyword);
  entry.owner = defaults.role;
  entry.pass = format::Pass::acl;
  entry.roles = std::move(script->roles);
  entry.roles.push_back(defaults.role);
  for (std::string& sql : script->statements) entry.create.push_back({std::move(sql)});
  out.define(id, std::move(entry));
}

}  // namespace

const Family& default_acl_family() {
  static const Family kFamily{collect, link, {{ObjectKind::default_acl, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
