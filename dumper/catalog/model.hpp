// The catalog model: what was read from the system catalogs, as typed vectors with dense indexes and no
// pointers. Filled once by the readers in this folder, constant afterwards; safe to read from any thread.
//
// Text that comes from pg_get_*, format_type or reg* output is already quoted and qualified (the session
// runs with an empty search_path, SCHEMA_COVERAGE A1.1) and must never be quoted again; such fields are
// named *_sql. All other strings are raw.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "dumper/catalog/model_attached.hpp"
#include "dumper/catalog/model_database.hpp"
#include "dumper/catalog/model_foreign.hpp"
#include "dumper/catalog/model_globals.hpp"
#include "dumper/catalog/model_operators.hpp"
#include "dumper/catalog/model_statistics.hpp"
#include "dumper/catalog/model_text_search.hpp"
#include "dumper/catalog/model_types.hpp"
#include "dumper/catalog/object.hpp"
#include "format/toc.hpp"

namespace pgark::dumper {

struct Namespace : Object {
  bool create = true;              // false for `public`, which every database already has (B0.4)
  bool is_restore_record = false;  // of ours, in a database that a restore has not finished
};

struct Extension : Object {
  std::string version;
  bool relocatable = false;
  // Configuration tables and the conditions on their rows (B05), parallel vectors.
  std::vector<Oid> config_tables;
  std::vector<std::string> config_conditions;
};

struct EnumLabel {
  std::string label;
};

struct DomainConstraint {
  Oid oid = 0;
  std::string name;
  char type = 'c';             // c check, n not null (17+)
  std::string definition_sql;  // pg_get_constraintdef
  bool validated = true;
};

struct CompositeAttribute {
  std::string name, type_sql;
  std::string collation_sql;  // qualified; empty when it is the type's own
  std::int16_t number = 0;
  bool dropped = false;
};

// Every row of pg_type that can be a dump object or a link of the graph. Array types, multiranges and row
// types of tables are listed with hidden = true so that dependencies can pass through them.
struct Type : Object {
  char kind = 'b';       // typtype: b base, c composite, d domain, e enum, p pseudo, r range, m multirange
  bool defined = true;   // typisdefined
  bool hidden = false;   // array type, multirange, row type of a relation: not dumped by itself
  Oid relation = 0;      // typrelid
  Oid element = 0;       // typelem, for array types
  Oid base_type = 0;     // typbasetype, for domains
  std::string name_sql;  // format_type; empty for array types and row types of tables
  // domains
  std::string base_type_sql, collation_sql;
  std::optional<std::string> default_sql;
  bool not_null = false;
  std::vector<DomainConstraint> constraints;
  // enums, composites
  std::vector<EnumLabel> labels;
  std::vector<CompositeAttribute> attributes;
  // Of the kinds b and r; nullopt for types whose definition is not saved. `default_sql` serves base types
  // too.
  std::optional<BaseType> base;
  std::optional<RangeType> range;
};

struct Column {
  std::int16_t number = 0;
  std::string name;
  std::string type_sql;  // format_type(atttypid, atttypmod)
  Oid type_oid = 0;
  Oid collation = 0;          // attcollation
  std::string collation_sql;  // qualified; empty when it is the type's own
  bool dropped = false;
  bool not_null = false;
  bool local = true;  // attislocal
  int inherit_count = 0;
  char identity = 0;   // 'a', 'd' or 0
  char generated = 0;  // 's', 'v' or 0
  char storage = 'p', type_storage = 'p';
  char compression = 0;  // 'p', 'l' or 0 (14+)
  int statistics_target = -1;
  std::vector<std::string> options;      // attoptions, "name=value"
  std::vector<std::string> fdw_options;  // ready SQL: name 'value'
  std::optional<std::string> acl;
  std::optional<std::string> initial_acl;
  // Named NOT NULL constraint (18+): see Constraint with type 'n'.
  Index not_null_constraint = kNone;  // Catalog::constraints
  Index default_value = kNone;        // Catalog::defaults
};

struct AttributeDefault {
  Oid oid = 0;
  Index relation = kNone;
  std::int16_t column = 0;     // attnum
  std::string expression_sql;  // pg_get_expr
  bool generated = false;
};

struct SequenceInfo {
  std::string type_sql;  // bigint, integer, smallint
  std::int64_t start = 1, increment = 1, minimum = 1, maximum = 0, cache = 1;
  bool cycle = false;
  // Owner by pg_depend 'a' (OWNED BY) or 'i' (identity).
  Index owned_by = kNone;  // Catalog::relations
  std::int16_t owned_by_column = 0;
  bool identity = false;
  bool value_known = false;
  std::int64_t last_value = 0;
  bool is_called = false;
};

// Every row of pg_class of relkind r, p, v, m, S, f, c (composite's own relation: hidden), t never.
struct Relation : Object {
  char kind = 'r';
  char persistence = 'p';
  char replica_identity = 'd';
  bool partition = false;  // relispartition
  bool row_security = false, force_row_security = false;
  bool populated = true;  // matviews
  bool has_triggers = false, has_rules = false;
  int check_count = 0;                              // relchecks, to cross-check what was read
  std::string access_method;                        // raw name; empty when the kind has none
  std::string tablespace;                           // raw; empty = database default
  std::vector<std::string> options, toast_options;  // "name=value"
  std::string check_option;                         // views: LOCAL or CASCADED, taken out of `options`
  std::string of_type_sql;                          // typed tables
  Oid of_type = 0;                                  // reloftype
  std::string name_sql;                             // qualified name, quoted by the server
  std::string partition_bound_sql, partition_key_sql;
  std::string view_sql;                // pg_get_viewdef, last semicolon stripped
  Oid row_type = 0;                    // reltype
  std::vector<Column> columns;         // attnum order, dropped ones included; attnum > 0
  std::vector<Column> system_columns;  // only those with an ACL
  std::vector<Index> parents;          // Catalog::relations, in inhseqno order
  bool detach_pending = false;
  std::uint64_t heap_bytes = 0;   // pg_relation_size(main) after the snapshot
  std::uint64_t total_bytes = 0;  // pg_table_size
  std::int64_t heap_pages = 0;
  double row_estimate = -1;    // reltuples
  Index sequence = kNone;      // Catalog::sequences, kind 'S'
  std::string foreign_server;  // kind 'f'
  std::vector<std::string> foreign_options;
  bool is_config_table = false;  // extension configuration table (B05)
  std::string config_condition;
  // A query on it may fail where COPY of it does not: catalog/planned_functions.cpp.
  bool planning_runs_functions = false;
  bool interesting = false;                        // definition or data wanted, or a parent of such a table
  std::vector<std::string> depends_on_extensions;  // materialized views (B0.6)
};

struct Constraint {
  Oid oid = 0;
  std::string name;
  char type = 'c';         // c check, f foreign, p primary, u unique, x exclusion, n not null, t trigger
  Index relation = kNone;  // Catalog::relations
  Index index = kNone;     // Catalog::indexes, for p, u, x
  Oid referenced_relation = 0, referenced_index = 0;
  Oid parent = 0;  // conparentid
  bool deferrable = false, deferred = false, validated = true, enforced = true;
  bool local = true, no_inherit = false, period = false;
  bool own_name = false;  // of a partition's foreign key: not that of its parent
  int inherit_count = 0;
  std::vector<std::int16_t> columns;
  std::string definition_sql;  // pg_get_constraintdef
  std::uint8_t components = 0;
  // Printed inside CREATE TABLE unless the graph separates it (loops D4.8) or it is not validated.
  bool inline_in_table = false;
};

struct IndexInfo {
  Oid oid = 0;
  std::string name;
  Index schema = kNone;
  Index relation = kNone;
  Oid constraint = 0;  // owning constraint
  Oid parent = 0;      // partitioned index
  bool unique = false, primary = false, clustered = false, valid = true, ready = true,
       replica_identity = false;
  bool nulls_not_distinct = false, immediate = true;
  bool partitioned = false;    // relkind 'I'
  std::string definition_sql;  // pg_get_indexdef
  std::string tablespace;
  std::vector<std::string> options;
  std::vector<std::pair<int, int>> statistics_targets;  // index column number, target
  std::vector<std::string> depends_on_extensions;       // B0.6
  std::uint64_t bytes = 0;
};

struct Function : Object {
  char kind = 'f';  // f function, p procedure, w window, a aggregate
  std::string identity_arguments_sql, arguments_sql, result_sql;
  std::string argument_types;           // "integer, text": for names, comments and the sort key
  std::string language;                 // raw
  std::string source;                   // prosrc
  std::optional<std::string> binary;    // probin
  std::optional<std::string> sql_body;  // pg_get_function_sqlbody
  char volatility = 'v', parallel = 'u';
  bool strict = false, security_definer = false, leakproof = false, returns_set = false;
  double cost = 100, rows = 0;
  std::string support_sql;                 // regproc or "-"
  std::vector<std::string> configuration;  // "name=value"
  std::vector<std::string> transform_types_sql;
  std::vector<std::string> depends_on_extensions;
  std::optional<Aggregate> aggregate;  // kind a
};

struct Trigger {
  Oid oid = 0;
  std::string name;
  Index relation = kNone;
  std::string definition_sql;  // pg_get_triggerdef; empty for a clone that only differs in state
  char enabled = 'O';
  char parent_enabled = 0;  // of the parent trigger, for clones on partitions
  Oid parent = 0;
  std::vector<std::string> depends_on_extensions;
};

// A trigger by which the server enforces a foreign key or a deferrable key, in an unusual state. Its name
// holds an OID and is worth nothing elsewhere.
struct ConstraintTrigger {
  Oid anchor = 0;  // the constraint; of a clone of a foreign key on a partition the one that was cloned
  Index relation = kNone;
  std::string constrained_sql, referenced_sql;  // tables of the constraint or clone; "" = not a foreign key
  std::string function;                         // raw name, one of pg_catalog's
  char enabled = 'D';
};

struct Rule {
  Oid oid = 0;
  std::string name;
  Index relation = kNone;
  char event = '1';
  char enabled = 'O';
  bool instead = false;
  bool is_view_rule = false;  // _RETURN: merged into its view unless a loop splits it (D4.3)
  std::string definition_sql;
};

// (classid, objid, objsubid) -> comment.
struct Comment {
  CatalogId object;
  std::int32_t column = 0;
  std::string text;
};

struct Dependency {
  CatalogId dependent, referenced;
  char type = 'n';
};

struct DatabaseInfo {
  Oid oid = 0;
  std::string name, owner, encoding, collate, ctype, locale_provider, locale, icu_rules, tablespace;
  std::optional<std::string> acl;
  std::string default_acl;
  std::optional<std::string> comment;
  int connection_limit = -1;
  bool is_template = false;
  std::vector<std::string> settings;                               // ALTER DATABASE ... SET, "name=value"
  std::vector<std::pair<std::string, std::string>> role_settings;  // role, "name=value"
  int server_version_num = 0;
  std::string server_version;
  bool in_recovery = false;
  std::string reader;  // the role that reads
  bool read_by_superuser = false;
};

struct Catalog {
  DatabaseInfo database;
  std::vector<Namespace> namespaces;
  std::vector<Extension> extensions;
  std::vector<Type> types;
  std::vector<Relation> relations;
  std::vector<AttributeDefault> defaults;
  std::vector<SequenceInfo> sequences;
  std::vector<Constraint> constraints;
  std::vector<IndexInfo> indexes;
  std::vector<Function> functions;
  std::vector<Collation> collations;
  std::vector<Cast> casts;
  std::vector<Transform> transforms;
  std::vector<Language> languages;
  std::vector<Conversion> conversions;
  std::vector<Operator> operators;
  std::vector<OperatorFamily> operator_families;
  std::vector<OperatorClass> operator_classes;
  std::vector<AccessMethod> access_methods;
  std::vector<TextSearchParser> text_search_parsers;
  std::vector<TextSearchTemplate> text_search_templates;
  std::vector<TextSearchDictionary> text_search_dictionaries;
  std::vector<TextSearchConfiguration> text_search_configurations;
  std::vector<Trigger> triggers;
  std::vector<ConstraintTrigger> constraint_triggers;  // ascending by anchor
  std::vector<Rule> rules;
  std::vector<Publication> publications;
  std::vector<PublicationTable> publication_tables;
  std::vector<PublicationSchema> publication_schemas;
  std::vector<Subscription> subscriptions;
  std::vector<DefaultAcl> default_acls;
  std::vector<LargeObjectGroup> large_objects;
  LargeObjectStore large_object_store;
  std::vector<RelationStatistics> statistics;  // ascending by OID
  std::vector<Policy> policies;
  std::vector<ExtendedStatistics> extended_statistics;
  std::vector<EventTrigger> event_triggers;
  std::vector<ForeignDataWrapper> foreign_data_wrappers;
  std::vector<ForeignServer> foreign_servers;
  std::vector<UserMapping> user_mappings;
  std::vector<SecurityLabel> security_labels;
  std::vector<Comment> comments;
  std::vector<Dependency> dependencies;
  // What is not saved, or not as it is. Kinds as SCHEMA_COVERAGE B63 names them; names may hold line feeds.
  std::vector<format::ReportItem> report;
  std::optional<Globals> globals;  // when they are to be saved
  std::vector<format::CollationVersion> collation_versions;

  std::unordered_set<std::string> role_names;  // of the whole cluster

  // Position of each object in the vector of its catalog.
  PositionByOid namespace_by_oid, type_by_oid, relation_by_oid, index_by_oid, constraint_by_oid,
      function_by_oid, foreign_server_by_oid;
};

}  // namespace pgark::dumper
