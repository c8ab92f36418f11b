#include "dumper/selection.hpp"

#include <utility>

namespace pgark::dumper {
namespace {

std::uint8_t components_left(const Selection& selection) {
  int mask = kAllComponents;
  if (!selection.wants_rows()) mask &= ~kData;
  if (!selection.wants_schema()) mask &= kData;
  if (selection.no_comments) mask &= ~kComment;
  if (selection.no_security_labels) mask &= ~kSecurityLabel;
  if (selection.no_privileges) mask &= ~kAcl;
  if (selection.no_policies) mask &= ~kPolicy;
  return static_cast<std::uint8_t>(mask);
}

}  // namespace

bool is_system_schema(std::string_view name) {
  return name.starts_with("pg_") || name == "information_schema";
}

Selector::Selector(const Selection& selection, MatchedPatterns matched)
    : matched_(std::move(matched)),
      by_table_(!selection.include_tables.empty() || !selection.include_tables_and_children.empty()),
      by_schema_(!selection.include_schemas.empty()),
      by_extension_(!selection.include_extensions.empty()),
      everything_(selection.everything()),
      unlogged_rows_(!selection.no_unlogged_table_data),
      sequence_data_(selection.sequence_data),
      mask_(components_left(selection)) {}

void Selector::select_namespaces(std::vector<Namespace>& namespaces) {
  contents_.assign(namespaces.size(), 0);
  namespace_oids_.clear();
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    Namespace& schema = namespaces[i];
    namespace_oids_.push_back(schema.oid);
    schema.create = schema.name != "public";
    std::uint8_t own = kAllComponents, contents = kAllComponents;
    if (is_system_schema(schema.name)) {
      own = contents = everything_ && schema.name == "pg_catalog" ? kAcl : 0;
    } else if (by_table_ || (by_schema_ && !matched_.include_schemas.contains(schema.oid))) {
      own = contents = 0;
    } else if (!schema.create && schema.owner == "pg_database_owner") {
      // Its owner is what a new database gives it: nothing of the definition is left to say (B0.4).
      own = static_cast<std::uint8_t>(own & ~kDefinition);
    }
    if (matched_.exclude_schemas.contains(schema.oid) || schema.is_restore_record) own = contents = 0;
    if (schema.extension != 0) own = of_member(schema.extension);
    schema.components = static_cast<std::uint8_t>(own & mask_ & ~kData);
    contents_[i] = contents;
  }
}

bool Selector::wants_extension(const Extension& extension) const {
  if (matched_.exclude_extensions.contains(extension.oid)) return false;
  return by_extension_ ? matched_.include_extensions.contains(extension.oid) : everything_;
}

void Selector::select_extensions(std::vector<Extension>& extensions) {
  left_extensions_.clear();
  for (Extension& extension : extensions) {
    const bool built_in = extension.oid < kFirstNormalOid;
    const std::uint8_t own = built_in ? kAcl : kAllComponents;
    const bool wanted = built_in ? everything_ : wants_extension(extension);
    if (!wanted) left_extensions_.insert(extension.oid);
    extension.components = wanted ? static_cast<std::uint8_t>(own & mask_ & ~kData) : std::uint8_t{0};
  }
}

std::uint8_t Selector::of_member(Oid extension) const {
  const bool wanted = (everything_ || by_extension_) && !left_extensions_.contains(extension);
  return wanted ? kAcl & mask_ : 0;
}

std::uint8_t Selector::namespace_contents(Index schema) const {
  return schema < contents_.size() ? contents_[schema] : std::uint8_t{0};
}

std::uint8_t Selector::in_schema(const Object& object) const {
  if (object.extension != 0) return of_member(object.extension);
  return namespace_contents(object.schema) & mask_;
}

std::uint8_t Selector::without_schema(const Object& object) const {
  if (!everything_) return 0;
  const bool privileges_only = object.extension != 0 || object.oid < kFirstNormalOid;
  return privileges_only ? kAcl & mask_ : mask_;
}

std::uint8_t Selector::of_relation(const Relation& relation) const {
  if (relation.kind == 'c') return 0;  // written with its type
  if (relation.extension != 0) return of_member(relation.extension);
  std::uint8_t own = namespace_contents(relation.schema);
  if (by_table_) own = matched_.include_tables.contains(relation.oid) ? kAllComponents : 0;
  if (matched_.exclude_tables.contains(relation.oid)) own = 0;
  const bool value_wanted = sequence_data_ && relation.kind == 'S';
  return own & (value_wanted ? mask_ | kData : mask_);
}

void Selector::add_owned_sequences(std::vector<Relation>& relations,
                                   const std::vector<SequenceInfo>& sequences) const {
  for (Relation& sequence : relations) {
    if (sequence.sequence == kNone || sequence.extension != 0) continue;
    const SequenceInfo& info = sequences[sequence.sequence];
    if (info.owned_by == kNone) continue;
    const Relation& table = relations[info.owned_by];
    if (info.identity && table.components == 0) {
      sequence.components = 0;  // an identity sequence is nothing without its column
    } else if (table.extension == 0) {
      sequence.components |= table.components;
    }
  }
}

bool Selector::wants_config_table(const Extension& extension, const Relation& table) const {
  const Oid schema = table.schema < namespace_oids_.size() ? namespace_oids_[table.schema] : 0;
  bool wanted = extension.oid >= kFirstNormalOid && wants_extension(extension);
  if (by_table_ && matched_.include_tables.contains(table.oid)) wanted = true;
  if (by_schema_ && !by_table_ && matched_.include_schemas.contains(schema)) wanted = true;
  return wanted && !matched_.exclude_tables.contains(table.oid) && !matched_.exclude_schemas.contains(schema);
}

void Selector::add_config_tables(Catalog& catalog) const {
  for (const Extension& extension : catalog.extensions) {
    for (std::size_t i = 0; i < extension.config_tables.size(); ++i) {
      const auto found = catalog.relation_by_oid.find(extension.config_tables[i]);
      if (found == catalog.relation_by_oid.end()) continue;
      Relation& table = catalog.relations[found->second];
      if (!wants_config_table(extension, table)) continue;
      table.is_config_table = true;
      if (i < extension.config_conditions.size()) table.config_condition = extension.config_conditions[i];
      // What CREATE EXTENSION cannot bring back is part of the definition.
      if ((mask_ & (kDefinition | kData)) != 0) table.components |= kData;
    }
  }
}

void Selector::leave_rows_out(std::vector<Relation>& relations) const {
  for (Relation& relation : relations) {
    const bool excluded = matched_.exclude_rows.contains(relation.oid) ||
                          (!unlogged_rows_ && relation.persistence == 'u') ||
                          (relation.kind == 'f' && !matched_.foreign_data.contains(relation.oid));
    if (!excluded) continue;
    relation.components = static_cast<std::uint8_t>(relation.components & ~kData);
  }
}

void Selector::mark_interesting(std::vector<Relation>& relations) const {
  for (Relation& relation : relations) {
    if ((relation.components & (kDefinition | kData)) == 0) continue;
    relation.interesting = true;
    for (const Index parent : relation.parents) relations[parent].interesting = true;
  }
}

std::vector<Oid> Selector::wanted_schemas(const std::vector<Namespace>& namespaces) const {
  std::vector<Oid> result;
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    if (!is_system_schema(namespaces[i].name) && namespace_contents(static_cast<Index>(i)) != 0) {
      result.push_back(namespaces[i].oid);
    }
  }
  return result;
}

}  // namespace pgark::dumper
