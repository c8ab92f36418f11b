// Columns of text as words: whether it pays, and their streams.
#include <algorithm>

#include "format/columnar/column_writer.hpp"
#include "format/columnar/copy_fast.hpp"

namespace pgark::format::columnar {
namespace {

// Less has too few words to repeat any; more is a rare row, which would need memory several times its size.
constexpr std::size_t kTextBytesMin = std::size_t{16} << 10;
constexpr std::size_t kTextBytesMax = std::size_t{8} << 20;
constexpr std::size_t kTextBytesEach = 4;  // shorter ones are hardly words

constexpr std::size_t kWindows = 4;
constexpr std::size_t kWindowBytes = 4096;
// So much of the sample's words is counted: the chunk has more of them, but not as many more as it is longer.
constexpr double kEntriesCounted = 0.4;
// Words must be clearly better in the sample, which does not show what repeats far away; taking text apart
// and putting it together again costs time as well. Texts of shorter words were never better.
constexpr double kBetter = 0.85;
constexpr std::size_t kWordBytesLeast = 4;
constexpr CodecChoice kTrialCodec{Codec::zstd, 1};

}  // namespace

// `present`, or with its far values put between the others.
Texts ColumnWriter::gather_texts(const Present& present) {
  Texts texts{present.values, present.count, present.bytes, present.lengths, present.width};
  if (present.far.empty()) return texts;
  texts.bytes = present.all_bytes();
  std::byte* const all = texts_.reserve(texts.bytes + kSlackBytes);
  present.copy_all(all);
  texts.values = all;
  return texts;
}

// Stretches of the texts, evenly spread, cut off where they begin and end.
Texts ColumnWriter::sample_texts(const Texts& texts) {
  std::byte* const sampled = sample_.reserve(kWindows * kWindowBytes + kSlackBytes);
  sample_lengths_.clear();
  std::size_t used = 0;
  std::size_t text = 0, at = 0;  // the text at hand, and where it begins
  std::size_t from = 0;          // what has not been taken
  for (std::size_t window = 0; window < kWindows; ++window) {
    from = std::max(from, window * (texts.bytes / kWindows));
    for (std::size_t left = kWindowBytes; text < texts.count && left != 0;) {
      const std::size_t end = at + texts.length(text);
      if (end <= from) {
        at = end;
        ++text;
        continue;
      }
      from = std::max(from, at);
      const std::size_t taken = std::min(end - from, left);
      std::copy_n(texts.values + from, taken, sampled + used);
      sample_lengths_.push_back(static_cast<std::uint32_t>(taken));
      from += taken;
      used += taken;
      left -= taken;
    }
  }
  return {sampled, sample_lengths_.size(), used, sample_lengths_.data(), 0};
}

// Bytes that the trial codec makes of what was written from `begin` to `end`.
double ColumnWriter::compressed_bytes(std::size_t begin, std::size_t end) {
  const auto stored = trial_.compress({out_.data() + begin, end - begin}, kTrialCodec);
  return static_cast<double>(stored && !stored->empty() ? stored->size() : end - begin);
}

// Writes the sample in both ways and compares what a codec makes of them.
bool ColumnWriter::words_pay(const Texts& texts) {
  const Texts sample = sample_texts(texts);
  words_.split(*kernels_, sample);
  std::size_t new_bytes = words_.literals().size();
  for (const Word& word : words_.entries()) new_bytes += word.count == 1 ? word.length : 0;
  if (new_bytes * 2 > sample.bytes || words_.codes().size() * kWordBytesLeast > sample.bytes) return false;
  const std::size_t begin = used_, cuts = cuts_.size();
  const auto take_back = [&] {
    used_ = begin;
    cuts_.resize(cuts);
  };
  write_entries();
  const std::size_t entries_end = used_;
  write_codes(sample.count);
  const double with_codes = compressed_bytes(entries_end, used_);
  const double entries = compressed_bytes(begin, entries_end);
  take_back();
  write_lengths(sample.lengths, sample.count);
  std::copy_n(sample.values, sample.bytes, room(sample.bytes));
  used_ += sample.bytes;
  const double as_text = compressed_bytes(begin, used_);
  take_back();
  return with_codes + kEntriesCounted * entries < kBetter * as_text;
}

// Before any codec, whatever the sample promised: a chunk must not outgrow its rows.
bool ColumnWriter::words_shrink(const Texts& texts) const {
  const auto entries = words_.entries();
  std::size_t bytes = words_.codes().size() * (entries.size() < 256 ? 1 : 2) +
                      words_.literal_lengths().size() * 4 + words_.literals().size();
  for (const Word& word : entries) bytes += 1 + word.length;
  return !entries.empty() && bytes < texts.bytes;
}

bool ColumnWriter::write_words(const Present& present, ColumnHead& head) {
  const std::size_t total = present.all_bytes();
  if (total < kTextBytesMin || total > kTextBytesMax || total < kTextBytesEach * present.count) return false;
  const Texts texts = gather_texts(present);
  if (!words_pay(texts)) return false;
  words_.split(*kernels_, texts);
  if (!words_shrink(texts)) return false;
  head.values = Values::words;
  head.width = 0;
  head.entries = static_cast<std::uint32_t>(words_.entries().size());
  write_entries();
  cut();
  write_codes(texts.count);
  return true;
}

void ColumnWriter::write_entries() {
  const auto entries = words_.entries();
  std::byte* const lengths = room((1 + kWordBytesMax) * entries.size());
  std::byte* to = lengths + entries.size();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    lengths[i] = static_cast<std::byte>(entries[i].length);
    std::memcpy(to, &entries[i].head, kWordBytesMax);
    to += entries[i].length;
  }
  used_ += static_cast<std::size_t>(to - lengths);
}

void ColumnWriter::write_codes(std::size_t texts) {
  write_lengths(words_.counts(), texts);
  write_planes(reinterpret_cast<const std::byte*>(words_.codes().data()), words_.codes().size(), 2,
               ByteOrder::native);
  const auto lengths = words_.literal_lengths();
  if (lengths.empty()) return;
  write_lengths(lengths.data(), lengths.size());
  const auto literals = words_.literals();
  std::copy_n(literals.data(), literals.size(), room(literals.size()));
  used_ += literals.size();
  cut();
}

}  // namespace pgark::format::columnar
