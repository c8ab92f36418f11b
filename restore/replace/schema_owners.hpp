// In which schema an object of a database is, or the table that it is a part of. Pure.
#pragma once

#include <string>

namespace pgark::restore {

// "WITH owners (class, id, schema) AS (...), swapped (id) AS (...) ", to be followed by a SELECT: all objects
// that are in a schema; and, of the names in `schemas` (an array of text, as its literal), the schemas.
std::string schema_owners_sql(const std::string& schemas = "{}");

}  // namespace pgark::restore
