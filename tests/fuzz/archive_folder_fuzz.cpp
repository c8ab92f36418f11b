// Archives of several files. The input: table of contents, packs, then the size of each pack as u32 and their
// number as u8. As in archive_reader_fuzz, a second run puts the checksums right.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "format/reader.hpp"
#include "format/verifier.hpp"
#include "fuzz/archive_bytes.hpp"

namespace {

using namespace pgark;
using namespace pgark::fuzz;

using Files = std::map<std::string, ByteBuffer>;

class Folder final : public format::SourceFolder {
 public:
  explicit Folder(const Files& files) : files_(files) {}
  Result<std::unique_ptr<format::Source>> open(const std::string& file) const override {
    const auto found = files_.find(file);
    if (found == files_.end()) return fail(ErrorCode::archive_damaged, "missing");
    return std::unique_ptr<format::Source>(std::make_unique<SpanSource>(found->second));
  }
  std::string name() const override { return "fuzz"; }

 private:
  const Files& files_;
};

Files files_of(ByteSpan input) {
  const auto take_end = [&input](std::size_t bytes) {
    const ByteSpan end = input.last(std::min(bytes, input.size()));
    input = input.first(input.size() - end.size());
    return end;
  };
  const ByteSpan count = take_end(1);
  std::vector<std::size_t> sizes(count.empty() ? 0 : static_cast<std::size_t>(count.front()));
  for (std::size_t& size : sizes) size = ByteReader(take_end(4)).u32_le();
  Files files;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const ByteSpan pack = take_end(sizes[i]);
    files[layout::pack_file(static_cast<std::uint32_t>(sizes.size() - i))].assign(pack.begin(), pack.end());
  }
  files[layout::kTocFile].assign(input.begin(), input.end());
  return files;
}

void read_all(const Files& files) {
  const auto archive = format::ArchiveReader::open(std::make_unique<Folder>(files));
  if (!archive) return;
  if (!format::verify_archive(**archive, {})) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Files files = files_of(std::as_bytes(std::span(data, size)));
  read_all(files);
  for (auto& [name, bytes] : files) {
    if (name == layout::kTocFile) {
      seal_archive(bytes);
    } else if (bytes.size() >= layout::kFileHeaderBytes) {
      seal(bytes, 0, layout::kFileHeaderChecksumAt);
    }
  }
  read_all(files);
  return 0;
}
