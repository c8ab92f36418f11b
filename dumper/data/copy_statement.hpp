// The COPY statement of a piece of a table (SCHEMA_COVERAGE E1 to E3, E12). Pure.
#pragma once

#include <string>

#include "dumper/data/data_object.hpp"
#include "dumper/data/range_scheduler.hpp"

namespace pgark::dumper {

std::string copy_statement(const DataObject& object, const Piece& piece);

}  // namespace pgark::dumper
