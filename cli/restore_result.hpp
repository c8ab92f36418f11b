// What became of a restore, for people, for programs and as an exit status.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/console.hpp"
#include "cli/report/restore_report.hpp"
#include "format/toc.hpp"
#include "restore/proof/proof.hpp"
#include "restore/restore.hpp"
#include "storage/catalogue/timeline.hpp"

namespace pgark::cli {

struct RestoreResult {
  restore::RestoreOutcome outcome;
  std::optional<restore::ProofReport> proof;
  double seconds = 0;  // without the proof
  storage::Timeline timeline;

  // Everything was restored, and nothing that was read again differs.
  bool whole() const { return outcome.failed.empty() && (!proof || proof->proved()); }
};

nlohmann::json failure_json(const restore::FailedEntry& failed);

// `archive`: as it was given; empty: there is none. `more` goes into the JSON result beside what every
// restore says; its "command" is named in the text as well.
void show_restore(Console& console, const std::string& archive, const format::Toc& toc,
                  const RestoreResult& result, const nlohmann::json& more = nlohmann::json::object());
// What a page about it says. `archive` and `database`: as they were named; the facts refer to `toc`.
report::RestoreFacts report_facts(const std::string& archive, const std::string& database,
                                  const format::Toc& toc, const RestoreResult& result);
// Of a restore that is not whole.
Error restore_error(const RestoreResult& result);
// Shows the error, if there is one, with `hint` in place of its own unless that is empty; the exit status.
int finish_restore(Console& console, const RestoreResult& result, const std::string& hint = {});

}  // namespace pgark::cli
