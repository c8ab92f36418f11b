// What the readers of objects with a name share: pieces of SQL, and the columns that come first in each of
// their queries. Pieces name columns as "alias.column" and write every name with its schema. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {

// A function as CREATE statements refer to it, without and with argument types; NULL when there is none.
std::string function_name_sql(std::string_view column);
std::string function_signature_sql(std::string_view column);
// A type's name, NULL for 0.
std::string type_name_sql(std::string_view column);
// "schema.name" from the columns of two aliases, NULL when the joined row is missing.
std::string qualified_sql(std::string_view schema_column, std::string_view name_column);

// True for a row that the user made: outside the system schemas (alias n) and not in an extension.
std::string users_own_sql(std::string_view catalog, std::string_view oid_column);
// The second half alone, for kinds without a schema.
std::string not_member_sql(std::string_view catalog, std::string_view oid_column);

// Reads oid, name, namespace and owner, and decides the components. Throws like Reading::role.
void take_owned(const Reading& reading, Row& row, Object& object);
// The same for kinds that have no owner: oid, name, namespace.
void take_unowned(const Reading& reading, Row& row, Object& object);
// Kinds without a schema and an owner: oid, name.
void take_schemaless(const Reading& reading, Row& row, Object& object);

// The three columns of an object's privileges: its own, the initial ones, and those of its kind (B61.1).
void take_privileges(Row& row, Object& object);

// Text of a reg* column that must name something: throws Exception (snapshot) when it is a bare number, which
// is how the server prints an object that was dropped after our snapshot was taken.
std::string take_reference(Row& row, std::string_view object);

// Position of each object of a list by OID.
template <class T>
PositionByOid positions_by_oid(const std::vector<T>& list) {
  PositionByOid positions;
  for (Index i = 0; i < list.size(); ++i) positions.emplace(list[i].oid, i);
  return positions;
}

}  // namespace pgark::dumper
