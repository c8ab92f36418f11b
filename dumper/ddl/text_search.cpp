// Text search parsers and templates (SCHEMA_COVERAGE B24), dictionaries (B25), configurations (B26). Parsers
// and templates have no owner.
#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  const Catalog& catalog = context.catalog;
  collect_objects(context, catalog.text_search_parsers, ObjectKind::text_search_parser,
                  catalog_oid::kTextSearchParser);
  collect_objects(context, catalog.text_search_templates, ObjectKind::text_search_template,
                  catalog_oid::kTextSearchTemplate);
  collect_objects(context, catalog.text_search_dictionaries, ObjectKind::text_search_dictionary,
                  catalog_oid::kTextSearchDictionary);
  collect_objects(context, catalog.text_search_configurations, ObjectKind::text_search_configuration,
                  catalog_oid::kTextSearchConfiguration);
}

Target target_of(const Emitter& out, std::string keyword, const Object& object) {
  return {std::move(keyword), out.lookup().sql_name(object)};
}

std::string create_sql(const Target& target, ParameterList& list) {
  return "CREATE " + target.to_sql() + " (" + list.take() + "\n)";
}

void write_parser(Emitter& out, DumpId id) {
  const TextSearchParser& parser = out.catalog().text_search_parsers[out.object(id).payload];
  const Target target = target_of(out, "TEXT SEARCH PARSER", parser);
  ParameterList list;
  list.add("START", parser.start_sql);
  list.add("GETTOKEN", parser.token_sql);
  list.add("END", parser.end_sql);
  list.add_if("HEADLINE", parser.headline_sql);
  list.add("LEXTYPES", parser.types_sql);
  write_definition(out, id, parser, {target.keyword, target, {create_sql(target, list)}, false});
}

void write_template(Emitter& out, DumpId id) {
  const TextSearchTemplate& object = out.catalog().text_search_templates[out.object(id).payload];
  const Target target = target_of(out, "TEXT SEARCH TEMPLATE", object);
  ParameterList list;
  list.add_if("INIT", object.init_sql);
  list.add("LEXIZE", object.lexize_sql);
  write_definition(out, id, object, {target.keyword, target, {create_sql(target, list)}, false});
}

void write_dictionary(Emitter& out, DumpId id) {
  const TextSearchDictionary& object = out.catalog().text_search_dictionaries[out.object(id).payload];
  const Target target = target_of(out, "TEXT SEARCH DICTIONARY", object);
  std::string create = "CREATE " + target.to_sql() + " (\n    TEMPLATE = " + object.template_sql;
  if (!object.options_sql.empty()) create += ",\n    " + object.options_sql;
  write_definition(out, id, object, {target.keyword, target, {create + "\n)"}});
}

std::string mapping_sql(const Target& target, const TextSearchMapping& mapping) {
  std::string sql =
      "ALTER " + target.to_sql() + "\n    ADD MAPPING FOR " + quote_identifier(mapping.token) + " WITH ";
  for (std::size_t i = 0; i < mapping.dictionaries_sql.size(); ++i) {
    sql += (i == 0 ? "" : ", ") + mapping.dictionaries_sql[i];
  }
  return sql;
}

void write_configuration(Emitter& out, DumpId id) {
  const TextSearchConfiguration& object = out.catalog().text_search_configurations[out.object(id).payload];
  const Target target = target_of(out, "TEXT SEARCH CONFIGURATION", object);
  ParameterList list;
  list.add("PARSER", object.parser_sql);
  Definition definition{target.keyword, target, {create_sql(target, list)}};
  for (const TextSearchMapping& mapping : object.mappings)
    definition.create.push_back(mapping_sql(target, mapping));
  write_definition(out, id, object, std::move(definition));
}

}  // namespace

const Family& text_search_family() {
  static const Family kFamily{collect,
                              nullptr,
                              {{ObjectKind::text_search_parser, write_parser},
                               {ObjectKind::text_search_template, write_template},
                               {ObjectKind::text_search_dictionary, write_dictionary},
                               {ObjectKind::text_search_configuration, write_configuration}}};
  return kFamily;
}

}  // namespace pgark::dumper
