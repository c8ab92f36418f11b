// What each connection of a run did and when, and how many bytes of rows went by: what reports draw charts
// of. Part of a backup's side file (metadata.hpp), for the backup itself and for each restore of it that was
// remembered.
//
// Times are seconds from the beginning of the run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace pgark::storage {

struct Stretch {
  std::size_t connection = 0;  // from 0
  std::string what;            // "public.orders"; of several short ones the longest
  std::size_t more = 0;        // so many others are in it
  bool rows = false;           // rows of tables went by; else something was made
  double begin = 0, end = 0;
  bool operator==(const Stretch&) const = default;
};

struct Timeline {
  double seconds = 0;  // of the whole run
  std::vector<Stretch> stretches;
  double interval_seconds = 0;
  std::vector<std::uint64_t> bytes;  // of rows, uncompressed: how many in each interval
  bool empty() const { return stretches.empty() && bytes.empty(); }
  bool operator==(const Timeline&) const = default;
};

nlohmann::json timeline_json(const Timeline& timeline);
// nullopt: it is none.
std::optional<Timeline> parse_timeline(const nlohmann::json& value);

}  // namespace pgark::storage
