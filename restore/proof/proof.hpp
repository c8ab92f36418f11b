// Proves that a database holds what an archive does: every table read again and its row count and digest
// compared, every sequence's value, the large objects, and that the objects are there by kind and name, their
// indexes and constraints valid. The definitions themselves are not compared.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/async/cpu_pool.hpp"
#include "base/events.hpp"
#include "format/reader.hpp"
#include "protocol/params/connect_params.hpp"
#include "restore/options.hpp"
#include "restore/proof/large_object_check.hpp"
#include "restore/proof/object_checks.hpp"

namespace pgark::restore {

struct ProofDifference {
  std::string kind, name;  // as TocEntry's
  std::string text;
};

struct ProofReport {
  std::uint64_t tables = 0, rows = 0;  // read again
  std::uint64_t sequences = 0;
  std::uint64_t large_objects = 0;
  std::map<std::string, ObjectCount> objects;  // by kind
  std::vector<ProofDifference> differences;    // empty: proved
  std::vector<std::string> not_compared;       // what this proof says nothing about, one line each

  bool proved() const { return differences.empty(); }
};

// Compares what `options` choose of the archive, but for entries in `left_out`, with the database that
// `target` leads to, through options.jobs connections. Throws when it cannot go on; what the server refuses
// to show is a difference. What `source` refers to, pool and sink outlive it.
boost::asio::awaitable<ProofReport> prove(boost::asio::any_io_executor executor, async::CpuPool& cpu,
                                          params::ConnectParams target, RestoreOptions options,
                                          ProofSource source, std::set<format::EntryId> left_out,
                                          EventSink& events);

}  // namespace pgark::restore
