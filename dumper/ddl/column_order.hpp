// In which order the columns of tables stand once they are created again. A table with parents takes theirs
// first, whatever the order in which it got them (ALTER TABLE ... ADD COLUMN on a parent, INHERIT); there is
// no syntax to ask for another. Pure functions over the catalog.
#pragma once

#include <vector>

#include "dumper/catalog/model.hpp"

namespace pgark::dumper {

// The wanted tables whose columns will stand in another order than they do here.
std::vector<Index> tables_with_other_column_order(const Catalog& catalog);

}  // namespace pgark::dumper
