// One level of a resolved type, and the functions that write its values: one file per family of types.
//
// A Write function reads one value in the form of the type's send function and appends what its output
// function prints. It checks every length and count, reads nothing outside `value`, and on a fault leaves the
// text written so far, which the caller takes back. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "format/values/text_out.hpp"
#include "format/values/type_descriptor.hpp"

namespace pgark::values {

// What is wrong with a value, a literal; nullptr: nothing.
using Fault = const char*;

inline constexpr Fault kWrongLength = "wrong length";
inline constexpr Fault kOutOfRange = "out of range";
inline constexpr Fault kMalformed = "malformed";

struct ValueType;
using Write = Fault (*)(const ValueType& type, ByteSpan value, TextOut& out);

// Promises about the text of a type, which save looking at it.
enum Traits : std::uint8_t {
  kNoTraits = 0,
  kCopySafe = 1,   // COPY text needs no escapes
  kArraySafe = 2,  // never needs quotes as an item of an array
  kAscii = 4,      // no byte above 0x7F
  kVerbatim = 8,   // the text is the value's bytes
  kNumberLike = kCopySafe | kArraySafe | kAscii,
};

struct ValueType {
  Write write = nullptr;
  std::string_view name;               // for errors; lives as long as the program
  Oid oid = 0;                         // as arrays name their element type
  std::uint8_t traits = kNoTraits;     // of Traits
  char delimiter = ',';                // pg_type.typdelim: between items of an array of this type
  int server_version_num = 0;          // whose output is wanted, where majors differ
  const ValueType* element = nullptr;  // arrays, vectors, ranges, multiranges
};

// integers.cpp: int.c, int8.c, oid.c, xid.c, tid.c, pg_lsn.c, xid8funcs.c, bool.c
Fault write_bool(const ValueType&, ByteSpan, TextOut&);
Fault write_int2(const ValueType&, ByteSpan, TextOut&);
Fault write_int4(const ValueType&, ByteSpan, TextOut&);
Fault write_int8(const ValueType&, ByteSpan, TextOut&);
Fault write_uint4(const ValueType&, ByteSpan, TextOut&);  // oid, xid, cid
Fault write_uint8(const ValueType&, ByteSpan, TextOut&);  // xid8
Fault write_tid(const ValueType&, ByteSpan, TextOut&);
Fault write_lsn(const ValueType&, ByteSpan, TextOut&);
Fault write_snapshot(const ValueType&, ByteSpan, TextOut&);

// floats.cpp: float.c; numeric.cpp: numeric.c
Fault write_float4(const ValueType&, ByteSpan, TextOut&);
Fault write_float8(const ValueType&, ByteSpan, TextOut&);
Fault write_numeric(const ValueType&, ByteSpan, TextOut&);

// strings.cpp: varlena.c, varchar.c, name.c, char.c, enum.c, json.c, jsonb.c, jsonpath.c, uuid.c, varbit.c
Fault write_verbatim(const ValueType&, ByteSpan, TextOut&);
Fault write_char(const ValueType&, ByteSpan, TextOut&);
Fault write_versioned(const ValueType&, ByteSpan, TextOut&);  // jsonb, jsonpath
Fault write_bytea(const ValueType&, ByteSpan, TextOut&);
Fault write_uuid(const ValueType&, ByteSpan, TextOut&);
Fault write_bits(const ValueType&, ByteSpan, TextOut&);

// datetime.cpp: date.c, timestamp.c, datetime.c; interval.cpp: timestamp.c, datetime.c
Fault write_date(const ValueType&, ByteSpan, TextOut&);
Fault write_time(const ValueType&, ByteSpan, TextOut&);
Fault write_timetz(const ValueType&, ByteSpan, TextOut&);
Fault write_timestamp(const ValueType&, ByteSpan, TextOut&);
Fault write_timestamptz(const ValueType&, ByteSpan, TextOut&);
Fault write_interval(const ValueType&, ByteSpan, TextOut&);

// network.cpp: network.c, inet_net_ntop.c, mac.c, mac8.c
Fault write_inet(const ValueType&, ByteSpan, TextOut&);
Fault write_cidr(const ValueType&, ByteSpan, TextOut&);
Fault write_macaddr(const ValueType&, ByteSpan, TextOut&);
Fault write_macaddr8(const ValueType&, ByteSpan, TextOut&);

// geometry.cpp: geo_ops.c
Fault write_point(const ValueType&, ByteSpan, TextOut&);
Fault write_lseg(const ValueType&, ByteSpan, TextOut&);
Fault write_path(const ValueType&, ByteSpan, TextOut&);
Fault write_box(const ValueType&, ByteSpan, TextOut&);
Fault write_polygon(const ValueType&, ByteSpan, TextOut&);
Fault write_line(const ValueType&, ByteSpan, TextOut&);
Fault write_circle(const ValueType&, ByteSpan, TextOut&);

// text_search.cpp: tsvector.c, tsquery.c
Fault write_tsvector(const ValueType&, ByteSpan, TextOut&);
Fault write_tsquery(const ValueType&, ByteSpan, TextOut&);

// arrays.cpp: arrayfuncs.c, int.c and oid.c (int2vector, oidvector); ranges.cpp: rangetypes.c,
// multirangetypes.c
Fault write_array(const ValueType&, ByteSpan, TextOut&);
Fault write_vector(const ValueType&, ByteSpan, TextOut&);
Fault write_range(const ValueType&, ByteSpan, TextOut&);
Fault write_multirange(const ValueType&, ByteSpan, TextOut&);

}  // namespace pgark::values
