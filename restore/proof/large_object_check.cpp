#include "restore/proof/large_object_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/buffer_pool.hpp"
#include "base/large_object_sql.hpp"
#include "restore/chunk_stream.hpp"
#include "restore/ddl_runner.hpp"
#include "restore/proof/large_object_digest.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::TocEntry;
using protocol::Connection;

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr std::size_t kChunksAhead = 2, kChunkBytes = std::size_t{4} << 20;

struct Archived {
  std::string oids;  // "1,2,3"
  std::uint64_t count = 0;
  format::EntryId data = 0;  // of their bytes; 0: not selected
};

Archived archived_objects(const format::Toc& toc, const Selection& selection,
                          const std::set<format::EntryId>& left_out) {
  constexpr std::string_view kPrefix = "LARGE OBJECT ";
  Archived result;
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id) || left_out.contains(entry.id)) continue;
    if (is_large_object_data(entry)) result.data = entry.id;
    if (!is_large_objects(entry) || !entry.owner_object.starts_with(kPrefix)) continue;
    const std::string_view oids = std::string_view(entry.owner_object).substr(kPrefix.size());
    result.oids.append(result.oids.empty() ? "" : ",").append(oids);
    result.count += 1 + static_cast<std::uint64_t>(std::count(oids.begin(), oids.end(), ','));
  }
  return result;
}

std::string wanted_sql(const Archived& archived) {
  return "pg_catalog.unnest('{" + archived.oids + "}'::pg_catalog.oid[])";
}

std::string pages_sql(const Archived& archived) {
  return "SELECT l.loid, l.pageno::pg_catalog.int8 * "
         "(pg_catalog.current_setting('block_size')::pg_catalog.int8 / 4),"
         " l.data FROM pg_catalog.pg_largeobject l JOIN " +
         wanted_sql(archived) + " w (oid) ON w.oid = l.loid";
}

// The error is the server's, which refused.
asio::awaitable<Result<LargeObjectDigest>> digest_of(Connection& connection, std::string query) {
  LargeObjectDigest digest;
  std::string sql = "COPY (" + query + ") TO STDOUT";
  try {
    co_await connection.begin_copy_out(std::move(sql));
    ByteBuffer rows;
    for (bool more = true; more;) {
      rows.clear();
      more = co_await connection.read_copy(rows, kBufferBytes);
      value_or_throw(digest.add(rows));
    }
  } catch (const Exception& exception) {
    if (!is_statement_failure(exception.error(), connection)) throw;
    co_return tl::unexpected<Error>(exception.error());
  }
  co_return digest;
}

asio::awaitable<LargeObjectDigest> digest_of(Connection& connection, const format::ArchiveReader& archive,
                                             async::CpuPool& cpu, format::EntryId data) {
  LargeObjectDigest digest;
  ChunkDecoder decoder(archive, cpu, kChunksAhead, kChunkBytes);
  ChunkStream stream(connection.executor(), decoder, archive.chunks_of(data), kChunksAhead);
  ChunkStream::Taker take = [&digest](DecodedChunk& chunk) -> asio::awaitable<void> {
    value_or_throw(digest.add(*chunk.rows));
    co_return;
  };
  co_await stream.give_all(std::move(take));
  co_return digest;
}

}  // namespace

asio::awaitable<LargeObjectProof> check_large_objects(Connection& connection, ProofSource source,
                                                      async::CpuPool& cpu, const Selection& selection,
                                                      const std::set<format::EntryId>& left_out) {
  LargeObjectProof proof;
  const Archived archived = archived_objects(source.toc, selection, left_out);
  if (archived.count == 0) co_return proof;
  std::string count_sql = "SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata m JOIN " +
                          wanted_sql(archived) + " w (oid) ON w.oid = m.oid";
  const wire::ResultSet found = co_await connection.query(std::move(count_sql));
  proof.objects = static_cast<std::uint64_t>(found.integer(0, 0));
  if (proof.objects != archived.count) {
    proof.difference = fmt::format("{} of {} are in the database", proof.objects, archived.count);
    co_return proof;
  }
  if (archived.data == 0) co_return proof;

  LargeObjectDigest wanted;
  if (source.archive != nullptr) {
    wanted = co_await digest_of(connection, *source.archive, cpu, archived.data);
  } else if (source.large_objects != nullptr) {
    wanted = *source.large_objects;
  }
  Result<LargeObjectDigest> there = co_await digest_of(connection, pages_sql(archived));
  if (!there) {
    // pg_largeobject is open to superusers only.
    std::string windows =
        large_object_windows_sql(" JOIN " + wanted_sql(archived) + " w (oid) ON w.oid = m.oid");
    there = co_await digest_of(connection, std::move(windows));
  }
  if (!there) {
    proof.difference = "cannot be read: " + there.error().message;
  } else if (*there != wanted) {
    proof.difference = "their bytes are not the archive's";
  }
  co_return proof;
}

}  // namespace pgark::restore
