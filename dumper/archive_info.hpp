// What an archive says about itself and where it came from: the values of Toc::info. Pure.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "dumper/catalog/model.hpp"
#include "dumper/options.hpp"
#include "dumper/session.hpp"

namespace pgark::dumper {

using WallTime = std::chrono::system_clock::time_point;

// RFC 3339 in UTC: "2025-03-01T09:05:00Z".
std::string format_time(WallTime time);

// The options that change what the archive holds, as a person would have typed them; empty when there are
// none.
std::string describe_selection(const DumpOptions& options);

std::map<std::string, std::string> archive_info(const Catalog& catalog, const Snapshot& snapshot,
                                                const DumpOptions& options, WallTime started,
                                                WallTime finished);

}  // namespace pgark::dumper
