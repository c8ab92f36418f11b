// Majors of PostgreSQL whose catalogs, statements and binary forms of values are known.
#pragma once

namespace pgark {

inline constexpr int kOldestMajor = 13;
inline constexpr int kNewestMajor = 18;

// `server_version_num`: 150018 for 15.18.
constexpr bool is_newer_than_known(int server_version_num) {
  return server_version_num >= (kNewestMajor + 1) * 10000;
}

}  // namespace pgark
