// Manual pages in roff, made from the commands and options themselves. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/manual/command_pages.hpp"

namespace pgark::cli {

// Section 1. `name`: a command, or empty for the program. `version`: "0.1.0". REQUIRES: there is such a
// command.
std::string man_page(const std::vector<CommandPage>& pages, const std::string& name,
                     const std::string& version);

}  // namespace pgark::cli
