// The parts of the catalog model that surround types: what defines base and range types (SCHEMA_COVERAGE B06,
// B11), collations (B22), casts (B18), transforms (B19), languages (B20) and conversions (B21). Fields named
// *_sql are ready to be written as they are; a function that is absent is an empty string. Thread rule: plain
// values. Source: PostgreSQL documentation, "System Catalogs".
#pragma once

#include <optional>
#include <string>

#include "dumper/catalog/object.hpp"

namespace pgark::dumper {

struct BaseType {
  int length = -1;  // bytes; -1 = variable, -2 = a C string
  bool by_value = false, collatable = false, preferred = false;
  char category = 'U', delimiter = ',';
  char alignment = 'i';  // c, s, i, d
  char storage = 'p';    // p, e, m, x
  std::string input_sql, output_sql, receive_sql, send_sql;
  std::string modifier_in_sql, modifier_out_sql, analyze_sql, subscript_sql;
  std::string element_sql;
};

struct RangeType {
  std::string subtype_sql;
  std::string operator_class_sql;  // empty when it is the subtype's default
  std::string collation_sql;       // empty when it is the subtype's own
  std::string canonical_sql, difference_sql;
  std::string multirange_sql;  // 14+, qualified
  Oid multirange = 0;
};

struct Collation : Object {
  char provider = 'c';  // c libc, i icu, b builtin
  bool deterministic = true;
  std::string collate, ctype;         // libc; icu before 15 keeps its locale there as well
  std::optional<std::string> locale;  // icu (15+), builtin
  std::optional<std::string> rules;   // icu (16+)
  std::string encoding;               // part of the key; empty = any
};

// `name` is "(source AS target)".
struct Cast : Object {
  std::string function_sql;  // with argument types
  char method = 'f';         // f function, b binary, i through text
  char context = 'e';        // e explicit, a assignment, i implicit
};

// `name` is "FOR type LANGUAGE language".
struct Transform : Object {
  std::string from_sql, to_sql;  // functions with argument types
};

struct Language : Object {
  bool trusted = false;
  std::string handler_sql, inline_sql, validator_sql;
  // The handler is a leftover in pg_catalog that nothing else saves: only CREATE OR REPLACE LANGUAGE, which
  // installs the extension of that name, can bring it back.
  bool handler_is_lost = false;
};

struct Conversion : Object {
  bool by_default = false;
  std::string from_encoding, to_encoding;
  std::string function_sql;
};

}  // namespace pgark::dumper
