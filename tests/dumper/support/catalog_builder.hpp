// Builds small catalogs by hand, as the reader would have filled them: every object gets an OID of its own
// and the pg_depend rows that the server would write.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dumper/catalog/model.hpp"

namespace pgark::dumper::testing {

class CatalogBuilder {
 public:
  // The first OID handed out; two builders with different ones describe equal databases with different OIDs.
  explicit CatalogBuilder(Oid first_oid = 20000) : next_(first_oid) {
    catalog.database.name = "db";
    catalog.database.owner = "boss";
    catalog.database.encoding = "UTF8";
    catalog.database.collate = catalog.database.ctype = "C";
    catalog.database.locale_provider = "c";
    catalog.database.tablespace = "pg_default";
    catalog.database.server_version_num = 150018;
    schema("public");
    catalog.namespaces[0].owner = "pg_database_owner";
    catalog.comments.push_back(
        {{catalog_oid::kNamespace, catalog.namespaces[0].oid}, 0, "standard public schema"});
  }

  Index schema(const std::string& name) {
    Namespace object;
    name_object(object, name, kNone);
    catalog.namespaces.push_back(object);
    return last(catalog.namespaces);
  }

  Index table(const std::string& name, char kind = 'r', Index in_schema = 0) {
    Relation object;
    name_object(object, name, in_schema);
    object.kind = kind;
    object.interesting = true;
    if (kind == 'r' || kind == 'm') object.access_method = "heap";
    catalog.relations.push_back(object);
    catalog.relation_by_oid[object.oid] = last(catalog.relations);
    return last(catalog.relations);
  }

  Column& column(Index table, const std::string& name, const std::string& type_sql = "integer") {
    Column object;
    object.name = name;
    object.type_sql = type_sql;
    object.number = static_cast<std::int16_t>(catalog.relations[table].columns.size() + 1);
    catalog.relations[table].columns.push_back(object);
    return catalog.relations[table].columns.back();
  }

  Index default_value(Index table, std::int16_t number, const std::string& expression) {
    AttributeDefault object;
    object.oid = next_++;
    object.relation = table;
    object.column = number;
    object.expression_sql = expression;
    Column& owner = catalog.relations[table].columns[static_cast<std::size_t>(number) - 1];
    object.generated = owner.generated != 0;
    catalog.defaults.push_back(object);
    owner.default_value = last(catalog.defaults);
    depend({catalog_oid::kAttrdef, object.oid}, relation_id(table), 'a');
    return last(catalog.defaults);
  }

  void inherit(Index child, Index parent) {
    catalog.relations[child].parents.push_back(parent);
    depend(relation_id(child), relation_id(parent));
  }

  void partition(Index child, Index parent, const std::string& bound = "DEFAULT") {
    catalog.relations[child].partition = true;
    catalog.relations[child].partition_bound_sql = bound;
    catalog.relations[child].parents = {parent};
    depend(relation_id(child), relation_id(parent), 'a');
  }

  Index constraint(Index table, const std::string& name, char type, const std::string& definition) {
    Constraint object;
    object.oid = next_++;
    object.name = name;
    object.type = type;
    object.relation = table;
    object.definition_sql = definition;
    object.components = kAllComponents;
    catalog.constraints.push_back(object);
    catalog.constraint_by_oid[object.oid] = last(catalog.constraints);
    depend({catalog_oid::kConstraint, object.oid}, relation_id(table), 'a');
    return last(catalog.constraints);
  }

  Index index(Index table, const std::string& name, const std::string& definition = {}) {
    IndexInfo object;
    object.oid = next_++;
    object.name = name;
    object.schema = catalog.relations[table].schema;
    object.relation = table;
    object.definition_sql = definition.empty() ? "CREATE INDEX " + name : definition;
    catalog.indexes.push_back(object);
    catalog.index_by_oid[object.oid] = last(catalog.indexes);
    depend({catalog_oid::kClass, object.oid}, relation_id(table), 'a');
    return last(catalog.indexes);
  }

  // A primary key or unique constraint with its index.
  Index key(Index table, const std::string& name, const std::string& definition, char type = 'p') {
    const Index made = constraint(table, name, type, definition);
    const Index behind = index(table, name);
    catalog.constraints[made].index = behind;
    catalog.indexes[behind].constraint = catalog.constraints[made].oid;
    depend({catalog_oid::kClass, catalog.indexes[behind].oid}, constraint_id(made), 'i');
    return made;
  }

  void attach_index(Index child, Index parent) {
    catalog.indexes[child].parent = catalog.indexes[parent].oid;
  }

  Index foreign_key(Index table, const std::string& name, Index referenced, Index referenced_key) {
    const Index made = constraint(table, name, 'f', "FOREIGN KEY (a) REFERENCES x(a)");
    const IndexInfo& behind = catalog.indexes[catalog.constraints[referenced_key].index];
    catalog.constraints[made].referenced_relation = catalog.relations[referenced].oid;
    catalog.constraints[made].referenced_index = behind.oid;
    depend(constraint_id(made), {catalog_oid::kClass, behind.oid});
    return made;
  }

