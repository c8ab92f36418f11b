// Completions for shells, made from the commands and options themselves. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/manual/command_pages.hpp"

namespace pgark::cli {

enum class Shell { bash, zsh, fish };

// A script that the shell reads at its start, or loads when pgark is typed.
std::string completion_script(const std::vector<CommandPage>& pages, Shell shell);

}  // namespace pgark::cli
