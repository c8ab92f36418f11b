// An object that is read by ranges, with a read-ahead that fits an archive: large reads are one request each
// and nothing more; small ones (header, trailer, index, small chunks) fetch some of what follows, more the
// longer they go on one behind the other.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "base/buffer_pool.hpp"
#include "format/io.hpp"
#include "storage/object/session.hpp"

namespace pgark::storage::object {

// What was fetched ahead, of one or several objects. Bounded. Thread safe.
class ReadAhead {
 public:
  static constexpr std::size_t kFirstBytes = std::size_t{64} << 10;
  static constexpr std::size_t kLongestBytes = std::size_t{4} << 20;
  static constexpr std::size_t kBlocksMax = 8;

  struct Block {
    std::string key;
    std::uint64_t offset = 0;
    ByteBuffer bytes;
  };
  using BlockPointer = std::shared_ptr<const Block>;

  // The block that holds all of it, or null.
  BlockPointer find(const std::string& key, std::uint64_t offset, std::size_t bytes);
  // How much to fetch for a read that begins there.
  std::size_t bytes_to_fetch(const std::string& key, std::uint64_t offset, std::size_t bytes);
  void keep(BlockPointer block);

 private:
  std::mutex mutex_;                 // guards what follows
  std::deque<BlockPointer> blocks_;  // the one that was used last in front
};

class ObjectSource final : public format::Source {
 public:
  // Asks for the beginning of the object. Errors: io (no such object), auth, connect, ...
  static Result<std::unique_ptr<format::Source>> open(std::shared_ptr<Session> session,
                                                      const std::string& key,
                                                      std::shared_ptr<ReadAhead> read_ahead);
  // Of an object whose size is known: nothing is asked yet.
  ObjectSource(std::shared_ptr<Session> session, std::string key, std::uint64_t size, std::string etag,
               std::shared_ptr<ReadAhead> read_ahead);

  Result<std::uint64_t> size() const override { return size_; }
  Result<> read_at(std::uint64_t offset, MutableByteSpan out) const override;
  std::string name() const override { return session_->name(key_); }

 private:
  Result<> fetch(std::uint64_t offset, MutableByteSpan out) const;

  const std::shared_ptr<Session> session_;
  const std::string key_;
  const std::uint64_t size_;
  const std::string etag_;
  const std::string version_;  // what blocks are kept under
  const std::shared_ptr<ReadAhead> read_ahead_;
};

}  // namespace pgark::storage::object
