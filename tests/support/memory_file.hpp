// An archive file in memory, for tests of the format layer. MemorySink writes into a shared
// MemoryFile, MemorySource reads a copy of bytes.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "format/io.hpp"

namespace pgark::test {

struct MemoryFile {
  std::mutex mutex;
  std::vector<std::byte> bytes;
  bool committed = false;
  bool discarded = false;
  std::size_t fail_after_bytes = static_cast<std::size_t>(-1);  // write_at beyond this fails with no_space
};

class MemorySink final : public format::Sink {
 public:
  explicit MemorySink(std::shared_ptr<MemoryFile> file) : file_(std::move(file)) {}
  Result<> write_at(std::uint64_t offset, ByteSpan data) override;
  Result<> commit() override;
  void discard() override;
  std::string name() const override { return "memory"; }

 private:
  std::shared_ptr<MemoryFile> file_;
};

class MemorySource final : public format::Source {
 public:
  explicit MemorySource(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  Result<std::uint64_t> size() const override { return bytes_.size(); }
  Result<> read_at(std::uint64_t offset, MutableByteSpan out) const override;
  std::string name() const override { return "memory"; }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace pgark::test
