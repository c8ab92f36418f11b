#include "dumper/catalog/reading.hpp"

#include <utility>

#include "base/array_text.hpp"
#include "base/error.hpp"

namespace pgark::dumper {
namespace {

Index find_index(const PositionByOid& positions, Oid oid) {
  const auto found = positions.find(oid);
  return found == positions.end() ? kNone : found->second;
}

}  // namespace

const std::string& Reading::role(Oid oid, std::string_view object) const {
  const auto found = roles.find(oid);
  if (found != roles.end()) return found->second;
  Error error;
  error.code = ErrorCode::server;
  error.message = "role with OID " + std::to_string(oid) + " does not exist";
  error.object = object;
  error.hint = "give the object an existing owner (ALTER ... OWNER TO) or revoke the dangling privileges";
  throw Exception(std::move(error));
}

Oid Reading::extension_of(Oid catalog_of_object, Oid object) const {
  const auto found = members.find(CatalogId{catalog_of_object, object});
  return found == members.end() ? 0 : found->second;
}

Index Reading::namespace_index(Oid oid) const {
  return find_index(catalog.namespace_by_oid, oid);
}

Index Reading::relation_index(Oid oid) const {
  return find_index(catalog.relation_by_oid, oid);
}

std::string Reading::describe(const Object& object) const {
  if (object.schema == kNone) return object.name;
  return catalog.namespaces[object.schema].name + "." + object.name;
}

Step row_step(std::string what, std::string sql, std::vector<std::string> parameters,
              std::function<void(Reading&, Row&)> take,
              std::function<void(Reading&, std::size_t)> make_room) {
  const auto take_all = [take = std::move(take), make_room = std::move(make_room)](
                            Reading& reading, const wire::ResultSet& result) {
    if (make_room) make_room(reading, result.row_count());
    for (std::size_t i = 0; i < result.row_count(); ++i) {
      Row row(result, i);
      take(reading, row);
    }
  };
  return Step{std::move(what), std::move(sql), std::move(parameters), take_all};
}

Step command_step(std::string sql) {
  return {"the transaction", std::move(sql), {}, [](Reading&, const wire::ResultSet&) {}};
}

std::string relation_oids(const Reading& reading, const std::function<bool(const Relation&)>& wanted) {
  std::vector<Oid> oids;
  for (const Relation& relation : reading.catalog.relations) {
    if (wanted(relation)) oids.push_back(relation.oid);
  }
  return encode_oid_array(oids);
}

std::string since(const Reading& reading, int major, std::string_view present, std::string_view absent) {
  return std::string(reading.at_least(major) ? present : absent);
}

std::string visible_filter(std::string_view acl_column) {
  const std::string acl(acl_column);
  return "((n.nspname !~ '^pg_' AND n.nspname <> 'information_schema') OR (n.nspname = 'pg_catalog' AND " +
         acl + "::pg_catalog.text IS DISTINCT FROM pip.initprivs::pg_catalog.text))";
}

std::string init_privs_join(std::string_view catalog_name, std::string_view oid_column) {
  return " LEFT JOIN pg_catalog.pg_init_privs pip ON pip.objoid = " + std::string(oid_column) +
         " AND pip.classoid = 'pg_catalog." + std::string(catalog_name) +
         "'::pg_catalog.regclass AND pip.objsubid = 0";
}

// Schema `public` has a built-in OID but is the user's to describe; large objects may have any OID.
std::string users_to_describe(std::string_view alias) {
  const std::string row(alias);
  return "(" + row + ".objoid >= 16384 OR " + row +
         ".classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass OR (" + row +
         ".classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND " + row +
         ".objoid = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public')))";
}

std::string foreign_options_array(std::string_view column) {
  const std::string options(column);
  return "CASE WHEN " + options +
         " IS NOT NULL THEN ARRAY(SELECT pg_catalog.quote_ident(o.name) || ' ' ||"
         " pg_catalog.quote_literal(o.value) FROM pg_catalog.pg_options_to_table(" +
         options + ") WITH ORDINALITY AS o(name, value, place) ORDER BY o.place) END";
}

}  // namespace pgark::dumper
