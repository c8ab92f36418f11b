// SQL that reads large objects through the functions which anybody who may read one can call; their table is
// open to superusers only.
#pragma once

#include <string>
#include <string_view>

namespace pgark {

// SELECT of (oid, offset, bytes): every window of 256 KiB of the objects of pg_largeobject_metadata m that
// meet `condition` (" WHERE ..."). An empty object gives no row.
std::string large_object_windows_sql(std::string_view condition);

}  // namespace pgark
