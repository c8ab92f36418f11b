// The built-in types whose values pgark may read and keep in binary, because it can print them as the server
// does.
//
// A type is on the list when its send and receive functions have the same form on every major from 13 to 18
// and its output function looks at nothing but the value and settings that pgark fixes for its sessions:
// DateStyle ISO, IntervalStyle postgres, extra_float_digits above 0, bytea_output hex, TimeZone UTC.
// (timestamptz is therefore printed in UTC, which every server reads back as the same instant, whatever its
// own zone.) Where majors print the same bytes differently, the printer is told the version: "char" above
// 0x7F (15), intervals at the end of their range (17).
//
// Left out, of the types that a column can have:
//   money                      its text depends on lc_monetary, its scale too
//   xml                        is sent with an encoding declaration that output leaves out
//   reg*                       print names from the catalogs of the moment, but are sent as OIDs
//   record, composite types    are sent with the OIDs of their columns' types, and each column could be any
//   type aclitem, gtsvector         have no send function pg_node_tree, pg_ndistinct, pg_dependencies,
//   pg_mcv_list, pg_brin_*_summary
//                              belong to catalogs; the receive functions refuse
//   cstring, pseudo-types      no column has them
//   base types of extensions and users   only they know their form
#pragma once

#include <string_view>
#include <vector>

#include "format/values/type_descriptor.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {

// pg_type.dat: the same on every major that has the type.
struct BuiltinType {
  Oid oid = 0;
  Oid array_oid = 0;
  std::string_view name;
  Write write = nullptr;
  std::uint8_t traits = kNoTraits;
  char delimiter = ',';
  Oid element = 0;  // of vectors, ranges and multiranges
};

// Null when the type is not on the list. Found by its own OID, not by that of its array.
const BuiltinType* find_builtin(Oid oid);
// The type whose array this is.
const BuiltinType* find_builtin_of_array(Oid array_oid);

// Why a built-in type is not on the list, if it is one of those above: "its text depends on lc_monetary".
std::string_view why_left_out(Oid oid);

// Every OID that find_builtin or find_builtin_of_array knows, ascending.
std::vector<Oid> whitelisted_oids();

}  // namespace pgark::values
