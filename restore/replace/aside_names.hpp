// Names of the databases that stand beside one whose content is replaced: the new one until it takes the name
// over, the old one afterwards, for `pgark rollback`, and what a rollback took away. Pure.
//
//   shop_pgark_old_20260115T143000Z
//
// PostgreSQL cuts names at 63 bytes: of a long name only the beginning stands there, and a hash of all of it.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace pgark::restore {

enum class Aside : std::uint8_t {
  fresh,   // being restored, or left behind by a restore that was killed
  old,     // was in use until a restore took its place
  undone,  // was in use until a rollback took it away
};

std::string aside_name(std::string_view database, Aside role, std::chrono::sys_seconds when);

struct AsideName {
  Aside role = Aside::old;
  std::string stamp;  // sorts by time
};
// nullopt: the name is not one that stands beside `database`.
std::optional<AsideName> parse_aside_name(std::string_view name, std::string_view database);

std::string aside_stamp(std::chrono::sys_seconds when);
// `now`, or the first second after it whose stamp is not among `stamps`.
std::chrono::sys_seconds unused_second(const std::set<std::string>& stamps, std::chrono::sys_seconds now);

}  // namespace pgark::restore
