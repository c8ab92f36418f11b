// How many bytes of COPY text the whole dump will have, judged by the pieces finished so far.
//
// Before the first piece the size on disk stands for it; text may be larger or smaller, and the ratio
// differs from table to table, so the forecast moves. Thread rule: any thread.
#pragma once

#include <cstdint>
#include <mutex>

namespace pgark::dumper {

class SizeForecast {
 public:
  explicit SizeForecast(std::uint64_t weight_total) : weight_total_(weight_total) {}

  // A piece of this weight gave so many bytes of text. Returns the new forecast of the sum.
  std::uint64_t add(std::uint64_t weight, std::uint64_t text_bytes) {
    const std::lock_guard lock(mutex_);
    weight_done_ += weight;
    text_done_ += text_bytes;
    const std::uint64_t weight_left = weight_total_ > weight_done_ ? weight_total_ - weight_done_ : 0;
    if (weight_done_ == 0) return weight_total_;
    const double ratio = static_cast<double>(text_done_) / static_cast<double>(weight_done_);
    return text_done_ + static_cast<std::uint64_t>(static_cast<double>(weight_left) * ratio);
  }

 private:
  std::mutex mutex_;
  const std::uint64_t weight_total_;
  std::uint64_t weight_done_ = 0;
  std::uint64_t text_done_ = 0;
};

}  // namespace pgark::dumper
