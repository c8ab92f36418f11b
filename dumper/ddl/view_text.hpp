// The text of a view, shared by the view itself and the rule entry that replaces its placeholder.
#pragma once

#include <string>

#include "dumper/catalog/model.hpp"

namespace pgark::dumper {

// "s.v WITH (...) AS SELECT ... WITH LOCAL CHECK OPTION": what follows CREATE [OR REPLACE] VIEW.
std::string view_definition_sql(const Relation& view, const std::string& name_sql);

}  // namespace pgark::dumper
