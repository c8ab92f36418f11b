// Range types and the multiranges that come with them (SCHEMA_COVERAGE B11). The constructors and the cast to
// the multirange are made by CREATE TYPE.
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"
#include "dumper/ddl/type_common.hpp"

namespace pgark::dumper {
namespace {

bool is_range(const Type& type) {
  return !type.hidden && type.defined && type.kind == 'r';
}

// The canonical function takes the range itself: D4.1, as for base types.
void collect(BuildContext& context) {
  collect_types(context, ObjectKind::range_type, is_range);
  collect_shells(context, is_range);
}

std::string create_sql(const Emitter& out, const Type& type, const RangeType& range) {
  ParameterList list;
  list.add("subtype", range.subtype_sql);
  list.add_if("multirange_type_name", range.multirange_sql);
  list.add_if("subtype_opclass", range.operator_class_sql);
  list.add_if("collation", range.collation_sql);
  list.add_if("canonical", range.canonical_sql);
  list.add_if("subtype_diff", range.difference_sql);
  return "CREATE TYPE " + out.lookup().sql_name(type) + " AS RANGE (" + list.take() + "\n)";
}

void write(Emitter& out, DumpId id) {
  const Type& type = out.catalog().types[out.object(id).payload];
  const std::string create = type.range ? create_sql(out, type, *type.range) : std::string();
  write_type(out, id, type, "TYPE", create,
             type.range && !type.range->canonical_sql.empty() ? " CASCADE" : "");
  if (!type.range || type.range->multirange == 0) return;
  out.comment_on(id, {catalog_oid::kType, type.range->multirange}, {"TYPE", type.range->multirange_sql});
  const auto multirange = out.catalog().type_by_oid.find(type.range->multirange);
  if (multirange == out.catalog().type_by_oid.end()) return;
  // Until 16 a multirange could have privileges of its own; later it has those of its range.
  out.acl(id, {"TYPE", type.range->multirange_sql}, out.catalog().types[multirange->second]);
}

}  // namespace

const Family& range_type_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::range_type, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
