#include "format/pack_writer.hpp"

#include <utility>

namespace pgark::format {

struct PackWriter::Pack {
  std::uint32_t number = 0;
  std::unique_ptr<Sink> sink;
  std::uint64_t end = 0;    // where the next chunk goes
  std::size_t writers = 0;  // on their way into it
  bool full = false;        // nobody follows: the last of the writers commits it
  std::mutex in_turn;       // sequential sinks: from reserving the place to the end of the write
};

PackWriter::PackWriter(SinkFolder& folder, std::uint64_t pack_bytes, const layout::ArchiveId& id)
    : folder_(folder), pack_bytes_(pack_bytes), id_(id) {}

PackWriter::~PackWriter() {
  if (pack_) pack_->sink->discard();
}

Result<PackWriter::PackPointer> PackWriter::begin_pack(std::uint32_t number) {
  auto sink = folder_.create(layout::pack_file(number));
  if (!sink) return tl::unexpected<Error>(std::move(sink).error());
  auto pack = std::make_shared<Pack>();
  pack->number = number;
  pack->sink = std::move(*sink);
  ByteBuffer header;
  layout::encode_file_header({.in_packs = true, .pack = number, .id = id_}, header);
  if (auto written = pack->sink->write_at(0, header); !written) {
    return tl::unexpected<Error>(std::move(written).error());
  }
  pack->end = header.size();
  bytes_ += header.size();
  return pack;
}

Result<> PackWriter::open_first() {
  const std::lock_guard lock(mutex_);
  auto first = begin_pack(1);
  if (!first) return tl::unexpected<Error>(std::move(first).error());
  pack_ = std::move(*first);
  return {};
}

// REQUIRES: mutex_ held. `full` is set when the pack that was at hand has no writers: it is to be committed.
Result<> PackWriter::begin_next(PackPointer& full) {
  auto next = begin_pack(pack_->number + 1);
  if (!next) return tl::unexpected<Error>(std::move(next).error());
  pack_->full = true;
  if (pack_->writers == 0) full = pack_;
  pack_ = std::move(*next);
  return {};
}

Result<> PackWriter::commit(Pack& pack) {
  auto committed = pack.sink->commit();
  pack.sink.reset();
  return committed;
}

Result<PackPlace> PackWriter::append(const EncodedChunk& chunk) {
  PackPointer full;
  PackPointer pack;
  PackPlace place;
  std::unique_lock<std::mutex> in_turn;
  {
    const std::lock_guard lock(mutex_);
    if (pack_->end > layout::kFileHeaderBytes && pack_->end + chunk.bytes > pack_bytes_) {
      if (auto begun = begin_next(full); !begun) return tl::unexpected<Error>(std::move(begun).error());
    }
    pack = pack_;
    place = {pack->number, pack->end};
    pack->end += chunk.bytes;
    bytes_ += chunk.bytes;
    ++pack->writers;
    if (pack->sink->sequential()) in_turn = std::unique_lock(pack->in_turn);
  }
  Result<> done = pack->sink->write_pieces_at(place.offset, chunk.pieces);
  if (in_turn) in_turn.unlock();
  bool last = false;
  {
    const std::lock_guard lock(mutex_);
    last = --pack->writers == 0 && pack->full;
  }
  if (done && full) done = commit(*full);
  if (done && last) done = commit(*pack);
  return done ? Result<PackPlace>(place) : tl::unexpected<Error>(std::move(done).error());
}

Result<> PackWriter::finish() {
  const PackPointer last = std::exchange(pack_, nullptr);
  if (last->end > layout::kFileHeaderBytes) return commit(*last);
  last->sink->discard();  // no chunk has ever come
  bytes_ -= layout::kFileHeaderBytes;
  return {};
}

std::uint64_t PackWriter::bytes_written() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace pgark::format
