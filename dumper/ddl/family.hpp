// A family of object kinds: how it joins the graph and how it is written. Each kind has a file of its own
// that defines one family; registry.cpp lists them. Adding a kind touches nothing else.
#pragma once

#include <span>
#include <vector>

#include "dumper/ddl/build_context.hpp"

namespace pgark::dumper {

class Emitter;

struct Family {
  // Adds the family's objects to the graph.
  void (*collect)(BuildContext& context) = nullptr;
  // Adds the edges that pg_depend does not hold, when the objects of every family are there; may be null.
  void (*link)(BuildContext& context) = nullptr;
  struct Writer {
    ObjectKind kind;
    // Writes the entries of one object that is not inlined.
    void (*write)(Emitter& out, DumpId object);
  };
  std::vector<Writer> writers;
};

// Every family, in no particular order.
std::span<const Family* const> families();

const Family& schema_family();
const Family& extension_family();
const Family& enum_type_family();
const Family& composite_type_family();
const Family& domain_family();
const Family& base_type_family();
const Family& range_type_family();
const Family& aggregate_family();
const Family& operator_family();
const Family& operator_class_family();
const Family& access_method_family();
const Family& cast_family();
const Family& language_family();
const Family& conversion_family();
const Family& collation_family();
const Family& text_search_family();
const Family& hidden_type_family();
const Family& function_family();
const Family& sequence_family();
const Family& table_family();
const Family& table_attach_family();
const Family& column_default_family();
const Family& view_family();
const Family& matview_family();
const Family& table_data_family();
const Family& constraint_family();
const Family& foreign_key_family();
const Family& index_family();
const Family& index_attach_family();
const Family& rule_family();
const Family& trigger_family();
const Family& row_security_family();
const Family& publication_family();
const Family& subscription_family();
const Family& default_acl_family();
const Family& large_object_family();
const Family& statistics_data_family();
const Family& policy_family();
const Family& statistics_family();
const Family& event_trigger_family();
const Family& foreign_data_family();

}  // namespace pgark::dumper
