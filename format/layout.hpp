// The archive's bytes: every magic number, offset, width, tag and limit of format/SPEC.md, and the
// fixed-size structures. Nothing else in the tree knows an on-disk integer. Little-endian throughout.
//
// Pure functions over values; any thread. Decoders answer archive_damaged when a checksum, a constant or a
// length is wrong and archive_unsupported when sound bytes use what this version does not know. Their errors
// carry neither file name nor offset: the caller knows both.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/chunk.hpp"

namespace pgark::format::layout {

inline constexpr std::uint16_t kVersionMajor = 1;
inline constexpr std::uint16_t kVersionMinor = 5;

// 0x89 is not ASCII, CR LF shows a transfer in text mode.
inline constexpr std::array<std::uint8_t, 8> kFileMagic{0x89, 'P', 'G', 'A', 'R', 'K', 0x0D, 0x0A};
// 0xF5 and 0xFE never occur in UTF-8, so COPY text of a UTF-8 database cannot hold the marker.
inline constexpr std::array<std::uint8_t, 8> kSyncMarker{0xF5, 'P', 'G', 'A', 'B', 'L', 'K', 0xFE};
inline constexpr std::array<std::uint8_t, 8> kEndMagic{'P', 'G', 'A', 'R', 'K', 'E', 'N', 'D'};

inline constexpr std::size_t kFileHeaderBytes = 64;
inline constexpr std::size_t kBlockHeaderBytes = 96;
inline constexpr std::size_t kTrailerBytes = 96;

// The files of an archive of several.
inline constexpr const char* kTocFile = "archive.toc";
std::string pack_file(std::uint32_t pack);  // "pack-000001"

// Reserved flags of the file header.
inline constexpr std::uint32_t kStreamFlag = 2;
inline constexpr std::uint32_t kPacksFlag = 4;

// Where the checksums stand: each covers all bytes of its structure before it.
inline constexpr std::size_t kFileHeaderChecksumAt = 56;
inline constexpr std::size_t kBlockHeaderChecksumAt = 88;
inline constexpr std::size_t kTrailerChecksumAt = 80;
// Of the payload, inside the block header.
inline constexpr std::size_t kBlockPayloadChecksumAt = 32;

// Limits. A chunk's is kChunkRawBytesMax of chunk.hpp.
inline constexpr std::uint64_t kTocRawBytesMax = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kIndexRawBytesMax = std::uint64_t{1} << 31;
inline constexpr std::uint64_t kFileBytesMax = std::uint64_t{1} << 60;
// What one stored byte can decode to at most: an LZ4 length byte, a 4-byte zstd RLE block of 128 KiB.
inline constexpr std::uint64_t kLz4ExpansionMax = 255;
inline constexpr std::uint64_t kZstdExpansionMax = 32768;
// The TOC and the index are stored plain rather than shrunk more than this, so that a small hostile file
// cannot make a reader allocate a gigabyte for them.
inline constexpr std::uint64_t kBlockExpansionMax = 1024;

// early_toc and ends are in streams only.
enum class BlockKind : std::uint8_t { chunk = 1, toc = 2, index = 3, early_toc = 4, ends = 5 };

// Tags of the TOC's fields. The high bit: a reader that does not know the field must refuse the archive.
using Tag = std::uint16_t;
inline constexpr Tag kMandatory = 0x8000;
inline constexpr std::size_t kFieldHeaderBytes = 6;  // tag, length

namespace toc_tag {
inline constexpr Tag kInfo = 1;
inline constexpr Tag kEntry = kMandatory | 2;
inline constexpr Tag kData = kMandatory | 3;
inline constexpr Tag kReport = 4;
inline constexpr Tag kCollation = 5;
}  // namespace toc_tag

namespace entry_tag {
inline constexpr Tag kId = kMandatory | 1;
inline constexpr Tag kKind = kMandatory | 2;
inline constexpr Tag kSchema = kMandatory | 3;
inline constexpr Tag kName = kMandatory | 4;
inline constexpr Tag kTable = kMandatory | 5;
inline constexpr Tag kOwner = kMandatory | 6;
inline constexpr Tag kOwnerObject = kMandatory | 7;
inline constexpr Tag kTablespace = kMandatory | 8;
inline constexpr Tag kTakesTablespace = kMandatory | 9;
inline constexpr Tag kAccessMethod = kMandatory | 10;
inline constexpr Tag kSection = kMandatory | 11;
inline constexpr Tag kPass = kMandatory | 12;
inline constexpr Tag kDependencies = kMandatory | 13;
inline constexpr Tag kLocks = kMandatory | 14;
inline constexpr Tag kCreate = kMandatory | 15;
inline constexpr Tag kDrop = kMandatory | 16;
inline constexpr Tag kCopyTarget = kMandatory | 17;
inline constexpr Tag kSizeEstimate = 18;
inline constexpr Tag kRoles = 19;
inline constexpr Tag kVersion = 20;
inline constexpr Tag kColumnTypes = 21;
}  // namespace entry_tag

inline constexpr std::size_t kDataSummaryBytes = 48;
// Ten variable-length numbers of at least a byte each, and the digest.
inline constexpr std::size_t kIndexHeadBytes = 16;
inline constexpr std::size_t kIndexRowBytesMin = 10 + 16;
inline constexpr std::size_t kIndexRowBytesMax = 10 * 10 + 16;

// How many rows a chunk of this encoding and raw size can hold: a row of COPY text is at least its '\n', one
// of COPY BINARY its number of fields, of which columns need not store anything.
std::uint64_t chunk_rows_max(const ChunkInfo& info);

// Ties the files of one archive together; all zero in an archive of one file.
using ArchiveId = std::array<std::uint8_t, 16>;

struct FileHeader {
  std::uint16_t major = kVersionMajor;
  std::uint16_t minor = kVersionMinor;
  bool is_stream = false;  // early TOC in front, ends between the chunks
  bool in_packs = false;   // one of several files
  std::uint32_t pack = 0;  // of several: 0 has TOC, index and trailer, the others have chunks
  ArchiveId id{};
  std::uint64_t checksum = 0;  // set by decode; repeated in the trailer
};

// Before every chunk and the other blocks. For the latter only the sizes and the codec of `info` are used.
struct BlockHeader {
  BlockKind kind = BlockKind::chunk;
  ChunkInfo info;
  std::uint64_t payload_checksum = 0;
};

// A block's place in the file, header included.
struct BlockPlace {
  std::uint64_t offset = 0;
  std::uint64_t total_bytes = 0;
  std::uint64_t payload_checksum = 0;
};

struct Trailer {
  BlockPlace toc;
  BlockPlace index;
  std::uint64_t chunks = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t header_checksum = 0;  // of the file header
};

// Encoders append to `out`.
void encode_file_header(const FileHeader& header, ByteBuffer& out);
Result<FileHeader> decode_file_header(ByteSpan bytes);  // REQUIRES: kFileHeaderBytes bytes

void encode_block_header(const BlockHeader& header, ByteBuffer& out);
Result<BlockHeader> decode_block_header(ByteSpan bytes);  // REQUIRES: kBlockHeaderBytes bytes

void encode_trailer(const Trailer& trailer, ByteBuffer& out);
// REQUIRES: kTrailerBytes bytes. Checks that the blocks lie in order, without gaps, at the end of the file,
// and that there may be so many chunks: before them or, `in_packs`, in other files.
Result<Trailer> decode_trailer(ByteSpan bytes, bool in_packs);

}  // namespace pgark::format::layout
