// A new object, which is there only after its commit: one request when it is small, else parts, several on
// their way at the same time. Without a commit nothing stays behind, no parts either.
//
// Parts must come one behind the other, as the archive writers ask (sequential()). A part that does not
// arrive is sent again and the others stay; what can end the object is only an error that trying again does
// not help. What a part is, is for the store's kind to say (PartCarrier).
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/buffer_pool.hpp"
#include "format/io.hpp"
#include "storage/object/transfer_pool.hpp"

namespace pgark::storage::object {

using PartTags = std::map<int, std::string>;  // what the store calls the parts, by their numbers from 1

// Makes one object. begin(), finish_*() and give_up() come from one thread, put() from several.
class PartCarrier {
 public:
  virtual ~PartCarrier() = default;
  virtual std::string name() const = 0;
  // Bytes of a part; 0 when there can be no more.
  virtual std::uint64_t part_bytes(int number) const = 0;
  virtual std::uint64_t object_bytes_max() const = 0;
  // Comes before the first part.
  virtual Result<> begin() = 0;
  // The tag of the part. Does not try again when `abandoned` is set.
  virtual Result<std::string> put(int number, ByteSpan part, const std::atomic<bool>& abandoned) = 0;
  // Makes the object from its parts, or from all of its bytes when there has been none.
  virtual Result<> finish_parts(const PartTags& tags) = 0;
  virtual Result<> finish_small(ByteSpan content) = 0;
  // Removes what put() has left; also when begin() has failed.
  virtual void give_up() = 0;
};

// write_at() from one thread at a time.
class PartSink final : public format::Sink {
 public:
  PartSink(std::unique_ptr<PartCarrier> carrier, std::shared_ptr<TransferPool> pool)
      : carrier_(std::move(carrier)), pool_(std::move(pool)) {}
  ~PartSink() override;

  Result<> write_at(std::uint64_t offset, ByteSpan data) override;
  Result<> write_pieces_at(std::uint64_t offset, std::span<const ByteSpan> pieces) override;
  bool sequential() const override { return true; }
  Result<> commit() override;
  void discard() override;
  std::string name() const override { return carrier_->name(); }

 private:
  Result<> send_part();
  void carry(int number, const ByteBuffer& part);
  void wait_for_parts();
  Result<> failure();
  Result<> keep_failure(Error error);

  const std::unique_ptr<PartCarrier> carrier_;
  const std::shared_ptr<TransferPool> pool_;
  ByteBuffer part_;  // is being filled
  std::uint64_t written_ = 0;
  int parts_ = 0;  // sent or on their way
  bool begun_ = false;
  bool ended_ = false;
  std::atomic<bool> given_up_{false};

  std::mutex mutex_;  // guards what follows
  std::condition_variable arrived_;
  int on_the_way_ = 0;
  PartTags tags_;
  std::optional<Error> failure_;
};

}  // namespace pgark::storage::object
