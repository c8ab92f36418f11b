// What a column's binary values are made of, in enough detail to read them without the database they came
// from.
//
// Plain values without pointers, small enough to stand in the archive once per column: a type is the list of
// its levels, outermost first, because every type that pgark reads in binary has at most one element type.
// Examples, with OIDs from 16384 on given by the source database:
//
//   timestamptz                       {builtin 1184}
//   int4[]                            {builtin 1007}
//   mood[], an enum                   {array 16390} {enumeration 16388}
//   a domain over numeric             {domain 16400} {builtin 1700}
//   floatrange[], over float8         {array 16411} {range 16410} {builtin 701}
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pgark::values {

using Oid = std::uint32_t;

// The numbers are fixed: they are written into archives.
enum class TypeKind : std::uint8_t {
  builtin = 1,      // last level: a type of pg_catalog, also one of its arrays, ranges or multiranges
  enumeration = 2,  // last level: CREATE TYPE ... AS ENUM; values are labels
  domain = 3,       // has the form of the next level
  array = 4,        // of the next level
  range = 5,        // of the next level
  multirange = 6,   // of the next level, a range
};

struct TypeLevel {
  TypeKind kind = TypeKind::builtin;
  Oid oid = 0;  // pg_type.oid in the source database
  bool operator==(const TypeLevel&) const = default;
};

using TypeDescriptor = std::vector<TypeLevel>;

// Deeper types are refused: PostgreSQL allows domains over domains, and arrays of domains over arrays.
inline constexpr std::size_t kTypeLevelsMax = 16;

}  // namespace pgark::values
