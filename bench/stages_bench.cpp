// Single stages of the data path with rows of 150 bytes, the log-in, and the archive's file; each beside what
// a library alone needs.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/repeat.hpp"
#include "bench/text_rows.hpp"
#include "format/checksum.hpp"
#include "format/chunk.hpp"
#include "format/writer.hpp"
#include "protocol/wire/frame_reader.hpp"
#include "protocol/wire/scram.hpp"
#include "storage/storage.hpp"

namespace {

using namespace pgark;

constexpr std::size_t kRowBytes = 150;

// The messages as they lie in a receive buffer, looked through and taken out.
void frame_scan(benchmark::State& state) {
  const std::vector<std::byte> messages = bench::copy_messages(bench::copy_text(kRowBytes));
  std::vector<std::byte> rows;
  rows.reserve(messages.size());
  wire::FrameReader reader(messages.size());
  reader.set_trusted();
  const std::byte* place = nullptr;
  bench::repeat(state, messages.size(), [&] {
    const MutableByteSpan space = reader.prepare(messages.size());
    if (space.data() != place) std::memcpy(space.data(), messages.data(), messages.size());
    place = space.data();
    reader.commit(messages.size());
    rows.clear();
    reader.append_payloads('d', rows, messages.size());
    return reader.buffered() == 0;
  });
}
BENCHMARK(frame_scan);

void rival_frame_scan(benchmark::State& state) {
  const std::vector<std::byte> messages = bench::copy_messages(bench::copy_text(kRowBytes));
  std::vector<std::byte> rows(messages.size());
  bench::repeat(state, messages.size(), [&] {
    constexpr std::size_t kHeaderBytes = 5;
    for (std::size_t at = 0, end = 0; at + kHeaderBytes < messages.size(); at += kHeaderBytes + kRowBytes) {
      std::memcpy(rows.data() + end, messages.data() + at + kHeaderBytes, kRowBytes);
      end += kRowBytes;
    }
    benchmark::DoNotOptimize(rows.data());
    benchmark::ClobberMemory();
    return true;
  });
}
BENCHMARK(rival_frame_scan);

void digest_rows(benchmark::State& state) {
  const std::string text = bench::copy_text(kRowBytes);
  bench::repeat(state, text.size(), [&] { return format::digest_text_rows(as_bytes(text)).rows > 0; });
}
BENCHMARK(digest_rows);

void rival_digest_rows(benchmark::State& state) {
  const std::string text = bench::copy_text(kRowBytes);
  bench::repeat(state, text.size(), [&] {
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at < text.size(); at += kRowBytes)
      sum += XXH3_128bits(text.data() + at, kRowBytes).low64;
    benchmark::DoNotOptimize(sum);
    return true;
  });
}
BENCHMARK(rival_digest_rows);

// What a processor's own cache holds: of a whole chunk the machine's memory decides, and takes both to the
// same speed.
constexpr std::size_t kCachedBytes = std::size_t{128} << 10;

void checksum(benchmark::State& state) {
  const std::string text = bench::copy_text().substr(0, kCachedBytes);
  bench::repeat(state, text.size(), [&] { return format::checksum64(as_bytes(text)) != 0; });
}
BENCHMARK(checksum);

void rival_checksum(benchmark::State& state) {
  const std::string text = bench::copy_text().substr(0, kCachedBytes);
  bench::repeat(state, text.size(), [&] { return XXH3_64bits(text.data(), text.size()) != 0; });
}
BENCHMARK(rival_checksum);

// An archive of 16 chunks of 4 MiB each: a file of its own for each turn, on a disk in memory where there is
// one.
constexpr std::uint32_t kChunks = 16;

