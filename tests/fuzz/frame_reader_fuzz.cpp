// The frame reader against any bytes in any cuts. The first two bytes of the input choose the mode and the
// cut; the rest is the stream. However it is cut, the messages must be those of the uncut stream.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "protocol/wire/frame_reader.hpp"

using namespace pgark;
using namespace pgark::wire;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// One line per message, and one for the error.
struct Log {
  std::vector<std::string> entries;
  bool failed = false;
};

// False when no more can be read from what was received.
bool take_whole(FrameReader& reader, Log& log) {
  const auto message = reader.next();
  if (!message) {
    log.failed = true;
    return false;
  }
  if (!*message) return false;
  log.entries.push_back((*message)->type + std::string(as_text((*message)->payload)));
  return true;
}

bool take_pieces(FrameReader& reader, Log& log) {
  if (reader.open_bytes() == 0) {
    const auto header = reader.peek();
    if (!header) {
      log.failed = true;
      return false;
    }
    if (!*header) return false;
    reader.open();
    log.entries.push_back(std::string(1, (*header)->type));
  }
  log.entries.back() += as_text(reader.piece());
  return reader.open_bytes() == 0;
}

template <class Take>
Log read_all(ByteSpan stream, std::size_t cut, bool is_trusted, const Take& take) {
  constexpr std::size_t kCapacityBytes = 32;
  FrameReader reader(kCapacityBytes);
  std::size_t held_max = 0;
  if (is_trusted) reader.set_trusted();
  Log log;
  while (!stream.empty() && !log.failed) {
    const std::size_t count = std::min(cut, stream.size());
    const MutableByteSpan space = reader.prepare(count);
    require(space.size() >= count);
    std::memcpy(space.data(), stream.data(), count);
    reader.commit(count);
    stream = stream.subspan(count);
    held_max = std::max(held_max, reader.buffered());
    require(reader.capacity_bytes() <= std::max(2 * held_max, kCapacityBytes));
    while (take(reader, log)) {
    }
  }
  // A message that was opened and never finished is none.
  if (reader.open_bytes() > 0) log.entries.pop_back();
  return log;
}

void check_append(ByteSpan stream, const Log& expected) {
  FrameReader reader(32);
  reader.set_trusted();
  std::memcpy(reader.prepare(stream.size()).data(), stream.data(), stream.size());
  reader.commit(stream.size());
  std::vector<std::byte> out;
  reader.append_payloads('d', out, SIZE_MAX);
  std::string payloads;
  for (const std::string& entry : expected.entries) {
    if (entry[0] != 'd') break;
    payloads += entry.substr(1);
  }
  require(as_text(out) == payloads);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const bool is_trusted = (data[0] & 1) != 0;
  const std::size_t cut = std::size_t{data[1]} + 1;
  const ByteSpan stream{reinterpret_cast<const std::byte*>(data) + 2, size - 2};
  const Log whole = read_all(stream, SIZE_MAX, is_trusted, take_whole);
  for (const Log& other :
       {read_all(stream, cut, is_trusted, take_whole), read_all(stream, cut, is_trusted, take_pieces)}) {
    require(other.entries == whole.entries && other.failed == whole.failed);
  }
  if (is_trusted) check_append(stream, whole);
  return 0;
}
