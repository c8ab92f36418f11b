#include "cli/restore_result.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/exit_code.hpp"
#include "cli/proof_text.hpp"
#include "cli/report_text.hpp"
#include "cli/text.hpp"

namespace pgark::cli {

namespace {

std::string entries_text(std::size_t count) {
  return count == 1 ? "1 entry" : fmt::format("{} entries", count);
}

// Of what an earlier attempt has loaded the size as rows is not known.
std::string work_text(const restore::RestoreOutcome& outcome, double seconds) {
  const std::string rate = human_rate(static_cast<double>(outcome.row_bytes) / std::max(seconds, 1e-3));
  if (outcome.rows_before == 0)
    return fmt::format("{} of rows in {}, {}", human_bytes(outcome.row_bytes), human_duration(seconds), rate);
  const std::string before =
      fmt::format("{} rows of them by an earlier attempt", human_count(outcome.rows_before));
  if (outcome.rows_before == outcome.rows) return fmt::format("{}; {}", before, human_duration(seconds));
  return fmt::format("{}; {} of rows now in {}, {}", before, human_bytes(outcome.row_bytes),
                     human_duration(seconds), rate);
}

}  // namespace

nlohmann::json failure_json(const restore::FailedEntry& failed) {
  nlohmann::json item = {{"entry", failed.entry},
                         {"kind", failed.kind},
                         {"name", failed.name},
                         {"skipped", failed.skipped},
                         {"message", failed.error.message}};
  if (failed.error.server) item["sqlstate"] = failed.error.server->sqlstate;
  if (!failed.error.statement.empty()) item["statement"] = failed.error.statement;
  return item;
}

void show_restore(Console& console, const std::string& archive, const format::Toc& toc,
                  const RestoreResult& result, const nlohmann::json& more) {
  const auto& [outcome, proof, seconds, timeline] = result;
  console.stop_progress();
  show_losses(console, toc.report);
  nlohmann::json failures = nlohmann::json::array();
  for (const auto& failed : outcome.failed) failures.push_back(failure_json(failed));
  const std::string command = more.value("command", "restore");
  console.line(fmt::format("{} {}: {} rows, {} entries, {}", command,
                           outcome.failed.empty() ? "complete" : "INCOMPLETE", human_count(outcome.rows),
                           human_count(outcome.entries_done), work_text(outcome, seconds)));
  if (proof) {
    for (const std::string& line : proof_lines(*proof)) console.line(line);
    show_differences(console, *proof);
  }
  nlohmann::json fields = {{"command", command},
                           {"entries", outcome.entries_done},
                           {"rows", outcome.rows},
                           {"rows_before", outcome.rows_before},
                           {"row_bytes", outcome.row_bytes},
                           {"raw_bytes", outcome.raw_bytes},
                           {"complete", outcome.failed.empty()},
                           {"failed", failures},
                           {"verified", proof ? proof_json(*proof) : nlohmann::json()},
                           {"archive_report", report_json(toc.report)}};
  if (!archive.empty()) fields["archive"] = archive;
  fields.update(more);
  console.result(fields);
}

report::RestoreFacts report_facts(const std::string& archive, const std::string& database,
                                  const format::Toc& toc, const RestoreResult& result) {
  const restore::RestoreOutcome& outcome = result.outcome;
  report::RestoreFacts facts{archive,
                             database,
                             toc,
                             storage::time_now(),
                             result.whole() ? "" : restore_error(result).message,
                             result.seconds,
                             outcome.entries_done,
                             outcome.rows,
                             outcome.row_bytes,
                             outcome.rows_before,
                             {},
                             std::nullopt,
                             result.timeline};
  for (const auto& failed : outcome.failed)
    facts.not_restored.push_back({failed.kind, failed.name, failed.error.message, failed.skipped});
  if (result.proof) facts.proof = proof_cells(*result.proof);
  return facts;
}

// Rows that are not the archive's are worse than missing entries, which were named.
Error restore_error(const RestoreResult& result) {
  if (auto error = result.proof ? proof_error(*result.proof) : std::nullopt) return std::move(*error);
  const auto& failed = result.outcome.failed;
  const auto skipped = static_cast<std::size_t>(
      std::ranges::count_if(failed, [](const auto& entry) { return entry.skipped; }));
  Error error;
  error.code = ErrorCode::incomplete;
  error.message = fmt::format("{} failed and {} that need them were skipped; everything else was restored",
                              entries_text(failed.size() - skipped), skipped);
  error.hint =
      "each is named above; mend the cause, then restore again with --clean, or those objects with -t";
  return error;
}

int finish_restore(Console& console, const RestoreResult& result, const std::string& hint) {
  if (result.whole()) return kExitOk;
  Error error = restore_error(result);
  if (!hint.empty()) error.hint = hint;
  console.error(error);
  return exit_code(error.code);
}

}  // namespace pgark::cli
