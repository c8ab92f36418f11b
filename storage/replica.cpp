#include "storage/replica.hpp"

#include <algorithm>
#include <utility>

#include "base/buffer_pool.hpp"
#include "format/layout.hpp"
#include "storage/storage.hpp"

namespace pgark::storage {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{4} << 20;

using OnBytes = std::function<bool(std::uint64_t)>;

Result<> copy_file(const format::Source& from, format::Sink& to, const OnBytes& on_bytes) {
  const auto size = from.size();
  if (!size) return tl::unexpected<Error>(size.error());
  ByteBuffer piece;
  for (std::uint64_t offset = 0; offset < *size; offset += piece.size()) {
    piece.resize(std::min<std::uint64_t>(kPieceBytes, *size - offset));
    if (auto read = from.read_at(offset, piece); !read) return read;
    if (auto written = to.write_at(offset, piece); !written) return written;
    if (!on_bytes(piece.size())) return fail(ErrorCode::interrupted, "the copying was stopped", to.name());
  }
  return to.commit();
}

}  // namespace

Result<std::unique_ptr<Replica>> Replica::begin(const std::string& destination, bool in_packs,
                                                FileChoice choice) {
  if (destination == "-") {
    return fail(ErrorCode::usage, "an archive is not uploaded to standard output", {},
                "name a file, a folder or a place in object storage");
  }
  std::unique_ptr<Replica> replica(new Replica(destination));
  if (in_packs) {
    auto folder = create_archive_folder(destination, choice);
    if (!folder) return tl::unexpected<Error>(std::move(folder).error());
    replica->folder_ = std::move(*folder);
  } else {
    auto file = create_archive_file(destination, choice);
    if (!file) return tl::unexpected<Error>(std::move(file).error());
    replica->file_ = std::move(*file);
  }
  return replica;
}

Result<std::unique_ptr<Replica>> Replica::begin_in(Store& place, const std::string& key, bool in_packs,
                                                   bool overwrite) {
  std::unique_ptr<Replica> replica(new Replica(place.name(key)));
  if (in_packs) {
    auto folder = place.create_folder(key);
    if (!folder) return tl::unexpected<Error>(std::move(folder).error());
    replica->folder_ = std::move(*folder);
  } else {
    auto file = place.create(key, overwrite);
    if (!file) return tl::unexpected<Error>(std::move(file).error());
    replica->file_ = std::move(*file);
  }
  return replica;
}

Result<> Replica::copy(const std::string& archive, std::uint32_t packs, const OnBytes& on_bytes) {
  if (file_) {
    const auto source = open_archive_file(archive);
    return source ? copy_file(**source, *file_, on_bytes) : tl::unexpected<Error>(source.error());
  }
  const auto source = open_archive_folder(archive);
  if (!source) return tl::unexpected<Error>(source.error());
  const auto copy_one = [&](const std::string& name) -> Result<> {
    const auto from = (*source)->open(name);
    if (!from) return tl::unexpected<Error>(from.error());
    auto to = folder_->create(name);
    return to ? copy_file(**from, **to, on_bytes) : tl::unexpected<Error>(std::move(to).error());
  };
  for (std::uint32_t pack = 1; pack <= packs; ++pack) {
    if (auto copied = copy_one(format::layout::pack_file(pack)); !copied) return copied;
  }
  // Last: without it the others are no archive.
  if (auto copied = copy_one(format::layout::kTocFile); !copied) return copied;
  return folder_->commit();
}

}  // namespace pgark::storage
