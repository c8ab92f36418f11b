// Text search objects in the catalog model (SCHEMA_COVERAGE B24 to B26). Fields named *_sql are ready to be
// written as they are; what is absent is an empty string. Thread rule: plain values. Source: PostgreSQL
// documentation, "System Catalogs".
#pragma once

#include <string>
#include <vector>

#include "dumper/catalog/object.hpp"

namespace pgark::dumper {

struct TextSearchParser : Object {
  std::string start_sql, token_sql, end_sql, headline_sql, types_sql;
};

struct TextSearchTemplate : Object {
  std::string init_sql, lexize_sql;
};

struct TextSearchDictionary : Object {
  std::string template_sql;
  std::string options_sql;  // dictinitoption, which is a list of options as CREATE writes it
};

struct TextSearchMapping {
  std::string token;                          // raw
  std::vector<std::string> dictionaries_sql;  // in the order in which they are asked
};

struct TextSearchConfiguration : Object {
  std::string parser_sql;
  std::vector<TextSearchMapping> mappings;  // by token number
};

}  // namespace pgark::dumper
