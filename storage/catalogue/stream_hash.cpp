#include "storage/catalogue/stream_hash.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace pgark::storage {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
};

class Sha256 {
 public:
  Sha256() : context_(::EVP_MD_CTX_new()) {
    ok_ = context_ && ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr) == 1;
  }
  void update(ByteSpan bytes) {
    ok_ = ok_ && ::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
  }
  // Empty when the library failed.
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (!ok_ || ::EVP_DigestFinal_ex(context_.get(), digest.data(), &size) != 1) return {};
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (unsigned int at = 0; at < size; ++at) {
      text += kDigits[digest.at(at) >> 4];
      text += kDigits[digest.at(at) & 15];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, FreeContext> context_;
  bool ok_ = false;
};

}  // namespace

StreamHash::StreamHash(std::size_t pending_bytes_max)
    : pending_bytes_max_(pending_bytes_max), thread_([this] { run(); }) {}

StreamHash::~StreamHash() {
  static_cast<void>(finish());
}

void StreamHash::add(std::uint64_t offset, std::span<const ByteSpan> pieces) {
  std::vector<std::byte> joined;
  for (const ByteSpan piece : pieces) joined.insert(joined.end(), piece.begin(), piece.end());
  if (joined.empty()) return;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return unknown_ || offset <= gapless_ || pending_bytes_ < pending_bytes_max_; });
  const bool is_there = offset < gapless_ || pending_.contains(offset);
  if (is_there) unknown_ = true;
  if (unknown_) {
    pending_.clear();
    pending_bytes_ = 0;
  } else {
    pending_bytes_ += joined.size();
    pending_.emplace(offset, std::move(joined));
    for (auto next = pending_.find(gapless_); next != pending_.end(); next = pending_.find(gapless_))
      gapless_ += next->second.size();
  }
  changed_.notify_all();
}

void StreamHash::give_up() {
  const std::lock_guard lock(mutex_);
  unknown_ = true;
  changed_.notify_all();
}

std::vector<std::byte> StreamHash::take_locked() {
  const auto first = pending_.begin();
  if (unknown_ || first == pending_.end() || first->first != hashed_) return {};
  std::vector<std::byte> bytes = std::move(first->second);
  pending_.erase(first);
  pending_bytes_ -= bytes.size();
  hashed_ += bytes.size();
  return bytes;
}

void StreamHash::run() {
  Sha256 hash;
  std::unique_lock lock(mutex_);
  for (;;) {
    const std::vector<std::byte> bytes = take_locked();
    if (bytes.empty()) {
      if (ended_ || unknown_) break;
      changed_.wait(lock);
      continue;
    }
    changed_.notify_all();
    lock.unlock();
    hash.update(bytes);
    lock.lock();
  }
  if (!unknown_ && pending_.empty()) digest_ = hash.hex();
}

std::optional<std::string> StreamHash::finish() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  return digest_.empty() ? std::nullopt : std::optional(digest_);
}

Result<std::string> sha256_of(const format::Source& source, bool (*keep_going)()) {
  const auto size = source.size();
  if (!size) return tl::unexpected<Error>(size.error());
  Sha256 hash;
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(*size, kReadBytes)));
  for (std::uint64_t at = 0; at < *size;) {
    if (keep_going != nullptr && !keep_going()) return fail(ErrorCode::interrupted, "interrupted");
    const MutableByteSpan out = MutableByteSpan(buffer).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(*size - at, kReadBytes)));
    if (auto read = source.read_at(at, out); !read) return tl::unexpected<Error>(read.error());
    hash.update(out);
    at += out.size();
  }
  std::string digest = hash.hex();
  if (digest.empty()) return fail(ErrorCode::internal, "the SHA-256 of a file could not be computed");
  return digest;
}

}  // namespace pgark::storage
