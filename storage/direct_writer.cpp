#include "storage/direct_writer.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "storage/file_descriptor.hpp"

namespace pgark::storage {
namespace {

constexpr std::size_t kWindowBytes = std::size_t{2} << 20;
// Two writes on their way keep a disk busy while the next windows fill.
constexpr std::size_t kThreads = 2;
constexpr std::size_t kFullWindowsMax = 4;

// Memory of its own, so that it goes back to the system with the writer: an archive of many files has many.
struct Unmap {
  void operator()(std::byte* bytes) const { ::munmap(bytes, kWindowBytes); }
};

std::byte* map_window() {
  void* bytes = ::mmap(nullptr, kWindowBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (bytes == MAP_FAILED) throw std::bad_alloc();
  return static_cast<std::byte*>(bytes);
}

bool set_direct(int fd, bool on) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && ::fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

class PieceReader {
 public:
  explicit PieceReader(std::span<const ByteSpan> pieces) : pieces_(pieces) {}
  // REQUIRES: the pieces still have `bytes`.
  void read(std::byte* to, std::size_t bytes) {
    while (bytes != 0) {
      if (piece_.empty()) {
        piece_ = pieces_.front();
        pieces_ = pieces_.subspan(1);
      }
      const std::size_t part = std::min(bytes, piece_.size());
      to = std::copy_n(piece_.data(), part, to);
      piece_ = piece_.subspan(part);
      bytes -= part;
    }
  }

 private:
  ByteSpan piece_;  // rest of the one at hand
  std::span<const ByteSpan> pieces_;
};

}  // namespace

struct DirectWriter::Window {
  std::uint64_t offset = 0;                               // in the file
  std::size_t filled = 0;                                 // bytes written so far, by any thread
  std::size_t end = 0;                                    // behind the last of them
  std::unique_ptr<std::byte, Unmap> bytes{map_window()};  // begins at a page, as direct writes want it
};

std::unique_ptr<DirectWriter> DirectWriter::make(int fd) {
  if (!set_direct(fd, true)) return nullptr;
  return std::unique_ptr<DirectWriter>(new DirectWriter(fd));
}

DirectWriter::DirectWriter(int fd) : fd_(fd) {}

DirectWriter::~DirectWriter() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

// REQUIRES: mutex_ held.
DirectWriter::Window& DirectWriter::window_at(std::uint64_t offset) {
  WindowPointer& window = open_[offset];
  if (window) return *window;
  if (spare_.empty()) {
    window = std::make_unique<Window>();
  } else {
    window = std::move(spare_.back());
    spare_.pop_back();
  }
  window->offset = offset;
  window->filled = window->end = 0;
  return *window;
}

// REQUIRES: mutex_ held.
void DirectWriter::filled(Window& window, std::size_t bytes) {
  window.filled += bytes;
  if (window.filled < kWindowBytes) return;
  const auto found = open_.find(window.offset);
  full_.push_back(std::move(found->second));
  open_.erase(found);
  // A small archive never comes here, and starts no thread.
  while (threads_.size() < kThreads) {
    threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
  }
  work_.notify_one();
}

int DirectWriter::write_at(std::uint64_t offset, std::span<const ByteSpan> pieces) {
  std::size_t left = 0;
  for (const ByteSpan piece : pieces) left += piece.size();
  PieceReader reader(pieces);
  std::unique_lock lock(mutex_);
  while (left != 0) {
    // Full windows only: one that is being filled may wait for this very call.
    done_.wait(lock, [this] { return full_.size() < kFullWindowsMax || error_ != 0; });
    if (error_ != 0) return error_;
    const auto within = static_cast<std::size_t>(offset % kWindowBytes);
    const std::size_t part = std::min(left, kWindowBytes - within);
    Window& window = window_at(offset - within);
    window.end = std::max(window.end, within + part);
    lock.unlock();
    reader.read(window.bytes.get() + within, part);
    lock.lock();
    filled(window, part);
    left -= part;
    offset += part;
  }
  return error_;
}

// A file system may take the flag and yet refuse the write, for an alignment of its own.
int DirectWriter::store(const Window& window, std::size_t bytes) {
  const ByteSpan data(window.bytes.get(), bytes);
  const int failed = write_all_at(fd_, window.offset, data);
  if (failed != EINVAL || !set_direct(fd_, false)) return failed;
  return write_all_at(fd_, window.offset, data);
}

void DirectWriter::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (work_.wait(lock, stop, [this] { return !full_.empty(); }) && !stop.stop_requested()) {
    WindowPointer window = std::move(full_.front());
    full_.pop_front();
    ++storing_;
    lock.unlock();
    const int failed = store(*window, kWindowBytes);
    lock.lock();
    --storing_;
    if (failed != 0 && error_ == 0) error_ = failed;
    spare_.push_back(std::move(window));
    done_.notify_all();
  }
}

int DirectWriter::flush() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return (full_.empty() && storing_ == 0) || error_ != 0; });
  if (error_ != 0) return error_;
  if (open_.empty()) return 0;
  const Window& last = *open_.begin()->second;
  if (open_.size() > 1 || last.filled != last.end) return EINVAL;  // a gap
  if (!set_direct(fd_, false)) return errno;
  return store(last, last.end);
}

}  // namespace pgark::storage
