// Whether the large objects of a database hold the bytes that an archive has for them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "base/async/cpu_pool.hpp"
#include "format/reader.hpp"
#include "protocol/connection.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

struct LargeObjectProof {
  std::uint64_t objects = 0;  // that are there
  std::optional<std::string> difference;
};

// `archive` and the pool outlive it; `connection` is idle. Throws as restore() does.
boost::asio::awaitable<LargeObjectProof> check_large_objects(protocol::Connection& connection,
                                                             const format::ArchiveReader& archive,
                                                             async::CpuPool& cpu, const Selection& selection,
                                                             const std::set<format::EntryId>& left_out);

}  // namespace pgark::restore
