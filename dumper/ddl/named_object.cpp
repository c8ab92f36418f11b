#include "dumper/ddl/named_object.hpp"

namespace pgark::dumper {

void write_definition(Emitter& out, DumpId id, const Object& object, Definition definition) {
  if (out.wants(id, kDefinition)) {
    format::TocEntry entry = out.entry_for(id, definition.kind);
    if (!definition.name.empty()) entry.name = std::move(definition.name);
    if (definition.owned) {
      entry.owner = object.owner;
      entry.owner_object = definition.target.to_sql();
    }
    for (std::string& sql : definition.create) entry.create.push_back({std::move(sql)});
    entry.drop.push_back({"DROP " + definition.target.keyword + " IF EXISTS " + definition.target.sql});
    out.define(id, std::move(entry));
  }
  out.comment(id, definition.target);
}

void ParameterList::begin() {
  text_ += text_.empty() ? "\n    " : ",\n    ";
}

void ParameterList::add(std::string_view key, std::string_view value) {
  begin();
  text_ += key;
  text_ += " = ";
  text_ += value;
}

void ParameterList::flag_if(std::string_view key, bool set) {
  if (!set) return;
  begin();
  text_ += key;
}

}  // namespace pgark::dumper
