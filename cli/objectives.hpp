// What a place must be able to show: a fresh verified backup, and a drill that was fast enough. Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "storage/catalogue/catalogue.hpp"

namespace pgark::cli {

struct Objectives {
  std::chrono::seconds rpo{}, rto{};  // recovery point, recovery time
};

struct Objective {
  std::string name;  // "last backup", "verified backup", "restore drill"
  bool holds = false;
  std::string text;  // what there is
};

// `backups`: of one database, oldest first.
std::vector<Objective> judge(const std::vector<storage::Backup>& backups, const Objectives& wanted,
                             storage::TimePoint now);

}  // namespace pgark::cli
