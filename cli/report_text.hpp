// The archive's report (what could not be saved, what a person should know) as text and JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "cli/console.hpp"
#include "format/toc.hpp"

namespace pgark::cli {

nlohmann::json report_json(const std::vector<format::ReportItem>& report);
const char* report_level_name(format::ReportLevel level);

// Warnings and losses by name, as warning messages; nothing when the report is clean.
void show_report(Console& console, const std::vector<format::ReportItem>& report);

}  // namespace pgark::cli
