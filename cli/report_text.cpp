#include "cli/report_text.hpp"

#include <fmt/format.h>

namespace pgark::cli {

const char* report_level_name(format::ReportLevel level) {
  switch (level) {
    case format::ReportLevel::info: return "info";
    case format::ReportLevel::warning: return "warning";
    case format::ReportLevel::lost: return "lost";
  }
  return "info";
}

nlohmann::json report_json(const std::vector<format::ReportItem>& report) {
  nlohmann::json items = nlohmann::json::array();
  for (const auto& item : report) {
    items.push_back({{"level", report_level_name(item.level)},
                     {"kind", item.kind},
                     {"name", item.name},
                     {"text", item.text}});
  }
  return items;
}

void show_report(Console& console, const std::vector<format::ReportItem>& report) {
  for (const auto& item : report) {
    if (item.level == format::ReportLevel::info) continue;
    const bool lost = item.level == format::ReportLevel::lost;
    console.message(Severity::warning, (lost ? "not saved: " : "") + item.text, item.kind + " " + item.name);
  }
}

}  // namespace pgark::cli
