#include "support/memory_file.hpp"

#include <algorithm>

namespace pgark::test {

Result<> MemorySink::write_at(std::uint64_t offset, ByteSpan data) {
  const std::lock_guard lock(file_->mutex);
  if (offset + data.size() > file_->fail_after_bytes) {
    return fail(ErrorCode::no_space, "cannot write: no space left on device", "memory");
  }
  if (file_->bytes.size() < offset + data.size()) file_->bytes.resize(offset + data.size());
  std::ranges::copy(data, file_->bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  return {};
}

Result<> MemorySink::commit() {
  file_->committed = true;
  return {};
}

void MemorySink::discard() {
  file_->discarded = true;
}

Result<> MemorySource::read_at(std::uint64_t offset, MutableByteSpan out) const {
  if (offset > bytes_.size() || bytes_.size() - offset < out.size()) {
    return fail(ErrorCode::archive_damaged, "the file ends early", "memory");
  }
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  return {};
}

}  // namespace pgark::test
