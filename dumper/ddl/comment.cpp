// COMMENT and SECURITY LABEL entries (SCHEMA_COVERAGE B58, B59).
#include <array>

#include "base/sql_quote.hpp"
#include "dumper/ddl/emitter.hpp"
#include "dumper/ddl/sql_clauses.hpp"

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
             security_label_sql(label->provider, target.to_sql(), label->label), links);
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
  // `statement` is given the column as COMMENT and SECURITY LABEL name it.
  const auto add = [&](std::string_view kind, std::int32_t number, const auto& statement) {
    const std::string_view column = column_name(relation, number);
    if (column.empty()) return;
    const std::string target = "COLUMN " + std::string(relation_sql) + "." + quote_identifier(column);
    describe(id, kind, "COLUMN " + std::string(object(id).name) + "." + std::string(column),
             statement(target), links);
  };
  if (wants(id, kComment)) {
    for (const Comment* comment : lookup().comments_of(commented)) {
      add("COMMENT", comment->column, [comment](const std::string& target) {
        return "COMMENT ON " + target + " IS " + quote_literal(comment->text);
      });
    }
  }
  if (wants(id, kSecurityLabel)) {
    for (const SecurityLabel* label : lookup().labels_of(commented)) {
      add("SECURITY LABEL", label->column, [label](const std::string& target) {
        return security_label_sql(label->provider, target, label->label);
      });
    }
  }
}

}  // namespace pgark::dumper
