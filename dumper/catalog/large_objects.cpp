// Large objects (B57): who owns them, and how their bytes can be read. There may be millions of them, so rows
// are groups of equal owner and privileges. Members of extensions are left to their extension.
#include <utility>

#include "base/array_text.hpp"
#include "base/error.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

constexpr std::size_t kNamedMax = 5;

std::string groups_sql() {
  return "SELECT m.lomowner, m.lomacl, pg_catalog.acldefault('L', m.lomowner),"
         " pg_catalog.array_agg(m.oid ORDER BY m.oid)"
         " FROM (SELECT l.oid, l.lomowner, l.lomacl::pg_catalog.text AS lomacl, (pg_catalog.row_number() OVER"
         " (PARTITION BY l.lomowner, l.lomacl::pg_catalog.text ORDER BY l.oid) - 1) / " +
         std::to_string(kLargeObjectGroupMax) +
         " AS part FROM pg_catalog.pg_largeobject_metadata l WHERE NOT EXISTS (SELECT FROM "
         "pg_catalog.pg_depend e"
         " WHERE e.classid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND e.objid = l.oid AND"
         " e.deptype = 'e')) m GROUP BY m.lomowner, m.lomacl, m.part ORDER BY pg_catalog.min(m.oid)";
}

void take_group(Reading& reading, Row& row) {
  LargeObjectGroup group;
  const Oid owner = row.oid();
  group.acl = row.optional_text();
  group.default_acl = row.text();
  group.oids = row.oid_list();
  group.oid = group.oids.front();
  group.name = std::to_string(group.oids.front());
  if (group.oids.size() > 1) group.name += ".." + std::to_string(group.oids.back());
  group.owner = reading.role(owner, "large object " + std::to_string(group.oid));
  group.components = kAllComponents;
  reading.catalog.large_objects.push_back(std::move(group));
}

// A large object's pages are as long as a quarter of a block.
constexpr std::string_view kStoreSql =
    "SELECT pg_catalog.has_table_privilege('pg_catalog.pg_largeobject', 'SELECT'),"
    " pg_catalog.current_setting('block_size')::pg_catalog.int4 / 4,"
    " pg_catalog.pg_relation_size('pg_catalog.pg_largeobject'),"
    " pg_catalog.pg_relation_size('pg_catalog.pg_largeobject') /"
    " pg_catalog.current_setting('block_size')::pg_catalog.int4,"
    " EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid ="
    " 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND e.deptype = 'e')";

void take_store(Reading& reading, Row& row) {
  LargeObjectStore& store = reading.catalog.large_object_store;
  store.wanted = true;
  store.readable_directly = row.boolean();
  store.page_bytes = static_cast<std::uint32_t>(row.integer());
  store.heap_bytes = static_cast<std::uint64_t>(row.integer());
  store.heap_pages = row.integer();
  store.all_are_wanted = !row.boolean();
}

// A6: an object that this role may not read is named, with what would help, before anything is copied.
constexpr std::string_view kUnreadableSql =
    "SELECT m.oid, pg_catalog.count(*) OVER (), pg_catalog.quote_ident(current_user)"
    " FROM pg_catalog.pg_largeobject_metadata m"
    " WHERE NOT pg_catalog.has_table_privilege('pg_catalog.pg_largeobject', 'SELECT')"
    " AND pg_catalog.current_setting('lo_compat_privileges') = 'off'"
    " AND NOT pg_catalog.pg_has_role(m.lomowner, 'USAGE') AND NOT EXISTS (SELECT FROM"
    " pg_catalog.aclexplode(m.lomacl) a WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0 OR"
    " pg_catalog.pg_has_role(a.grantee, 'USAGE'))) ORDER BY m.oid LIMIT 5";

void refuse_unreadable(Reading& /*reading*/, const wire::ResultSet& result) {
  if (result.empty()) return;
  std::string oids;
  for (std::size_t i = 0; i < result.row_count(); ++i) {
    oids += (i == 0 ? "" : ", ") + std::string(result.text(i, 0));
  }
  const auto count = static_cast<std::size_t>(result.integer(0, 1));
  Error error;
  error.code = ErrorCode::server;
  error.message = "permission denied for " + std::to_string(count) + " large objects";
  error.object = "large objects " + oids + (count > kNamedMax ? ", ..." : "");
  error.hint = "GRANT SELECT ON LARGE OBJECT " + oids + " TO " + std::string(result.text(0, 2)) +
               (count > kNamedMax ? " and likewise for the others" : "") + ", or leave large objects out";
  throw Exception(std::move(error));
}

}  // namespace

void add_large_objects(const Reading& reading, Steps& steps) {
  if (!reading.options.selection.wants_large_objects()) return;
  steps.push_back({"privileges of large objects", std::string(kUnreadableSql), {}, refuse_unreadable});
  steps.push_back(row_step("large objects", groups_sql(), {}, take_group));
  steps.push_back(row_step("the table of large objects", std::string(kStoreSql), {}, take_store));
}

}  // namespace pgark::dumper
