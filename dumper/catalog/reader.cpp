#include "dumper/catalog/reader.hpp"

#include <boost/asio/awaitable.hpp>
#include <utility>

#include "base/error.hpp"
#include "dumper/catalog/patterns.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

namespace asio = boost::asio;

// Says which family's statement failed: the server's text alone rarely does.
[[noreturn]] void rethrow_with_family(const Exception& exception, const Steps& steps,
                                      std::size_t failed_index) {
  Error error = exception.error();
  if (error.code == ErrorCode::server && error.object.empty() && failed_index < steps.size()) {
    error.object = "reading " + steps[failed_index].what;
  }
  throw Exception(std::move(error));
}

// Sends all steps in one round trip and gives each its result.
asio::awaitable<void> run(protocol::Connection& connection, Reading& reading, Steps steps) {
  std::vector<protocol::Statement> statements;
  statements.reserve(steps.size());
  for (Step& step : steps) statements.push_back({std::move(step.sql), std::move(step.parameters)});
  std::size_t failed_index = steps.size();
  std::vector<wire::ResultSet> results;
  try {
    results = co_await connection.pipeline(std::move(statements), &failed_index);
  } catch (const Exception& exception) {
    rethrow_with_family(exception, steps, failed_index);
  }
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i].take(reading, results.at(i));
}

Steps first_round(const Reading& reading, PatternMatching& patterns) {
  Steps steps;
  steps.push_back(command_step("SAVEPOINT pgark_reading"));
  patterns.add_steps(steps);
  add_roles(steps);
  add_globals_check(reading, steps);
  add_database(reading, steps);
  add_extension_members(steps);
  add_namespaces(reading, steps);
  add_extensions(steps);
  add_relations(steps);
  add_inheritance(reading, steps);
  add_owned_sequences(steps);
  return steps;
}

void select(Reading& reading, MatchedPatterns matched) {
  Catalog& catalog = reading.catalog;
  reading.selector = Selector(reading.options.selection, std::move(matched));
  reading.selector.select_namespaces(catalog.namespaces);
  reading.selector.select_extensions(catalog.extensions);
  for (Relation& relation : catalog.relations) relation.components = reading.selector.of_relation(relation);
  reading.selector.add_owned_sequences(catalog.relations, catalog.sequences);
  reading.selector.add_config_tables(catalog);
  reading.selector.leave_rows_out(catalog.relations);
  reading.selector.mark_interesting(catalog.relations);
}

std::vector<TableToLock> tables_to_lock(const Catalog& catalog) {
  std::vector<TableToLock> tables;
  for (const Relation& relation : catalog.relations) {
    const bool lockable = relation.kind == 'r' || relation.kind == 'p';
    if (lockable && (relation.components & (kDefinition | kData | kPolicy)) != 0) {
      tables.push_back({relation.oid, relation.name_sql});
    }
  }
  return tables;
}

Steps second_round(Reading& reading) {
  Steps steps;
  add_relation_definitions(reading, steps);
  add_relation_sizes(reading, steps);
  add_columns(reading, steps);
  add_defaults(reading, steps);
  add_indexes(reading, steps);
  add_planned_functions(steps);
  add_constraints(reading, steps);
  add_sequences(reading, steps);
  add_sequence_values(reading, steps);
  add_types(reading, steps);
  add_type_details(reading, steps);
  add_functions(reading, steps);
  add_aggregates(steps);
  add_languages(steps);
  add_collations(reading, steps);
  add_casts(steps);
  add_operators(steps);
  add_operator_classes(steps);
  add_text_search(steps);
  add_triggers(reading, steps);
  add_rules(reading, steps);
  add_publications(reading, steps);
  add_subscriptions(reading, steps);
  add_default_acls(steps);
  add_large_objects(reading, steps);
  add_statistics(reading, steps);
  add_policies(reading, steps);
  add_extended_statistics(reading, steps);
  add_event_triggers(steps);
  add_foreign_data(steps);
  add_security_labels(steps);
  add_dependencies(steps);
  add_comments(steps);
  add_globals(reading, steps);
  add_collation_versions(reading, steps);
  add_unhandled(reading, steps);
  add_extension_extras(reading, steps);
  return steps;
}

Steps third_round(const Reading& reading) {
  Steps steps;
  add_index_definitions(reading, steps);
  return steps;
}

}  // namespace

asio::awaitable<Catalog> read_catalog(protocol::Connection& connection, const DumpOptions& options,
                                      LockTables lock_tables) {
  Reading reading(options, connection.server_version_num());
  PatternMatching patterns(options.selection);
  co_await run(connection, reading, first_round(reading, patterns));
  select(reading, patterns.finish(reading.catalog));
  std::vector<TableToLock> tables = tables_to_lock(reading.catalog);
  co_await lock_tables(reading.catalog, std::move(tables));
  co_await run(connection, reading, second_round(reading));
  co_await run(connection, reading, third_round(reading));
  co_return std::move(reading.catalog);
}

}  // namespace pgark::dumper
