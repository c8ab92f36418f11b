// Verbs for tests of archives that are read while they come.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "format/archive_fixture.hpp"
#include "format/stream_reader.hpp"

namespace pgark::test {

class MemoryStream final : public format::SequentialSource {
 public:
  // At most `step` bytes at a time.
  MemoryStream(std::vector<std::byte> bytes, std::size_t step) : bytes_(std::move(bytes)), step_(step) {}
  Result<std::size_t> read(MutableByteSpan out) override {
    const std::size_t count = std::min({out.size(), step_, bytes_.size() - at_});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), count, out.begin());
    at_ += count;
    return count;
  }
  void interrupt() override {}
  std::string name() const override { return "stream"; }

 private:
  std::vector<std::byte> bytes_;
  const std::size_t step_;
  std::size_t at_ = 0;
};

class StreamBuilder {
 public:
  explicit StreamBuilder(const format::Toc& early) : file_(std::make_shared<MemoryFile>()) {
    writer_ = format::ArchiveWriter::create_stream(std::make_unique<MemorySink>(file_)).value();
    value_or_throw(writer_->begin_stream(early));
  }
  void add(format::EntryId entry, std::uint32_t part, std::uint32_t sequence, std::string_view rows,
           format::CodecChoice codec = {}) {
    value_or_throw(writer_->append(coder_.encode(entry, part, sequence, as_bytes(rows), codec).value()));
  }
  void end(format::EntryId entry, std::uint32_t chunks) { value_or_throw(writer_->end_entry(entry, chunks)); }
  std::vector<std::byte> finish(const format::Toc& toc) {
    value_or_throw(writer_->finish(toc));
    return file_->bytes;
  }

 private:
  std::shared_ptr<MemoryFile> file_;
  std::unique_ptr<format::ArchiveWriter> writer_;
  format::ChunkCoder coder_;
};

// What came: "chunk 3.0.1", "end of 3"; at last "end" or "error: ...".
struct StreamRead {
  std::vector<std::string> items;
  std::string rows;
  std::optional<Error> error;
  format::Toc toc;
};

inline StreamRead read_stream(std::vector<std::byte> bytes, std::size_t step = 7) {
  using format::StreamReader;
  StreamRead result;
  MemoryStream source(std::move(bytes), step);
  auto reader = StreamReader::open(source);
  if (!reader) {
    result.error = reader.error();
    return result;
  }
  format::ChunkCoder coder;
  ByteBuffer block, rows;
  while (true) {
    const auto item = (*reader)->next(block);
    if (!item) {
      result.error = item.error();
      return result;
    }
    if (item->kind == StreamReader::Kind::end) break;
    for (const auto& ended : item->ended) result.items.push_back("end of " + std::to_string(ended.entry));
    if (item->kind != StreamReader::Kind::chunk) continue;
    if (const auto decoded = coder.decode(block, rows, true); !decoded) {
      result.error = decoded.error();
      return result;
    }
    result.items.push_back("chunk " + std::to_string(item->chunk.entry) + "." +
                           std::to_string(item->chunk.part) + "." + std::to_string(item->chunk.sequence));
    result.rows += as_text(rows);
  }
  result.toc = (*reader)->toc();
  return result;
}

}  // namespace pgark::test
