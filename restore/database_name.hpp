// The archive's database under another name (--create-as): its definition, properties, comment and privileges
// with that name in it. What lives inside the database does not name it. Pure.
#pragma once

#include <string>

#include "format/toc.hpp"

namespace pgark::restore {

// Does nothing to an archive without the definition of its database.
void rename_database(format::Toc& toc, const std::string& name);

}  // namespace pgark::restore
