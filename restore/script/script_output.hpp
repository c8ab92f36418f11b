// Writes a script from its first byte to its last, on the CPU pool: a pipe's reader may take its time.
//
// Thread rule: the executor given. The pool outlives it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/async/cpu_pool.hpp"
#include "base/bytes.hpp"
#include "format/io.hpp"

namespace pgark::restore {

class ScriptOutput {
 public:
  ScriptOutput(boost::asio::any_io_executor executor, async::CpuPool& cpu,
               std::unique_ptr<format::Sink> sink);

  // Small text is collected; it is written when there is enough of it, before rows, and at the end.
  boost::asio::awaitable<void> text(std::string text);
  // Returns when the bytes are written. REQUIRES: they live until then, cancelled or not.
  boost::asio::awaitable<void> rows(ByteSpan bytes);
  // Makes the script durable and gives it its name.
  boost::asio::awaitable<void> finish();

  std::uint64_t bytes_written() const { return written_; }

 private:
  boost::asio::awaitable<void> flush();
  boost::asio::awaitable<void> write(ByteSpan bytes);

  const boost::asio::any_io_executor executor_;
  async::CpuPool& cpu_;
  const std::unique_ptr<format::Sink> sink_;  // discards the script when it is not finished
  std::string pending_;
  std::uint64_t written_ = 0;
};

}  // namespace pgark::restore
