// Base types (SCHEMA_COVERAGE B06) and shell types (B07).
//
// A base type and its input and output functions need each other. The loop repair D4.1 makes the functions
// wait for a shell of the type instead; the shell's own entry is written only then. A type that is nothing
// but a shell in the source is an ordinary type here.
#include <string>
#include <string_view>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"
#include "dumper/ddl/type_common.hpp"

namespace pgark::dumper {
namespace {

bool is_base(const Type& type) {
  return !type.hidden && type.defined && type.kind == 'b';
}
bool is_only_shell(const Type& type) {
  return !type.hidden && !type.defined;
}

void collect(BuildContext& context) {
  collect_types(context, ObjectKind::base_type, is_base);
  collect_types(context, ObjectKind::undefined_type, is_only_shell);
  collect_shells(context, is_base);
}

std::string_view alignment_sql(char alignment) {
  switch (alignment) {
    case 'c': return "char";
    case 's': return "int2";
    case 'd': return "double";
    default: return "int4";
  }
}

std::string_view storage_sql(char storage) {
  switch (storage) {
    case 'e': return "external";
    case 'm': return "main";
    case 'x': return "extended";
    default: return "plain";
  }
}

std::string length_sql(int length) {
  return length < 0 ? "VARIABLE" : std::to_string(length);
}

std::string create_sql(const Emitter& out, const Type& type, const BaseType& base) {
  ParameterList list;
  list.add("INTERNALLENGTH", length_sql(base.length));
  list.add("INPUT", base.input_sql);
  list.add("OUTPUT", base.output_sql);
  list.add_if("RECEIVE", base.receive_sql);
  list.add_if("SEND", base.send_sql);
  list.add_if("TYPMOD_IN", base.modifier_in_sql);
  list.add_if("TYPMOD_OUT", base.modifier_out_sql);
  list.add_if("ANALYZE", base.analyze_sql);
  list.add_if("SUBSCRIPT", base.subscript_sql);
  if (base.collatable) list.add("COLLATABLE", "true");
  if (type.default_sql) list.add("DEFAULT", *type.default_sql);
  list.add_if("ELEMENT", base.element_sql);
  if (base.category != 'U') list.add("CATEGORY", quote_literal(std::string_view(&base.category, 1)));
  if (base.preferred) list.add("PREFERRED", "true");
  if (base.delimiter != ',') list.add("DELIMITER", quote_literal(std::string_view(&base.delimiter, 1)));
  list.add("ALIGNMENT", alignment_sql(base.alignment));
  list.add("STORAGE", storage_sql(base.storage));
  list.flag_if("PASSEDBYVALUE", base.by_value);
  return "CREATE TYPE " + out.lookup().sql_name(type) + " (" + list.take() + "\n)";
}

void write_base(Emitter& out, DumpId id) {
  const Type& type = out.catalog().types[out.object(id).payload];
  write_type(out, id, type, "TYPE", type.base ? create_sql(out, type, *type.base) : std::string(),
             " CASCADE");
}

void write_undefined(Emitter& out, DumpId id) {
  const Type& type = out.catalog().types[out.object(id).payload];
  write_type(out, id, type, "TYPE", "CREATE TYPE " + out.lookup().sql_name(type));
}

// No owner: ALTER TYPE refuses a shell. No drop: that of the type itself is enough (D8.2).
void write_shell(Emitter& out, DumpId id) {
  if (!out.wants(id, kDefinition)) return;
  const Type& type = out.catalog().types[out.object(id).payload];
  format::TocEntry entry = out.entry_for(id, "SHELL TYPE");
  entry.create.push_back({"CREATE TYPE " + out.lookup().sql_name(type)});
  out.define(id, std::move(entry));
}

}  // namespace

const Family& base_type_family() {
  static const Family kFamily{collect,
                              nullptr,
                              {{ObjectKind::base_type, write_base},
                               {ObjectKind::undefined_type, write_undefined},
                               {ObjectKind::shell_type, write_shell}}};
  return kFamily;
}

}  // namespace pgark::dumper
