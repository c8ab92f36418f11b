// Verbs for tests of whole archives in memory.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "format/reader.hpp"
#include "format/writer.hpp"
#include "support/memory_file.hpp"

namespace pgark::test {

// A TOC with `tables` TABLE DATA entries behind a schema; entry 1 is the schema, tables follow from 2.
inline format::Toc small_toc(format::EntryId tables) {
  format::Toc toc;
  toc.info[format::info_key::kDatabase] = "shop";
  toc.info[format::info_key::kServerVersionNum] = "150018";
  format::TocEntry schema;
  schema.id = 1;
  schema.kind = "SCHEMA";
  schema.name = "public";
  schema.section = format::Section::pre_data;
  schema.create.push_back({"CREATE SCHEMA public", 0, 0});
  toc.entries.push_back(schema);
  for (format::EntryId id = 2; id < 2 + tables; ++id) {
    format::TocEntry data;
    data.id = id;
    data.kind = "TABLE DATA";
    data.schema = "public";
    data.name = "t" + std::to_string(id);
    data.section = format::Section::data;
    data.dependencies = {1};
    data.copy_target = "public." + data.name + " (a, b)";
    toc.entries.push_back(data);
  }
  return toc;
}

// COPY text rows of mixed lengths; equal seeds give equal rows.
inline std::string random_rows(std::uint32_t seed, std::size_t count, std::size_t length_max) {
  std::mt19937 random(seed);
  std::string rows;
  for (std::size_t row = 0; row < count; ++row) {
    const std::size_t length = random() % (length_max + 1);
    for (std::size_t i = 0; i < length; ++i) {
      const auto byte = static_cast<char>(random() % 16 == 0 ? random() % 256 : 'a' + random() % 4);
      rows += byte == '\n' ? 'n' : byte;
    }
    rows += '\n';
  }
  return rows;
}

class ArchiveBuilder {
 public:
  ArchiveBuilder() : file_(std::make_shared<MemoryFile>()) {
    writer_ = format::ArchiveWriter::create(std::make_unique<MemorySink>(file_)).value();
  }

  format::ChunkInfo add(format::EntryId entry, std::uint32_t part, std::uint32_t sequence,
                        std::string_view rows, format::CodecChoice codec = {}) {
    const format::EncodedChunk chunk = coder_.encode(entry, part, sequence, as_bytes(rows), codec).value();
    value_or_throw(writer_->append(chunk));
    return chunk.info;
  }

  std::vector<std::byte> finish(const format::Toc& toc) {
    totals = writer_->finish(toc).value();
    return file_->bytes;
  }

  format::ArchiveTotals totals;
  format::ArchiveWriter& writer() { return *writer_; }
  MemoryFile& file() { return *file_; }

 private:
  std::shared_ptr<MemoryFile> file_;
  std::unique_ptr<format::ArchiveWriter> writer_;
  format::ChunkCoder coder_;
};

inline Result<std::unique_ptr<format::ArchiveReader>> open_bytes(std::vector<std::byte> bytes) {
  return format::ArchiveReader::open(std::make_unique<MemorySource>(std::move(bytes)));
}

// The rows of one entry in chunk order, or the first failure's text after "error: ".
inline std::string rows_of(const format::ArchiveReader& archive, format::EntryId entry) {
  format::ChunkCoder coder;
  ByteBuffer scratch;
  ByteBuffer out;
  std::string rows;
  for (const format::ChunkRef& chunk : archive.chunks_of(entry)) {
    if (const auto read = archive.read(chunk, coder, scratch, out, true); !read) {
      return "error: " + read.error().to_string();
    }
    rows += as_text(out);
  }
  return rows;
}

}  // namespace pgark::test
