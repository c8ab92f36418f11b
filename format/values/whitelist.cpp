#include "format/values/whitelist.hpp"

#include <algorithm>

namespace pgark::values {
namespace {

constexpr std::uint8_t kPlain = kCopySafe | kAscii;  // but may need quotes in an array

// OID, OID of the array, name, function, traits, delimiter, element.
constexpr BuiltinType kTypes[] = {
    {16, 1000, "boolean", write_bool, kNumberLike},
    {17, 1001, "bytea", write_bytea, kAscii},
    {18, 1002, "\"char\"", write_char, kNoTraits},
    {19, 1003, "name", write_verbatim, kVerbatim},
    {20, 1016, "bigint", write_int8, kNumberLike},
    {21, 1005, "smallint", write_int2, kNumberLike},
    {22, 1006, "int2vector", write_vector, kPlain, ',', 21},
    {23, 1007, "integer", write_int4, kNumberLike},
    {25, 1009, "text", write_verbatim, kVerbatim},
    {26, 1028, "oid", write_uint4, kNumberLike},
    {27, 1010, "tid", write_tid, kPlain},
    {28, 1011, "xid", write_uint4, kNumberLike},
    {29, 1012, "cid", write_uint4, kNumberLike},
    {30, 1013, "oidvector", write_vector, kPlain, ',', 26},
    {114, 199, "json", write_verbatim, kVerbatim},
    {600, 1017, "point", write_point, kPlain},
    {601, 1018, "lseg", write_lseg, kPlain},
    {602, 1019, "path", write_path, kPlain},
    {603, 1020, "box", write_box, kPlain, ';'},
    {604, 1027, "polygon", write_polygon, kPlain},
    {628, 629, "line", write_line, kPlain},
    {650, 651, "cidr", write_cidr, kNumberLike},
    {700, 1021, "real", write_float4, kNumberLike},
    {701, 1022, "double precision", write_float8, kNumberLike},
    {718, 719, "circle", write_circle, kPlain},
    {774, 775, "macaddr8", write_macaddr8, kNumberLike},
    {829, 1040, "macaddr", write_macaddr, kNumberLike},
    {869, 1041, "inet", write_inet, kNumberLike},
    {1042, 1014, "character", write_verbatim, kVerbatim},
    {1043, 1015, "character varying", write_verbatim, kVerbatim},
    {1082, 1182, "date", write_date, kPlain},
    {1083, 1183, "time without time zone", write_time, kNumberLike},
    {1114, 1115, "timestamp without time zone", write_timestamp, kPlain},
    {1184, 1185, "timestamp with time zone", write_timestamptz, kPlain},
    {1186, 1187, "interval", write_interval, kPlain},
    {1266, 1270, "time with time zone", write_timetz, kNumberLike},
    {1560, 1561, "bit", write_bits, kPlain},
    {1562, 1563, "bit varying", write_bits, kPlain},
    {1700, 1231, "numeric", write_numeric, kNumberLike},
    {1790, 2201, "refcursor", write_verbatim, kVerbatim},
    {2950, 2951, "uuid", write_uuid, kNumberLike},
    {2970, 2949, "txid_snapshot", write_snapshot, kPlain},
    {3220, 3221, "pg_lsn", write_lsn, kNumberLike},
    {3614, 3643, "tsvector", write_tsvector, kNoTraits},
    {3615, 3645, "tsquery", write_tsquery, kNoTraits},
    {3802, 3807, "jsonb", write_versioned, kNoTraits},
    {3904, 3905, "int4range", write_range, kPlain, ',', 23},
    {3906, 3907, "numrange", write_range, kPlain, ',', 1700},
    {3908, 3909, "tsrange", write_range, kPlain, ',', 1114},
    {3910, 3911, "tstzrange", write_range, kPlain, ',', 1184},
    {3912, 3913, "daterange", write_range, kPlain, ',', 1082},
    {3926, 3927, "int8range", write_range, kPlain, ',', 20},
    {4072, 4073, "jsonpath", write_versioned, kNoTraits},
    {4451, 6150, "int4multirange", write_multirange, kPlain, ',', 3904},
    {4532, 6151, "nummultirange", write_multirange, kPlain, ',', 3906},
    {4533, 6152, "tsmultirange", write_multirange, kPlain, ',', 3908},
    {4534, 6153, "tstzmultirange", write_multirange, kPlain, ',', 3910},
    {4535, 6155, "datemultirange", write_multirange, kPlain, ',', 3912},
    {4536, 6157, "int8multirange", write_multirange, kPlain, ',', 3926},
    {5038, 5039, "pg_snapshot", write_snapshot, kPlain},
    {5069, 271, "xid8", write_uint8, kNumberLike},
};

struct LeftOut {
  Oid oid, array_oid;
  std::string_view why;
};
constexpr std::string_view kNames = "it prints names, which hang on the catalogs of the moment";
constexpr LeftOut kLeftOut[] = {
    {142, 143, "it is sent with an encoding declaration that its text leaves out"},  // xml
    {790, 791, "its text depends on lc_monetary"},                                   // money
    {1033, 1034, "it has no send function"},                                         // aclitem
    {24, 1008, kNames},                                                              // regproc
    {2202, 2207, kNames},                                                            // regprocedure
    {2203, 2208, kNames},                                                            // regoper
    {2204, 2209, kNames},                                                            // regoperator
    {2205, 2210, kNames},                                                            // regclass
    {2206, 2211, kNames},                                                            // regtype
    {3734, 3735, kNames},                                                            // regconfig
    {3769, 3770, kNames},                                                            // regdictionary
    {4089, 4090, kNames},                                                            // regnamespace
    {4096, 4097, kNames},                                                            // regrole
    {4191, 4192, kNames},                                                            // regcollation
    {2249, 2287, "its values are made of columns of any type"},                      // record
};

}  // namespace

const BuiltinType* find_builtin(Oid oid) {
  const auto* const found = std::ranges::find(kTypes, oid, &BuiltinType::oid);
  return found == std::end(kTypes) ? nullptr : found;
}

const BuiltinType* find_builtin_of_array(Oid array_oid) {
  const auto* const found = std::ranges::find(kTypes, array_oid, &BuiltinType::array_oid);
  return found == std::end(kTypes) ? nullptr : found;
}

std::string_view why_left_out(Oid oid) {
  const auto* const found = std::ranges::find_if(
      kLeftOut, [&](const LeftOut& type) { return type.oid == oid || type.array_oid == oid; });
  return found == std::end(kLeftOut) ? std::string_view() : found->why;
}

std::vector<Oid> whitelisted_oids() {
  std::vector<Oid> oids;
  for (const BuiltinType& type : kTypes) {
    oids.push_back(type.oid);
    oids.push_back(type.array_oid);
  }
  std::ranges::sort(oids);
  return oids;
}

}  // namespace pgark::values
