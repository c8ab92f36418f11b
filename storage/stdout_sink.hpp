// An archive written to a pipe or a redirected standard output, from its first byte to its last.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "format/io.hpp"

namespace pgark::storage {

// Not thread safe: a sequential sink's user takes turns. What was written cannot be taken back: discard()
// does nothing, and the reader of an unfinished archive notices the missing trailer. A reader that goes away
// is ErrorCode::io when the program ignores SIGPIPE, and ends the program otherwise.
class StdoutSink final : public format::Sink {
 public:
  enum class Content { archive, text };
  // Borrows `fd`. Fails with usage when an archive would go to a terminal.
  static Result<std::unique_ptr<format::Sink>> open(int fd, Content content);

  Result<> write_at(std::uint64_t offset, ByteSpan data) override;
  bool sequential() const override { return true; }
  Result<> commit() override;
  void discard() override {}
  std::string name() const override { return "standard output"; }

 private:
  explicit StdoutSink(int fd) : fd_(fd) {}

  const int fd_;
  std::uint64_t written_ = 0;
  std::optional<Error> failed_;  // from then on nothing is written
};

}  // namespace pgark::storage
