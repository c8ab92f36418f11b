#include "storage/object/object_source.hpp"

#include <algorithm>
#include <utility>

namespace pgark::storage::object {
namespace {

// From here on a read is worth a request of its own.
constexpr std::size_t kDirectBytes = std::size_t{256} << 10;
constexpr std::size_t kGrowth = 4;

// What was fetched of another version is not mixed in.
std::string version_name(const std::string& key, const std::string& etag) {
  return key + '\n' + etag;
}

Error ends_early(const std::string& name, std::uint64_t offset) {
  Error error;
  error.code = ErrorCode::archive_damaged;
  error.message = "the object ends early";
  error.object = name;
  error.offset = offset;
  return error;
}

}  // namespace

ReadAhead::BlockPointer ReadAhead::find(const std::string& key, std::uint64_t offset, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(blocks_, [&](const BlockPointer& block) {
    return block->key == key && block->offset <= offset &&
           offset + bytes <= block->offset + block->bytes.size();
  });
  if (found == blocks_.end()) return nullptr;
  BlockPointer block = *found;
  blocks_.erase(found);
  blocks_.push_front(block);
  return block;
}

// A read near the end of a block that was fetched goes on with it.
std::size_t ReadAhead::bytes_to_fetch(const std::string& key, std::uint64_t offset, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto before = std::ranges::find_if(blocks_, [&](const BlockPointer& block) {
    const std::uint64_t end = block->offset + block->bytes.size();
    return block->key == key && block->offset <= offset && offset <= end + kFirstBytes;
  });
  const std::size_t ahead =
      before == blocks_.end() ? kFirstBytes : std::min((*before)->bytes.size() * kGrowth, kLongestBytes);
  return std::max(bytes, ahead);
}

void ReadAhead::keep(BlockPointer block) {
  const std::lock_guard lock(mutex_);
  blocks_.push_front(std::move(block));
  if (blocks_.size() > kBlocksMax) blocks_.pop_back();
}

ObjectSource::ObjectSource(std::shared_ptr<Session> session, std::string key, std::uint64_t size,
                           std::string etag, std::shared_ptr<ReadAhead> read_ahead)
    : session_(std::move(session)),
      key_(std::move(key)),
      size_(size),
      etag_(std::move(etag)),
      version_(version_name(key_, etag_)),
      read_ahead_(std::move(read_ahead)) {}

Result<std::unique_ptr<format::Source>> ObjectSource::open(std::shared_ptr<Session> session,
                                                           const std::string& key,
                                                           std::shared_ptr<ReadAhead> read_ahead) {
  auto block = std::make_shared<ReadAhead::Block>();
  block->bytes.resize(ReadAhead::kFirstBytes);
  auto piece = session->read_range(key, {}, 0, block->bytes);
  if (!piece) return tl::unexpected<Error>(std::move(piece).error());
  block->bytes.resize(piece->bytes);
  block->key = version_name(key, piece->etag);
  read_ahead->keep(std::move(block));
  return std::make_unique<ObjectSource>(std::move(session), key, piece->object_bytes, piece->etag,
                                        std::move(read_ahead));
}

Result<> ObjectSource::fetch(std::uint64_t offset, MutableByteSpan out) const {
  const auto piece = session_->read_range(key_, etag_, offset, out);
  if (!piece) return tl::unexpected<Error>(piece.error());
  if (piece->bytes == out.size()) return {};
  return tl::unexpected<Error>(ends_early(name(), offset + piece->bytes));
}

Result<> ObjectSource::read_at(std::uint64_t offset, MutableByteSpan out) const {
  if (out.empty()) return {};
  if (offset > size_ || out.size() > size_ - offset) return tl::unexpected<Error>(ends_early(name(), size_));
  auto block = read_ahead_->find(version_, offset, out.size());
  if (!block && out.size() >= kDirectBytes) return fetch(offset, out);
  if (!block) {
    std::uint64_t bytes = read_ahead_->bytes_to_fetch(version_, offset, out.size());
    std::uint64_t from = offset;
    // The trailer stands at the end, and what it points to in front of it.
    if (size_ - offset <= bytes) from = std::min(offset, size_ - std::min(size_, bytes));
    bytes = std::min(bytes, size_ - from);
    auto fetched = std::make_shared<ReadAhead::Block>();
    fetched->key = version_;
    fetched->offset = from;
    fetched->bytes.resize(bytes);
    if (auto done = fetch(from, fetched->bytes); !done) return done;
    block = std::move(fetched);
    read_ahead_->keep(block);
  }
  std::copy_n(block->bytes.begin() + static_cast<std::ptrdiff_t>(offset - block->offset), out.size(),
              out.begin());
  return {};
}

}  // namespace pgark::storage::object
