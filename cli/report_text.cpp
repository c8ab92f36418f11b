#include "cli/report_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/exit_code.hpp"

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

namespace {

// Some items are about the whole, and name neither kind nor object.
std::string object_text(const format::ReportItem& item) {
  return item.kind + (item.kind.empty() || item.name.empty() ? "" : " ") + item.name;
}

}  // namespace

void show_report(Console& console, const std::vector<format::ReportItem>& report) {
  for (const auto& item : report) {
    if (item.level == format::ReportLevel::info) continue;
    const bool lost = item.level == format::ReportLevel::lost;
    console.message(Severity::warning, (lost ? "not saved: " : "") + item.text, object_text(item));
  }
}

void show_losses(Console& console, const std::vector<format::ReportItem>& report) {
  for (const auto& item : report) {
    if (item.level == format::ReportLevel::lost)
      console.message(Severity::warning, "not in the archive: " + item.text, object_text(item));
  }
}

std::size_t count_lost(const std::vector<format::ReportItem>& report) {
  return static_cast<std::size_t>(
      std::ranges::count(report, format::ReportLevel::lost, &format::ReportItem::level));
}

int backup_status(Console& console, const std::vector<format::ReportItem>& report) {
  const std::size_t lost = count_lost(report);
  if (lost == 0) return kExitOk;
  Error error;
  error.code = ErrorCode::incomplete;
  error.message = fmt::format("{} not saved; everything else was",
                              lost == 1 ? "1 object was" : fmt::format("{} objects were", lost));
  error.hint = "each is named above and in the archive's report (pgark inspect); save them by other means";
  console.error(error);
  return exit_code(error.code);
}

}  // namespace pgark::cli
