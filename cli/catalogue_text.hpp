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
// The same with a word behind it: "3 days old", "4 h 05 min ago", but "in the future".
std::string age_text(storage::TimePoint time, storage::TimePoint now, const char* word);
// "decode, 2026-01-15 14:30:00Z", "no", "FAILED ...".
std::string verified_text(const storage::Backup& backup);

// One line each, or several when there is no room for that (text.hpp, table_within).
std::string backups_table(const std::vector<storage::Backup>& backups, storage::TimePoint now,
                          std::size_t columns);
// The facts of one, several lines.
std::string backup_facts(const storage::Backup& backup, const std::string& archive, storage::TimePoint now);
nlohmann::json backup_json(const storage::Backup& backup, const std::string& archive, storage::TimePoint now);

}  // namespace pgark::cli
