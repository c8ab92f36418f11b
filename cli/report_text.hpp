// The archive's report (what could not be saved, what a person should know) as text and JSON.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/console.hpp"
#include "format/toc.hpp"

namespace pgark::cli {

nlohmann::json report_json(const std::vector<format::ReportItem>& report);
const char* report_level_name(format::ReportLevel level);

// Warnings and losses by name, as warning messages; nothing when the report is clean.
void show_report(Console& console, const std::vector<format::ReportItem>& report);

// After a restore: what the archive never held, by name. Whoever restores need not be who made the backup.
void show_losses(Console& console, const std::vector<format::ReportItem>& report);

// What was asked for and is not in the archive. Mere warnings do not count.
std::size_t count_lost(const std::vector<format::ReportItem>& report);

// Ends a backup: 0, or 14 with an error that says how many objects are missing.
int backup_status(Console& console, const std::vector<format::ReportItem>& report);

}  // namespace pgark::cli
