// The types of one database, as pg_type and pg_range tell, and the descriptors of its columns.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "format/values/type_descriptor.hpp"
#include "protocol/wire/result_set.hpp"

namespace pgark::test {

struct CatalogType {
  std::string name;
  char kind = 'b';  // pg_type.typtype
  values::Oid element = 0, array = 0, base = 0;
  values::Oid subtype = 0;  // of a range
  values::Oid range = 0;    // of a multirange
  char delimiter = ',';
  bool is_array = false, has_send = false;
};

class TypeCatalog {
 public:
  // The statement whose result the constructor takes; multiranges came with 14.
  static std::string sql(int server_version_num);
  explicit TypeCatalog(const wire::ResultSet& rows);

  values::TypeDescriptor describe(values::Oid oid) const;
  const std::map<values::Oid, CatalogType>& types() const { return types_; }

 private:
  std::map<values::Oid, CatalogType> types_;
};

}  // namespace pgark::test
