// Backups as tables, facts and JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "storage/catalogue/catalogue.hpp"

namespace pgark::cli {

// "2026-01-15 14:30:00Z".
std::string date_text(storage::TimePoint time);
// "3 days", "4 h 05 min"; "in the future" when it is.
std::string age_text(storage::TimePoint time, storage::TimePoint now);
// "decode, 2026-01-15 14:30:00Z", "no", "FAILED ...".
std::string verified_text(const storage::Backup& backup);

// One line each.
std::string backups_table(const std::vector<storage::Backup>& backups, storage::TimePoint now);
// The facts of one, several lines.
std::string backup_facts(const storage::Backup& backup, const std::string& archive, storage::TimePoint now);
nlohmann::json backup_json(const storage::Backup& backup, const std::string& archive, storage::TimePoint now);

}  // namespace pgark::cli
