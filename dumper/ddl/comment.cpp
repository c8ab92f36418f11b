// COMMENT entries (SCHEMA_COVERAGE B58).
#include "base/sql_quote.hpp"
#include "dumper/ddl/emitter.hpp"

namespace pgark::dumper {

void Emitter::comment_text(DumpId id, std::string_view text, const Target& target, EntryLinks links) {
  format::TocEntry entry = entry_for(id, "COMMENT");
  entry.name = target.keyword + " " + entry.name;
  hang_on_relation(entry, id);
  entry.create.push_back({"COMMENT ON " + target.to_sql() + " IS " + quote_literal(text)});
  attach(id, std::move(entry), std::move(links));
}

void Emitter::comment_on(DumpId id, CatalogId commented, const Target& target, EntryLinks links) {
  if (!wants(id, kComment)) return;
  const std::string* text = lookup().comment(commented);
  if (text != nullptr) comment_text(id, *text, target, std::move(links));
}

void Emitter::comment(DumpId id, const Target& target, EntryLinks links) {
  comment_on(id, object(id).id, target, std::move(links));
}

void Emitter::column_comments(DumpId id, CatalogId commented, std::string_view relation_sql,
                              EntryLinks links) {
  if (!wants(id, kComment)) return;
  const Index relation = lookup().relation(commented.oid);
  if (relation == kNone) return;
  for (const Comment* comment : lookup().comments_of(commented)) {
    if (comment->column <= 0) continue;
    for (const Column& column : catalog().relations[relation].columns) {
      if (column.number != comment->column || column.dropped) continue;
      format::TocEntry entry = entry_for(id, "COMMENT");
      entry.name = "COLUMN " + entry.name + "." + column.name;
      hang_on_relation(entry, id);
      entry.create.push_back({"COMMENT ON COLUMN " + std::string(relation_sql) + "." +
                              quote_identifier(column.name) + " IS " + quote_literal(comment->text)});
      attach(id, std::move(entry), links);
    }
  }
}

}  // namespace pgark::dumper
