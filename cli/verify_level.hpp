// An archive looked at as closely as was asked for, and what came of it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/archive_choice.hpp"
#include "cli/console.hpp"
#include "format/verifier.hpp"
#include "restore/proof/proof.hpp"
#include "storage/catalogue/metadata.hpp"

namespace pgark::cli {

struct VerifyCheck {
  bool passed = false;
  std::string name;  // "index", "sha256", "chunks", "restore"
  std::string text;  // what was looked at, or what is wrong
};

struct VerifyOutcome {
  storage::Verification verification;
  std::vector<VerifyCheck> checks;
  format::VerifyReport report;                // of the level bytes and above
  std::optional<restore::ProofReport> proof;  // of the level restore
  std::optional<Error> error;                 // what is wrong with the archive; none when it is sound
};

struct VerifyRequest {
  storage::VerifyLevel level = storage::VerifyLevel::decode;
  int jobs = 0;        // 0: one per processor
  bool drill = false;  // at the level restore: nothing is read that the restore does not read
  std::string sample;  // remembered with the result
};

unsigned verify_threads(const VerifyRequest& request);

// Opens the archive and goes on until something is wrong with it or the level is reached. What is wrong with
// the archive is in the outcome; throws for everything else (interrupted, no place to restore into).
VerifyOutcome verify_to_level(ChosenArchive& archive, const VerifyRequest& request, Console& console);

// Into the side file of a backup that has a place; what says nothing of the archive is not recorded, unless
// it was a drill. Returns why that could not be done: the outcome is as it is, and to be shown first.
std::optional<Error> record_outcome(const ChosenArchive& archive, const VerifyOutcome& outcome);

// What is wrong, else why it could not be recorded; with the former the latter is a warning.
std::optional<Error> error_to_end_with(const std::optional<Error>& wrong,
                                       const std::optional<Error>& unrecorded, Console& console);

// One line for each check.
std::vector<std::string> outcome_lines(const VerifyOutcome& outcome);
nlohmann::json outcome_json(const VerifyOutcome& outcome);

}  // namespace pgark::cli
