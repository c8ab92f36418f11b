#include "storage/object/part_sink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pgark::storage::object {
namespace {

// Up to here the part grows with what comes; then it gets the memory of a whole part at once.
constexpr std::size_t kSmallBytes = std::size_t{1} << 20;

}  // namespace

PartSink::~PartSink() {
  discard();
}

Result<> PartSink::failure() {
  const std::lock_guard lock(mutex_);
  return failure_ ? tl::unexpected<Error>(*failure_) : Result<>();
}

Result<> PartSink::keep_failure(Error error) {
  const std::lock_guard lock(mutex_);
  given_up_ = true;
  if (!failure_) failure_ = std::move(error);
  return tl::unexpected<Error>(*failure_);
}

Result<> PartSink::write_at(std::uint64_t offset, ByteSpan data) {
  if (auto failed = failure(); !failed) return failed;
  if (ended_ || offset != written_) return fail(ErrorCode::internal, "a write out of order", name());
  while (!data.empty()) {
    const std::uint64_t room = carrier_->part_bytes(parts_ + 1);
    if (room == 0) {
      return keep_failure(fail(ErrorCode::usage,
                               fmt::format("the archive is larger than one object may be there, {} bytes",
                                           carrier_->object_bytes_max()),
                               name(), "use -F directory, which makes an object of each pack")
                              .value());
    }
    if (part_.size() + data.size() > kSmallBytes) part_.reserve(room);
    const std::size_t taken = std::min<std::uint64_t>(data.size(), room - part_.size());
    part_.insert(part_.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(taken));
    data = data.subspan(taken);
    written_ += taken;
    if (part_.size() < room) continue;
    if (auto sent = send_part(); !sent) return sent;
  }
  return {};
}

Result<> PartSink::write_pieces_at(std::uint64_t offset, std::span<const ByteSpan> pieces) {
  for (const ByteSpan piece : pieces) {
    if (auto written = write_at(offset, piece); !written) return written;
    offset += piece.size();
  }
  return {};
}

Result<> PartSink::send_part() {
  if (!std::exchange(begun_, true)) {
    if (auto begun = carrier_->begin(); !begun) return keep_failure(std::move(begun).error());
  }
  const int number = ++parts_;
  {
    const std::lock_guard lock(mutex_);
    ++on_the_way_;
  }
  auto part = std::make_shared<ByteBuffer>(std::exchange(part_, {}));
  pool_->submit([this, number, part = std::move(part)]() mutable {
    carry(number, *part);
    part.reset();  // before the next one may be filled
  });
  return failure();
}

// On a thread of the pool.
void PartSink::carry(int number, const ByteBuffer& part) {
  Result<std::string> tag = std::string();
  if (!given_up_) tag = carrier_->put(number, part, given_up_);
  if (!tag) static_cast<void>(keep_failure(tag.error()));
  const std::lock_guard lock(mutex_);
  if (tag) tags_[number] = std::move(*tag);
  --on_the_way_;
  arrived_.notify_all();
}

void PartSink::wait_for_parts() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return on_the_way_ == 0; });
}

Result<> PartSink::commit() {
  if (auto failed = failure(); !failed) return failed;
  if (begun_ && !part_.empty()) {
    if (auto sent = send_part(); !sent) return sent;
  }
  wait_for_parts();
  if (auto failed = failure(); !failed) return failed;
  auto committed = begun_ ? carrier_->finish_parts(tags_) : carrier_->finish_small(part_);
  if (!committed) return keep_failure(std::move(committed).error());
  ended_ = true;
  part_ = {};
  return {};
}

void PartSink::discard() {
  if (std::exchange(ended_, true)) return;
  given_up_ = true;
  wait_for_parts();
  part_ = {};
  if (begun_) carrier_->give_up();
}

}  // namespace pgark::storage::object
