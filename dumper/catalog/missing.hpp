// What rows refer to that is not there any more (F54): catalogs that somebody has edited, or that are
// damaged. The server prints such an object as a number or as '???', and some of its functions fail on it, so
// that the readers ask for no more of a row than its name when something is missing, and name it in the
// report. What is dropped while the catalogs are read looks the same, but is noticed afterwards (state.hpp).
// Pure functions.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {

struct ReferenceColumn {
  std::string_view kind;    // "type", "function" or "operator"
  std::string_view column;  // of type oid; 0 refers to nothing
};

// SQL for text like "type with OID 16390"; empty when everything is there.
std::string missing_sql(std::initializer_list<ReferenceColumn> references);

// The same of the types in the signature of a function (alias p: pg_proc); NULL when all are there.
std::string missing_types_sql();

// SQL for `text`, or NULL where `missing` is not empty: text is not evaluated then.
std::string unless_missing_sql(std::string_view missing, std::string_view text);

// Names an object in the report as lost, or the part of it that is. False, and nothing done, when nothing is
// missing.
bool note_missing(Reading& reading, std::string_view kind, std::string name, std::string_view part,
                  std::string_view missing);

}  // namespace pgark::dumper