  Index view(const std::string& name, const std::string& text, char kind = 'v') {
    const Index made = table(name, kind);
    catalog.relations[made].view_sql = text;
    Rule rule;
    rule.oid = next_++;
    rule.name = "_RETURN";
    rule.relation = made;
    rule.is_view_rule = rule.instead = true;
    catalog.rules.push_back(rule);
    depend({catalog_oid::kRewrite, rule.oid}, relation_id(made), 'i');
    rules_[made] = rule.oid;
    return made;
  }
  // What the view's query needs.
  void view_needs(Index view, CatalogId needed) { depend({catalog_oid::kRewrite, rules_[view]}, needed); }

  Index function(const std::string& name, const std::string& arguments = {}) {
    Function object;
    name_object(object, name, 0);
    object.identity_arguments_sql = object.arguments_sql = object.argument_types = arguments;
    object.result_sql = "integer";
    object.language = "sql";
    object.source = "select 1";
    object.support_sql = "-";
    catalog.functions.push_back(object);
    catalog.function_by_oid[object.oid] = last(catalog.functions);
    return last(catalog.functions);
  }

  // `kind` as typtype.
  Index type(const std::string& name, char kind) {
    Type object;
    name_object(object, name, 0);
    object.kind = kind;
    catalog.types.push_back(object);
    catalog.type_by_oid[object.oid] = last(catalog.types);
    return last(catalog.types);
  }

  // An object of a vector of the catalog, in schema public or, for kinds without one, in none.
  template <class T>
  T& object(std::vector<T>& list, const std::string& name, Index in_schema = 0) {
    name_object(list.emplace_back(), name, in_schema);
    return list.back();
  }

  // The row type of a table or view.
  CatalogId row_type(Index relation) {
    const Index made = type(catalog.relations[relation].name, 'c');
    catalog.types[made].hidden = true;
    catalog.types[made].relation = catalog.relations[relation].oid;
    catalog.relations[relation].row_type = catalog.types[made].oid;
    depend(type_id(made), relation_id(relation), 'i');
    return type_id(made);
  }

  Index sequence(const std::string& name, Index owner = kNone, std::int16_t column = 0,
                 bool identity = false) {
    const Index made = table(name, 'S');
    SequenceInfo object;
    object.type_sql = "bigint";
    object.maximum = 9223372036854775807;
    object.owned_by = owner;
    object.owned_by_column = column;
    object.identity = identity;
    object.value_known = true;
    object.last_value = 7;
    object.is_called = true;
    catalog.relations[made].sequence = last_after(catalog.sequences, object);
    if (owner != kNone) depend(relation_id(made), relation_id(owner), identity ? 'i' : 'a');
    return made;
  }

  Index trigger(Index table, const std::string& name) {
    Trigger object;
    object.oid = next_++;
    object.name = name;
    object.relation = table;
    object.definition_sql = "CREATE TRIGGER " + name;
    catalog.triggers.push_back(object);
    depend({catalog_oid::kTrigger, object.oid}, relation_id(table), 'a');
    return last(catalog.triggers);
  }

  void comment(CatalogId object, const std::string& text, std::int32_t column = 0) {
    catalog.comments.push_back({object, column, text});
  }

  void depend(CatalogId dependent, CatalogId referenced, char type = 'n') {
    catalog.dependencies.push_back({dependent, referenced, type});
  }

  CatalogId relation_id(Index i) const { return {catalog_oid::kClass, catalog.relations[i].oid}; }
  CatalogId function_id(Index i) const { return {catalog_oid::kProc, catalog.functions[i].oid}; }
  CatalogId constraint_id(Index i) const { return {catalog_oid::kConstraint, catalog.constraints[i].oid}; }
  CatalogId default_id(Index i) const { return {catalog_oid::kAttrdef, catalog.defaults[i].oid}; }
  CatalogId index_id(Index i) const { return {catalog_oid::kClass, catalog.indexes[i].oid}; }
  CatalogId type_id(Index i) const { return {catalog_oid::kType, catalog.types[i].oid}; }
  Oid take_oid() { return next_++; }

  Catalog catalog;

 private:
  template <class T>
  static Index last(const std::vector<T>& list) {
    return static_cast<Index>(list.size() - 1);
  }
  template <class T>
  static Index last_after(std::vector<T>& list, T item) {
    list.push_back(std::move(item));
    return last(list);
  }

  void name_object(Object& object, const std::string& name, Index in_schema) {
    object.oid = next_++;
    object.name = name;
    object.schema = in_schema;
    object.owner = "boss";
    object.components = kAllComponents;
  }

  Oid next_;
  std::unordered_map<Index, Oid> rules_;
};

}  // namespace pgark::dumper::testing
