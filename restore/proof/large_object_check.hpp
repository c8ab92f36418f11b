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
#include "restore/proof/large_object_digest.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

struct LargeObjectProof {
  std::uint64_t objects = 0;  // that are there
  std::optional<std::string> difference;
};

// What a database is compared with: an archive, or what is left of rows that were restored while they came.
struct ProofSource {
  const format::Toc& toc;  // with totals
  const format::ArchiveReader* archive = nullptr;
  const LargeObjectDigest* large_objects = nullptr;  // without an archive
};

// What `source` refers to and the pool outlive it; `connection` is idle. Throws as restore() does.
boost::asio::awaitable<LargeObjectProof> check_large_objects(protocol::Connection& connection,
                                                             ProofSource source, async::CpuPool& cpu,
                                                             const Selection& selection,
                                                             const std::set<format::EntryId>& left_out);

}  // namespace pgark::restore
