// Aggregates, operators, operator families and classes, access methods in the catalog model (SCHEMA_COVERAGE
// B14 to B17, B23). Fields named *_sql are ready to be written as they are; what is absent is an empty
// string. Thread rule: plain values. Source: PostgreSQL documentation, "System Catalogs".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dumper/catalog/object.hpp"

namespace pgark::dumper {

// One of the two ways an aggregate can work: plain, or over a moving window.
struct AggregateStage {
  std::string transition_sql, type_sql, final_sql;
  std::string inverse_sql;  // moving only
  std::int64_t space = 0;
  std::optional<std::string> initial;
  bool final_extra = false;
  char final_modify = 'r';  // r read only, s shareable, w read write
};

// What pg_aggregate adds to the row of pg_proc.
struct Aggregate {
  char kind = 'n';  // n normal, o ordered set, h hypothetical set
  AggregateStage plain, moving;
  std::string combine_sql, serialize_sql, deserialize_sql;
  std::string sort_operator_sql;
};

struct Operator : Object {
  char kind = 'b';                          // b binary, l prefix, r postfix (until 13)
  std::string function_sql;                 // empty: a shell that another operator points to
  std::string left_sql, right_sql;          // types
  std::string commutator_sql, negator_sql;  // OPERATOR(s.op)
  std::string restrict_sql, join_sql;       // estimators
  bool merges = false, hashes = false;
  std::string arguments_sql;  // "integer, NONE", as COMMENT and DROP want them
};

// Of a class or, loose, of a family.
struct MemberOperator {
  int strategy = 0;
  std::string operator_sql;     // with argument types
  std::string sort_family_sql;  // FOR ORDER BY
};
struct MemberFunction {
  int number = 0;
  std::string left_sql, right_sql;
  std::string function_sql;  // with argument types
};
struct OperatorMembers {
  std::vector<MemberOperator> operators;
  std::vector<MemberFunction> functions;
  bool empty() const { return operators.empty() && functions.empty(); }
};

struct OperatorFamily : Object {
  bool create = true;         // false: the system's or an extension's, to which the user added members
  std::string access_method;  // raw
  OperatorMembers loose;
};

struct OperatorClass : Object {
  std::string access_method;  // raw
  std::string family_sql;     // qualified
  std::string type_sql, storage_sql;
  bool by_default = false;
  OperatorMembers members;
};

struct AccessMethod : Object {
  char type = 'i';  // i index, t table
  std::string handler_sql;
};

}  // namespace pgark::dumper
