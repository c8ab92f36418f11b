// The options of commands that write SQL for psql.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/console.hpp"
#include "restore/script/script.hpp"

namespace pgark::cli {

// --restrict-key.
void add_restrict_key_option(CLI::App& command, std::string& key, const std::string& group);

// The key given, or a random one. Throws usage when psql would not take it.
std::string restrict_key(const std::string& given);

void show_script(Console& console, const std::string& command, const std::string& path,
                 const restore::ScriptOutcome& outcome, double seconds);

}  // namespace pgark::cli
