// Sections that several reports have. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/objectives.hpp"
#include "cli/report/document.hpp"
#include "storage/catalogue/catalogue.hpp"

namespace pgark::cli::report {

Tone state_tone(storage::BackupState state);
// The state of a backup in one sentence.
Cell verdict_of(const storage::Backup& backup);
// "decode, 2026-01-15 14:30:00Z", good, bad, or a warning when it never was.
Cell verified_cell(const storage::Backup& backup);

Cell objective_cell(const Objective& objective);
// What was looked at, newest first, at most the `checks_max` newest.
Section checks_section(const std::vector<storage::Verification>& checks, std::size_t checks_max);

// "Written 2026-01-15 14:30:00Z by pgark report.".
std::string footer_text(storage::TimePoint now);

}  // namespace pgark::cli::report
