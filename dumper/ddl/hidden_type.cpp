// Types that have no entry of their own: array and row types and multiranges, which come with what they
// belong to, and the system's pseudo-types. Dependencies pass through them; a pseudo-type may have
// privileges.
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/type_common.hpp"

namespace pgark::dumper {
namespace {

// The other families take a type by these two.
bool is_written(const Type& type) {
  return !type.hidden && (!type.defined || type.kind != 'p');
}

void collect(BuildContext& context) {
  collect_types(context, ObjectKind::hidden_type, [](const Type& type) { return !is_written(type); });
}

void write(Emitter& out, DumpId id) {
  const Type& type = out.catalog().types[out.object(id).payload];
  if (!type.hidden) out.acl(id, Target{"TYPE", out.lookup().sql_name(type)}, type);
}

}  // namespace

const Family& hidden_type_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::hidden_type, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
