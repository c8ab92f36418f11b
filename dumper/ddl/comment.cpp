// COMMENT and SECURITY LABEL entries (SCHEMA_COVERAGE B58, B59).
#include <array>

#include "base/sql_quote.hpp"
#include "dumper/ddl/emitter.hpp"

namespace pgark::dumper {
namespace {

// Columns every table has; they can be commented and labelled like others.
std::string_view system_column_name(std::int32_t number) {
  constexpr std::array<std::string_view, 6> kNames{"ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"};
  const auto index = static_cast<std::size_t>(-number - 1);
  return number < 0 && index < kNames.size() ? kNames[index] : std::string_view{};
}

// Empty when there is none or it is dropped.
std::string_view column_name(const Relation& relation, std::int32_t number) {
  if (number < 0) return system_column_name(number);
  for (const Column& column : relation.columns) {
    if (column.number == number && !column.dropped) return column.name;
  }
  return {};
}

std::string label_head(const SecurityLabel& label) {
  return "SECURITY LABEL FOR " + quote_identifier(label.provider) + " ON ";
}

}  // namespace

void Emitter::describe(DumpId id, std::string_view kind, std::string name, std::string sql,
                       EntryLinks links) {
  format::TocEntry entry = entry_for(id, kind);
  entry.name = std::move(name);
  hang_on_relation(entry, id);
  entry.create.push_back({std::move(sql)});
  attach(id, std::move(entry), std::move(links));
}

void Emitter::comment_text(DumpId id, std::string_view text, const Target& target, EntryLinks links) {
  describe(id, "COMMENT", target.keyword + " " + std::string(object(id).name),
           "COMMENT ON " + target.to_sql() + " IS " + quote_literal(text), std::move(links));
}

void Emitter::labels_on(DumpId id, CatalogId labelled, const Target& target, EntryLinks links) {
  if (!wants(id, kSecurityLabel)) return;
  for (const SecurityLabel* label : lookup().labels_of(labelled)) {
    if (label->column != 0) continue;
    describe(id, "SECURITY LABEL", target.keyword + " " + std::string(object(id).name),
             label_head(*label) + target.to_sql() + " IS " + quote_literal(label->label), links);
  }
}

void Emitter::comment_on(DumpId id, CatalogId commented, const Target& target, EntryLinks links) {
  labels_on(id, commented, target, links);
  if (!wants(id, kComment)) return;
  const std::string* text = lookup().comment(commented);
  if (text != nullptr) comment_text(id, *text, target, std::move(links));
}

void Emitter::comment(DumpId id, const Target& target, EntryLinks links) {
  comment_on(id, object(id).id, target, std::move(links));
}

void Emitter::column_comments(DumpId id, CatalogId commented, std::string_view relation_sql,
                              EntryLinks links) {
  const Index position = lookup().relation(commented.oid);
  if (position == kNone) return;
  const Relation& relation = catalog().relations[position];
  const auto add = [&](std::string_view kind, std::int32_t number, const std::string& head,
                       std::string_view text) {
    const std::string_view column = column_name(relation, number);
    if (column.empty()) return;
    describe(id, kind, "COLUMN " + std::string(object(id).name) + "." + std::string(column),
             head + "COLUMN " + std::string(relation_sql) + "." + quote_identifier(column) + " IS " +
                 quote_literal(text),
             links);
  };
  if (wants(id, kComment)) {
    for (const Comment* comment : lookup().comments_of(commented))
      add("COMMENT", comment->column, "COMMENT ON ", comment->text);
  }
  if (wants(id, kSecurityLabel)) {
    for (const SecurityLabel* label : lookup().labels_of(commented))
      add("SECURITY LABEL", label->column, label_head(*label), label->label);
  }
}

}  // namespace pgark::dumper
