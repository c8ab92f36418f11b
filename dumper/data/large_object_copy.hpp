// The COPY statement of a piece of the large objects when they are read by OID and not by heap page. Pure.
//
// "Pages" of such a piece are blocks of the sorted OIDs, so that the objects are shared out among workers
// like the pages of a heap. PostgreSQL documentation, "Large Objects".
#pragma once

#include <cstdint>
#include <string>

#include "dumper/data/data_object.hpp"
#include "dumper/data/range_scheduler.hpp"

namespace pgark::dumper {

// How many blocks the objects make.
std::uint32_t large_object_blocks(const DataObject& object);

// Rows: OID, offset, bytes. No row is longer than a large object's page, or kReadBytesMax.
std::string copy_large_objects(const DataObject& object, const Piece& piece);

}  // namespace pgark::dumper
