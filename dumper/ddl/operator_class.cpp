// Operator families (SCHEMA_COVERAGE B17) and operator classes (B16).
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  collect_objects(context, context.catalog.operator_families, ObjectKind::operator_family,
                  catalog_oid::kOperatorFamily,
                  [](const OperatorFamily& family) { return std::string_view(family.access_method); });
  collect_objects(context, context.catalog.operator_classes, ObjectKind::operator_class,
                  catalog_oid::kOperatorClass,
                  [](const OperatorClass& object) { return std::string_view(object.access_method); });
}

std::vector<std::string> members_sql(const OperatorMembers& members) {
  std::vector<std::string> items;
  for (const MemberOperator& member : members.operators) {
    std::string sql = fmt::format("OPERATOR {} {}", member.strategy, member.operator_sql);
    if (!member.sort_family_sql.empty()) sql += " FOR ORDER BY " + member.sort_family_sql;
    items.push_back(std::move(sql));
  }
  for (const MemberFunction& member : members.functions) {
    items.push_back(fmt::format("FUNCTION {} ({}, {}) {}", member.number, member.left_sql, member.right_sql,
                                member.function_sql));
  }
  return items;
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "\n    " : ",\n    ") + item;
  return text;
}

std::string using_sql(const std::string& name, const std::string& access_method) {
  return name + " USING " + quote_identifier(access_method);
}

// Of a family that is not the user's own only the members are written.
void write_foreign_family(Emitter& out, DumpId id, const OperatorFamily& family, const std::string& alter) {
  if (!out.wants(id, kDefinition)) return;
  format::TocEntry entry = out.entry_for(id, "OPERATOR FAMILY");
  entry.create.push_back({alter});
  out.define(id, std::move(entry));
  out.context().note(format::ReportLevel::info, "OPERATOR FAMILY",
                     one_line(using_sql(out.lookup().sql_name(family), family.access_method)),
                     "members were added to a family of the system or of an extension: only they are saved");
}

void write_family(Emitter& out, DumpId id) {
  const OperatorFamily& family = out.catalog().operator_families[out.object(id).payload];
  const Target target{"OPERATOR FAMILY", using_sql(out.lookup().sql_name(family), family.access_method)};
  const std::string alter = "ALTER " + target.to_sql() + " ADD" + joined(members_sql(family.loose));
  if (!family.create) return write_foreign_family(out, id, family, alter);
  Definition definition{"OPERATOR FAMILY", target, {"CREATE " + target.to_sql()}};
  if (!family.loose.empty()) definition.create.push_back(alter);
  write_definition(out, id, family, std::move(definition));
}

// An empty class still needs something in its list: STORAGE of the type itself says nothing.
std::string create_class_sql(const Emitter& out, const OperatorClass& object) {
  std::vector<std::string> items;
  if (!object.storage_sql.empty()) items.push_back("STORAGE " + object.storage_sql);
  for (std::string& item : members_sql(object.members)) items.push_back(std::move(item));
  if (items.empty()) items.push_back("STORAGE " + object.type_sql);
  return fmt::format("CREATE OPERATOR CLASS {}\n    {}FOR TYPE {} USING {} FAMILY {} AS{}",
                     out.lookup().sql_name(object), object.by_default ? "DEFAULT " : "", object.type_sql,
                     quote_identifier(object.access_method), object.family_sql, joined(items));
}

void write_class(Emitter& out, DumpId id) {
  const OperatorClass& object = out.catalog().operator_classes[out.object(id).payload];
  const Target target{"OPERATOR CLASS", using_sql(out.lookup().sql_name(object), object.access_method)};
  write_definition(out, id, object, {"OPERATOR CLASS", target, {create_class_sql(out, object)}});
}

}  // namespace

const Family& operator_class_family() {
  static const Family kFamily{
      collect,
      nullptr,
      {{ObjectKind::operator_family, write_family}, {ObjectKind::operator_class, write_class}}};
  return kFamily;
}

}  // namespace pgark::dumper
