#include "cli/proof_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "cli/text.hpp"

namespace pgark::cli {

namespace {

// Of what was compared: "5 tables", "1 table".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", human_count(count), count == 1 ? one : many);
}

bool any_of_kind(const restore::ProofReport& report, std::string_view kind) {
  return std::ranges::any_of(report.differences, [&](const auto& found) { return found.kind == kind; });
}

std::string line(bool good, const std::string& text) {
  return (good ? "ok    " : "FAIL  ") + text;
}

std::string objects_line(const restore::ProofReport& report) {
  std::size_t archived = 0, found = 0;
  for (const auto& [kind, count] : report.objects) {
    archived += count.archived;
    found += count.found;
  }
  const bool good = std::ranges::none_of(
      report.differences, [&](const auto& difference) { return report.objects.contains(difference.kind); });
  const std::string how =
      good ? "by kind and name, indexes and constraints valid" : "by kind and name; see below";
  return line(good, fmt::format("{} of {} are there {}", human_count(found),
                                counted(archived, "object", "objects"), how));
}

}  // namespace

std::vector<std::string> proof_lines(const restore::ProofReport& report) {
  std::vector<std::string> lines;
  const auto add = [&](std::string_view kind, const std::string& what, std::string_view good,
                       std::string_view bad) {
    const bool differs = any_of_kind(report, kind);
    lines.push_back(line(!differs, fmt::format("{}{}", what, differs ? bad : good)));
  };
  if (report.tables != 0) {
    const std::string what = fmt::format("{} read again, {}: ", counted(report.tables, "table", "tables"),
                                         counted(report.rows, "row", "rows"));
    add("TABLE DATA", what, "counts and digests are the archive's", "not all are the archive's");
  }
  if (report.sequences != 0) {
    add("SEQUENCE SET", counted(report.sequences, "sequence", "sequences") + ": ",
        "they stand where the archive says", "not all stand where the archive says");
  }
  if (report.large_objects != 0) {
    add("LARGE OBJECTS", counted(report.large_objects, "large object", "large objects") + ": ",
        "number and bytes are the archive's", "number or bytes are not the archive's");
  }
  if (!report.objects.empty()) lines.push_back(objects_line(report));
  return lines;
}

std::vector<std::vector<report::Cell>> proof_cells(const restore::ProofReport& report) {
  const report::Cell ok{"ok", report::Tone::good}, fail{"FAIL", report::Tone::bad};
  std::vector<std::vector<report::Cell>> rows;
  for (const std::string& line : proof_lines(report)) {
    const bool good = line.starts_with("ok");
    rows.push_back({good ? ok : fail, {line.substr(line.find_first_not_of(' ', line.find(' ')))}});
  }
  for (const auto& difference : report.differences)
    rows.push_back({fail, {difference.kind + " " + difference.name + ": " + difference.text}});
  for (const std::string& text : report.not_compared)
    rows.push_back({{"not compared", report::Tone::warning}, {text}});
  return rows;
}

void show_differences(Console& console, const restore::ProofReport& report) {
  for (const auto& difference : report.differences) {
    const std::string object = difference.kind + (difference.name.empty() ? "" : " " + difference.name);
    console.message(Severity::error, difference.text, object);
  }
  for (const std::string& text : report.not_compared)
    console.message(Severity::notice, "not compared: " + text, {});
}

nlohmann::json proof_json(const restore::ProofReport& report) {
  nlohmann::json objects = nlohmann::json::object(), differences = nlohmann::json::array();
  for (const auto& [kind, count] : report.objects)
    objects[kind] = {{"archived", count.archived}, {"found", count.found}};
  for (const auto& difference : report.differences)
    differences.push_back(
        {{"kind", difference.kind}, {"name", difference.name}, {"message", difference.text}});
  return {{"proved", report.proved()},
          {"tables", report.tables},
          {"rows", report.rows},
          {"sequences", report.sequences},
          {"large_objects", report.large_objects},
          {"objects", objects},
          {"differences", differences},
          {"not_compared", report.not_compared}};
}

std::optional<Error> proof_error(const restore::ProofReport& report) {
  if (report.proved()) return std::nullopt;
  Error error;
  error.code = ErrorCode::mismatch;
  error.message = fmt::format("the database differs from the archive in {}",
                              counted(report.differences.size(), "place", "places"));
  error.hint =
      "each is named above; has somebody written to the database meanwhile, or does a trigger change rows?";
  return error;
}

}  // namespace pgark::cli