class ScratchFile {
 public:
  ScratchFile() : path_(folder() / ("pgark-bench-" + std::to_string(::getpid()))) {}
  ~ScratchFile() { std::filesystem::remove(path_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  static std::filesystem::path folder() {
    const std::filesystem::path memory = "/dev/shm";
    return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
  }
  const std::filesystem::path path_;
};

bool write_archive(const std::string& path, const std::string& text) {
  auto file = storage::create_archive_file(path, {.overwrite = true, .sync = false});
  if (!file) return false;
  auto writer = format::ArchiveWriter::create(std::move(*file));
  if (!writer) return false;
  format::ChunkCoder coder;
  format::Toc toc;
  format::TocEntry entry;
  entry.id = 1;
  entry.kind = "TABLE DATA";
  toc.entries.push_back(entry);
  for (std::uint32_t i = 0; i < kChunks; ++i) {
    const auto chunk = coder.encode(1, 0, i, as_bytes(text), {format::Codec::none, 0});
    if (!chunk || !(*writer)->append(*chunk)) return false;
  }
  return (*writer)->finish(std::move(toc)).has_value();
}

void archive_write(benchmark::State& state) {
  const std::string text = bench::copy_text();
  const ScratchFile file;
  bench::repeat(state, kChunks * text.size(), [&] { return write_archive(file.path(), text); });
}
BENCHMARK(archive_write);

// Checked and digested, as a restore reads it.
void archive_read(benchmark::State& state) {
  const std::string text = bench::copy_text();
  const ScratchFile file;
  if (!write_archive(file.path(), text)) state.SkipWithError("cannot write");
  format::ChunkCoder coder;
  ByteBuffer scratch, rows;
  bench::repeat(state, kChunks * text.size(), [&] {
    const auto archive = storage::open_archive(file.path());
    if (!archive) return false;
    for (const format::ChunkRef& chunk : (*archive)->chunks()) {
      if (!(*archive)->read(chunk, coder, scratch, rows, true)) return false;
    }
    return true;
  });
}
BENCHMARK(archive_read);

// The same bytes by way of the file's descriptor alone: each chunk by one call of `transfer`.
template <class Transfer>
void transfer_file(benchmark::State& state, const std::string& path, int flags, std::size_t chunk_bytes,
                   const Transfer& transfer) {
  bench::repeat(state, kChunks * chunk_bytes, [&] {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    bool good = fd >= 0;
    for (std::uint32_t i = 0; good && i < kChunks; ++i)
      good = transfer(fd) == static_cast<ssize_t>(chunk_bytes);
    ::close(fd);
    return good;
  });
}

void rival_archive_write(benchmark::State& state) {
  const std::string text = bench::copy_text();
  const ScratchFile file;
  transfer_file(state, file.path(), O_WRONLY | O_CREAT | O_TRUNC, text.size(),
                [&text](int fd) { return ::write(fd, text.data(), text.size()); });
}
BENCHMARK(rival_archive_write);

void rival_archive_read(benchmark::State& state) {
  std::string text = bench::copy_text();
  const ScratchFile file;
  if (!write_archive(file.path(), text)) state.SkipWithError("cannot write");
  transfer_file(state, file.path(), O_RDONLY, text.size(),
                [&text](int fd) { return ::read(fd, text.data(), text.size()); });
}
BENCHMARK(rival_archive_read);

// The exchange of RFC 7677, section 3; the bytes are the rounds of the password's hash.
constexpr int kIterations = 4096;

void scram(benchmark::State& state) {
  bench::repeat(state, kIterations, [] {
    wire::ScramOptions options;
    options.password = "pencil";
    options.user = "user";
    options.client_nonce = "rOprNGfwEbeRWgbNEkqO";
    wire::ScramClient client(std::move(options));
    if (!client.client_first()) return false;
    if (!client.client_final("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                             "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"))
      return false;
    return client.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").has_value();
  });
}
BENCHMARK(scram);

void rival_scram(benchmark::State& state) {
  bench::repeat(state, kIterations, [] {
    constexpr std::array<unsigned char, 16> kSalt{0x5b, 0x6d, 0x99};
    std::array<unsigned char, 32> key{};
    return ::PKCS5_PBKDF2_HMAC("pencil", 6, kSalt.data(), static_cast<int>(kSalt.size()), kIterations,
                               ::EVP_sha256(), static_cast<int>(key.size()), key.data()) == 1;
  });
}
BENCHMARK(rival_scram);

}  // namespace
