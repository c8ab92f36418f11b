// Comments on user objects (B58). Those on built-in objects are not saved; the database's own is read with
// it.
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

std::string comments_sql() {
  return "SELECT d.classoid, d.objoid, d.objsubid, d.description FROM pg_catalog.pg_description d WHERE " +
         users_to_describe("d") + " ORDER BY d.classoid, d.objoid, d.objsubid";
}

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
  steps.push_back(row_step("comments", comments_sql(), {}, take_comment));
}

}  // namespace pgark::dumper
