// What the readers of this folder share while a catalog is being read. Each family of objects has one file;
// it contributes Steps: a statement and what to do with its rows. Families do no I/O, so they are tested with
// hand-made results; only reader.cpp talks to the server. Server-version forks live in the families' SQL.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "dumper/catalog/index_definition.hpp"
#include "dumper/catalog/model.hpp"
#include "dumper/catalog/row.hpp"
#include "dumper/options.hpp"
#include "dumper/selection.hpp"

namespace pgark::dumper {

// State of one read. Lives on the reader's coroutine frame; single threaded.
struct Reading {
  Reading(const DumpOptions& dump_options, int server_version_num)
      : options(dump_options), version_num(server_version_num), selector(dump_options.selection, {}) {}

  const DumpOptions& options;
  int version_num;  // 150018
  Catalog catalog;
  Selector selector;
  std::unordered_map<Oid, std::string> roles;
  boost::unordered_flat_map<CatalogId, Oid, CatalogIdHash> members;  // object -> extension
  std::unordered_map<Oid, std::string> extension_names;
  BtreeDefaults btree_defaults;
  std::vector<Oid> indexes_to_define;  // whose text the server has to give

  bool at_least(int major) const { return version_num >= major * 10000; }
  // Name of a role. Throws Exception (server) naming `object` when it is gone: B61.5.
  const std::string& role(Oid oid, std::string_view object) const;
  Oid extension_of(Oid catalog_of_object, Oid object) const;
  Index namespace_index(Oid oid) const;
  Index relation_index(Oid oid) const;
  // "schema.name" for messages.
  std::string describe(const Object& object) const;
  // For the archive's report.
  void note(format::ReportLevel level, std::string kind, std::string name, std::string text) {
    catalog.report.push_back({level, std::move(kind), std::move(name), std::move(text)});
  }
};

// One statement of a pipeline. `take` is called with its result, in the order of the statements.
struct Step {
  std::string what;  // "indexes", for error messages
  std::string sql;
  std::vector<std::string> parameters;
  std::function<void(Reading&, const wire::ResultSet&)> take;
  // Reads rows of catalogs and nothing else: no function that opens a table. It may run in a second session,
  // which holds no locks and must not wait for any.
  bool catalog_only = false;
};
using Steps = std::vector<Step>;

// `take` called once per row; `make_room`, if given, before with the number of rows.
Step row_step(std::string what, std::string sql, std::vector<std::string> parameters,
              std::function<void(Reading&, Row&)> take,
              std::function<void(Reading&, std::size_t)> make_room = {});

// For row_step: room for all objects of a kind, and for their positions.
template <class T>
std::function<void(Reading&, std::size_t)> room_in(std::vector<T> Catalog::*list,
                                                   PositionByOid Catalog::*positions) {
  return [list, positions](Reading& reading, std::size_t rows) {
    (reading.catalog.*list).reserve(rows);
    (reading.catalog.*positions).reserve(rows);
  };
}

// A statement without rows.
Step command_step(std::string sql);

// Relations of the catalog whose OIDs the predicate selects, as an array literal for a parameter.
std::string relation_oids(const Reading& reading, const std::function<bool(const Relation&)>& wanted);

// `present` from the given major on, `absent` before: for columns that came with a version.
std::string since(const Reading& reading, int major, std::string_view present, std::string_view absent);

// Which objects in schemas a family reads: all outside the system schemas, and in pg_catalog those whose
// privileges differ from what initdb gave (B0.3). Needs aliases n (pg_namespace) and pip (pg_init_privs).
std::string visible_filter(std::string_view acl_column);

// LEFT JOIN that gives alias pip: the initial privileges of the object (B61.1).
std::string init_privs_join(std::string_view catalog_name, std::string_view oid_column);

// True for a row of pg_description or pg_seclabel (`alias`) that is about an object of the user's.
std::string users_to_describe(std::string_view alias);

// SQL for an array of ready items, name 'value', from a column of foreign data options, in their stored
// order.
std::string foreign_options_array(std::string_view column);

// --- families, in the order in which they are read -------------------------------------------------
// First round: what selection needs; calls no pg_get_* function.
void add_roles(Steps& steps);
void add_extension_members(Steps& steps);
void add_namespaces(const Reading& reading, Steps& steps);
void add_extensions(Steps& steps);
void add_relations(Steps& steps);
void add_inheritance(const Reading& reading, Steps& steps);
void add_owned_sequences(Steps& steps);
void add_globals_check(const Reading& reading, Steps& steps);
// Second round, with the tables locked.
void add_database(const Reading& reading, Steps& steps);
void add_relation_definitions(const Reading& reading, Steps& steps);
void add_relation_sizes(const Reading& reading, Steps& steps);
void add_columns(const Reading& reading, Steps& steps);
void add_defaults(const Reading& reading, Steps& steps);
void add_indexes(const Reading& reading, Steps& steps);
void add_planned_functions(Steps& steps);
void add_constraints(const Reading& reading, Steps& steps);
void add_sequences(const Reading& reading, Steps& steps);
void add_sequence_values(const Reading& reading, Steps& steps);
void add_types(const Reading& reading, Steps& steps);
void add_type_details(const Reading& reading, Steps& steps);
void add_functions(const Reading& reading, Steps& steps);
void add_aggregates(Steps& steps);
void add_languages(Steps& steps);
void add_collations(const Reading& reading, Steps& steps);
void add_casts(Steps& steps);
void add_operators(Steps& steps);
void add_operator_classes(Steps& steps);
void add_text_search(Steps& steps);
void add_triggers(const Reading& reading, Steps& steps);
void add_rules(const Reading& reading, Steps& steps);
void add_publications(const Reading& reading, Steps& steps);
void add_subscriptions(const Reading& reading, Steps& steps);
void add_default_acls(Steps& steps);
void add_large_objects(const Reading& reading, Steps& steps);
void add_statistics(const Reading& reading, Steps& steps);
void add_policies(const Reading& reading, Steps& steps);
void add_extended_statistics(const Reading& reading, Steps& steps);
void add_event_triggers(Steps& steps);
void add_foreign_data(Steps& steps);
void add_security_labels(Steps& steps);
void add_dependencies(Steps& steps);
void add_comments(Steps& steps);
void add_globals(Reading& reading, Steps& steps);
void add_collation_versions(const Reading& reading, Steps& steps);
void add_unhandled(const Reading& reading, Steps& steps);
void add_extension_extras(const Reading& reading, Steps& steps);
// Third round: what only the answers of the second make known.
void add_index_definitions(const Reading& reading, Steps& steps);

}  // namespace pgark::dumper
