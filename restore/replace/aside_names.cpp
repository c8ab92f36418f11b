#include "restore/replace/aside_names.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pgark::restore {

namespace {

constexpr std::size_t kNameBytesMax = 63;
constexpr std::size_t kStampBytes = 16;  // 20260115T143000Z
constexpr std::size_t kHashBytes = 9;    // with the character before it
constexpr std::array<std::pair<Aside, std::string_view>, 3> kMarks{{
    {Aside::fresh, "_pgark_new_"},
    {Aside::old, "_pgark_old_"},
    {Aside::undone, "_pgark_undone_"},
}};

std::string_view mark_of(Aside role) {
  return std::ranges::find(kMarks, role, &std::pair<Aside, std::string_view>::first)->second;
}

bool is_stamp(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == kStampBytes && text[8] == 'T' && text[15] == 'Z' &&
         std::all_of(text.begin(), text.begin() + 8, is_digit) &&
         std::all_of(text.begin() + 9, text.begin() + 15, is_digit);
}

// The same for all roles, so that the shortest room decides.
std::string beginning(std::string_view database) {
  const std::size_t room = kNameBytesMax - kStampBytes - mark_of(Aside::undone).size();
  if (database.size() <= room) return std::string(database);
  std::size_t cut = room - kHashBytes;
  while (cut > 0 && (static_cast<unsigned char>(database[cut]) & 0xc0u) == 0x80u) --cut;  // whole characters
  const auto hash = static_cast<std::uint32_t>(XXH3_64bits(database.data(), database.size()));
  return fmt::format("{}~{:08x}", database.substr(0, cut), hash);
}

}  // namespace

std::string aside_stamp(std::chrono::sys_seconds when) {
  return fmt::format("{:%Y%m%dT%H%M%S}Z", when);
}

std::string aside_name(std::string_view database, Aside role, std::chrono::sys_seconds when) {
  return fmt::format("{}{}{}", beginning(database), mark_of(role), aside_stamp(when));
}

std::optional<AsideName> parse_aside_name(std::string_view name, std::string_view database) {
  const std::string begin = beginning(database);
  if (!name.starts_with(begin)) return std::nullopt;
  name.remove_prefix(begin.size());
  for (const auto& [role, mark] : kMarks) {
    if (name.starts_with(mark) && is_stamp(name.substr(mark.size())))
      return AsideName{role, std::string(name.substr(mark.size()))};
  }
  return std::nullopt;
}

std::chrono::sys_seconds unused_second(const std::set<std::string>& stamps, std::chrono::sys_seconds now) {
  while (stamps.contains(aside_stamp(now))) now += std::chrono::seconds(1);
  return now;
}

}  // namespace pgark::restore
