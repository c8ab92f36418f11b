// An archive that comes through standard input: a pipe, or a file from its beginning.
#pragma once

#include <atomic>
#include <memory>

#include "base/error.hpp"
#include "format/stream_reader.hpp"

namespace pgark::storage {

// read() from one thread, interrupt() from any.
class StdinSource final : public format::SequentialSource {
 public:
  // Borrows `fd`. Fails with usage for a terminal.
  static Result<std::unique_ptr<format::SequentialSource>> open(int fd);

  Result<std::size_t> read(MutableByteSpan out) override;
  void interrupt() override { interrupted_ = true; }
  std::string name() const override { return "standard input"; }

 private:
  explicit StdinSource(int fd) : fd_(fd) {}

  const int fd_;
  std::atomic<bool> interrupted_{false};
};

}  // namespace pgark::storage
