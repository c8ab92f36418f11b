// What an archive says of the server it was taken from, as the restore needs it. Pure.
#pragma once

#include <string>

#include "format/toc.hpp"

namespace pgark::restore {

// server_version_num of the source; 0 = not known.
int source_version_num(const format::Toc& toc);
// Encoding of all names, statements and rows.
std::string source_encoding(const format::Toc& toc);

}  // namespace pgark::restore
