// Comments on user objects (B58). Those on built-in objects are not saved; the database's own is read with
// it.
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// Schema `public` has a built-in OID but is the user's to comment on; large objects may have any OID.
constexpr std::string_view kSql =
    "SELECT d.classoid, d.objoid, d.objsubid, d.description FROM pg_catalog.pg_description d"
    " WHERE d.objoid >= 16384 OR d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass"
    " OR (d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objoid ="
    " (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public'))"
    " ORDER BY d.classoid, d.objoid, d.objsubid";

void take_comment(Reading& reading, Row& row) {
  Comment comment;
  comment.object.catalog = row.oid();
  comment.object.oid = row.oid();
  comment.column = static_cast<std::int32_t>(row.integer());
  comment.text = row.text();
  // A member's comment is its extension's.
  if (reading.extension_of(comment.object.catalog, comment.object.oid) == 0) {
    reading.catalog.comments.push_back(std::move(comment));
  }
}

}  // namespace

void add_comments(Steps& steps) {
  steps.push_back(row_step("comments", std::string(kSql), {}, take_comment));
}

}  // namespace pgark::dumper
