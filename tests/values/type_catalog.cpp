#include "values/type_catalog.hpp"

#include <utility>

namespace pgark::test {

using values::Oid;
using values::TypeKind;

constexpr Oid kFirstUserOid = 16384;

std::string TypeCatalog::sql(int server_version_num) {
  const bool has_multiranges = server_version_num >= 140000;
  return std::string(
             "SELECT t.oid, t.typname, t.typtype, t.typelem, t.typarray, t.typbasetype, r.rngsubtype, "
             "t.typdelim, t.typsend <> 0, EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid), ") +
         (has_multiranges ? "(SELECT m.rngtypid FROM pg_range m WHERE m.rngmultitypid = t.oid)" : "0") +
         " FROM pg_type t LEFT JOIN pg_range r ON r.rngtypid = t.oid";
}

TypeCatalog::TypeCatalog(const wire::ResultSet& rows) {
  const auto oid = [&](std::size_t row, std::size_t column) {
    return static_cast<Oid>(rows.integer(row, column));
  };
  for (std::size_t row = 0; row < rows.row_count(); ++row) {
    CatalogType type;
    type.name = rows.text(row, 1);
    type.kind = rows.text(row, 2).front();
    type.element = oid(row, 3);
    type.array = oid(row, 4);
    type.base = oid(row, 5);
    type.subtype = oid(row, 6);
    type.delimiter = rows.text(row, 7).front();
    type.has_send = rows.boolean(row, 8);
    type.is_array = rows.boolean(row, 9);
    type.range = oid(row, 10);
    types_.emplace(oid(row, 0), std::move(type));
  }
}

values::TypeDescriptor TypeCatalog::describe(Oid oid) const {
  if (oid < kFirstUserOid) return {{TypeKind::builtin, oid}};
  const CatalogType& type = types_.at(oid);
  const auto around = [&](TypeKind kind, Oid inner) {
    values::TypeDescriptor levels = describe(inner);
    levels.insert(levels.begin(), {kind, oid});
    return levels;
  };
  switch (type.kind) {
    case 'e': return {{TypeKind::enumeration, oid}};
    case 'd': return around(TypeKind::domain, type.base);
    case 'r': return around(TypeKind::range, type.subtype);
    case 'm': return around(TypeKind::multirange, type.range);
    default: break;
  }
  return type.is_array ? around(TypeKind::array, type.element)
                       : values::TypeDescriptor{{TypeKind::builtin, oid}};
}

}  // namespace pgark::test
