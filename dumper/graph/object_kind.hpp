// The kinds of objects the dump puts in order, and what the graph must know of each: where it sorts and in
// which section it belongs. How a kind is read from the catalog and written as SQL is in dumper/ddl.
// Thread rule: constant data. Source: SCHEMA_COVERAGE B63, D2.
#pragma once

#include <cstdint>
#include <string_view>

#include "format/toc.hpp"

namespace pgark::dumper {

enum class ObjectKind : std::uint8_t {
  schema,
  language,
  collation,
  transform,
  extension,
  shell_type,      // of a base or range type, for its functions (D4.1)
  undefined_type,  // a type that is a shell in the source as well
  base_type,
  range_type,
  enum_type,
  composite_type,
  domain,
  hidden_type,  // array types, row types, multiranges, pseudo-types: links of the graph only
  cast,
  function,
  aggregate,
  access_method,
  operator_,
  operator_family,
  operator_class,
  conversion,
  text_search_parser,
  text_search_template,
  text_search_dictionary,
  text_search_configuration,
  foreign_data_wrapper,
  foreign_server,
  user_mapping,
  table,  // foreign tables included
  view,
  matview,
  sequence,
  hidden_relation,  // relation of a composite type
  table_attach,
  column_default,
  pre_data_boundary,
  table_data,
  sequence_set,
  large_objects,      // a group of them
  large_object_data,  // the bytes of all
  table_statistics,
  post_data_boundary,
  constraint,
  domain_constraint,
  index,
  index_attach,
  statistics,
  rule,
  trigger,
  foreign_key,
  row_security,
  policy,
  publication,
  publication_table,
  publication_schema,
  subscription,
  default_acl,
  event_trigger,
  matview_refresh,
  late_statistics,  // of indexes and materialized views
  count_,
};

struct KindInfo {
  ObjectKind kind;
  std::string_view name;    // for messages
  int priority;             // D2; equal numbers sort by name together
  format::Section section;  // where its own entry goes unless a repair moves it
};

const KindInfo& kind_info(ObjectKind kind);

// A column's type, or a table, through which values of a domain come into rows: other domains, composites,
// ranges, arrays and row types.
bool may_contain_domain(ObjectKind kind);

}  // namespace pgark::dumper
