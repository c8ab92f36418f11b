// What a proof (restore/proof) found, for people and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/console.hpp"
#include "cli/report/document.hpp"
#include "restore/proof/proof.hpp"

namespace pgark::cli {

// One line for each check.
std::vector<std::string> proof_lines(const restore::ProofReport& report);
// The same for a report, with the differences and what was not compared: result and text.
std::vector<std::vector<report::Cell>> proof_cells(const restore::ProofReport& report);
// A message for each difference, and for what was not compared.
void show_differences(Console& console, const restore::ProofReport& report);
nlohmann::json proof_json(const restore::ProofReport& report);
// mismatch, when it was not proved.
std::optional<Error> proof_error(const restore::ProofReport& report);

}  // namespace pgark::cli
