// Tables with their partitions and the tables that inherit from them (--table-and-children). Pure.
#pragma once

#include "base/error.hpp"
#include "format/toc.hpp"
#include "restore/options.hpp"

namespace pgark::restore {

// `options` with the patterns of include_tables_and_children among those of include_tables, and with the
// children of what they match by name. Errors: usage.
Result<RestoreOptions> with_children(const format::Toc& toc, RestoreOptions options);

}  // namespace pgark::restore
