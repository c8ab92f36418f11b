// Text search parsers, templates, dictionaries and configurations (B24 to B26).
#include <utility>

#include "dumper/catalog/named_objects.hpp"

namespace pgark::dumper {
namespace {

std::string parsers_sql() {
  return "SELECT p.oid, p.prsname, p.prsnamespace, " + function_name_sql("p.prsstart") + ", " +
         function_name_sql("p.prstoken") + ", " + function_name_sql("p.prsend") + ", " +
         function_name_sql("p.prsheadline") + ", " + function_name_sql("p.prslextype") +
         " FROM pg_catalog.pg_ts_parser p JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace WHERE " +
         users_own_sql("pg_ts_parser", "p.oid") + " ORDER BY n.nspname, p.prsname";
}

void take_parser(Reading& reading, Row& row) {
  TextSearchParser object;
  take_unowned(reading, row, object);
  const std::string name = reading.describe(object);
  object.start_sql = take_reference(row, name);
  object.token_sql = take_reference(row, name);
  object.end_sql = take_reference(row, name);
  object.headline_sql = row.text();
  object.types_sql = take_reference(row, name);
  reading.catalog.text_search_parsers.push_back(std::move(object));
}

std::string templates_sql() {
  return "SELECT t.oid, t.tmplname, t.tmplnamespace, " + function_name_sql("t.tmplinit") + ", " +
         function_name_sql("t.tmpllexize") +
         " FROM pg_catalog.pg_ts_template t JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace "
         "WHERE " +
         users_own_sql("pg_ts_template", "t.oid") + " ORDER BY n.nspname, t.tmplname";
}

void take_template(Reading& reading, Row& row) {
  TextSearchTemplate object;
  take_unowned(reading, row, object);
  object.init_sql = row.text();
  object.lexize_sql = take_reference(row, reading.describe(object));
  reading.catalog.text_search_templates.push_back(std::move(object));
}

std::string dictionaries_sql() {
  return "SELECT d.oid, d.dictname, d.dictnamespace, d.dictowner, " +
         qualified_sql("tn.nspname", "t.tmplname") +
         ", d.dictinitoption FROM pg_catalog.pg_ts_dict d"
         " JOIN pg_catalog.pg_namespace n ON n.oid = d.dictnamespace"
         " JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate"
         " JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace WHERE " +
         users_own_sql("pg_ts_dict", "d.oid") + " ORDER BY n.nspname, d.dictname";
}

void take_dictionary(Reading& reading, Row& row) {
  TextSearchDictionary object;
  take_owned(reading, row, object);
  object.template_sql = row.text();
  object.options_sql = row.text();
  reading.catalog.text_search_dictionaries.push_back(std::move(object));
}

std::string configurations_sql() {
  return "SELECT c.oid, c.cfgname, c.cfgnamespace, c.cfgowner, " + qualified_sql("pn.nspname", "p.prsname") +
         " FROM pg_catalog.pg_ts_config c JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace"
         " JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser"
         " JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace WHERE " +
         users_own_sql("pg_ts_config", "c.oid") + " ORDER BY n.nspname, c.cfgname";
}

void take_configuration(Reading& reading, Row& row) {
  TextSearchConfiguration object;
  take_owned(reading, row, object);
  object.parser_sql = row.text();
  reading.catalog.text_search_configurations.push_back(std::move(object));
}

// The names of token types are known to the parser's own function only; each parser is asked once.
std::string mappings_sql() {
  return "SELECT m.mapcfg, m.maptokentype, tokens.alias, " + qualified_sql("dn.nspname", "d.dictname") +
         " FROM pg_catalog.pg_ts_config_map m JOIN pg_catalog.pg_ts_config c ON c.oid = m.mapcfg"
         " JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace"
         " JOIN pg_catalog.pg_ts_dict d ON d.oid = m.mapdict"
         " JOIN pg_catalog.pg_namespace dn ON dn.oid = d.dictnamespace"
         " LEFT JOIN (SELECT p.oid AS parser, t.tokid, t.alias FROM pg_catalog.pg_ts_parser p,"
         " LATERAL pg_catalog.ts_token_type(p.oid) AS t WHERE p.oid IN (SELECT used.cfgparser FROM"
         " pg_catalog.pg_ts_config used WHERE used.oid >= 16384)) AS tokens ON tokens.parser = c.cfgparser "
         "AND"
         " tokens.tokid = m.maptokentype WHERE " +
         users_own_sql("pg_ts_config", "c.oid") + " ORDER BY m.mapcfg, m.maptokentype, m.mapseqno";
}

void take_mappings(Reading& reading, const wire::ResultSet& result) {
  auto& list = reading.catalog.text_search_configurations;
  const auto positions = positions_by_oid(list);
  Oid last_configuration = 0;
  std::int64_t last_token = 0;
  for (std::size_t i = 0; i < result.row_count(); ++i) {
    Row row(result, i);
    const Oid oid = row.oid();
    const std::int64_t token = row.integer();
    const auto found = positions.find(oid);
    if (found == positions.end()) continue;
    TextSearchConfiguration& configuration = list[found->second];
    if (oid != last_configuration || token != last_token) {
      configuration.mappings.push_back({row.definition(reading.describe(configuration)), {}});
      last_configuration = oid;
      last_token = token;
    } else {
      row.text();
    }
    configuration.mappings.back().dictionaries_sql.push_back(row.text());
  }
}

}  // namespace

void add_text_search(Steps& steps) {
  steps.push_back(row_step("text search parsers", parsers_sql(), {}, take_parser));
  steps.push_back(row_step("text search templates", templates_sql(), {}, take_template));
  steps.push_back(row_step("text search dictionaries", dictionaries_sql(), {}, take_dictionary));
  steps.push_back(row_step("text search configurations", configurations_sql(), {}, take_configuration));
  steps.push_back({"text search mappings", mappings_sql(), {}, take_mappings});
}

}  // namespace pgark::dumper
