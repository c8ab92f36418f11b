#include "storage/local_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "storage/partial_name.hpp"

namespace pgark::storage {
namespace {

constexpr mode_t kFileMode = S_IRUSR | S_IWUSR;

// A target that is there must be ours to replace. The commit checks again.
Result<> check_target(const std::string& path, bool overwrite) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return errno_fail(errno, "cannot create", path);
  }
  if (S_ISDIR(status.st_mode))
    return fail(ErrorCode::usage, "is a directory", path, "give the name of a file");
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::usage, "exists and is not a regular file", path, "choose another name");
  }
  if (overwrite) return {};
  return fail(ErrorCode::usage, "the file exists already", path,
              "choose another name or remove the file first");
}

}  // namespace

// Unlinks the leftover of a dead run. Whoever holds its lock is the only one that may, so that nobody else's
// new file is hit. A leftover is never written into: it might be open, linked or readable elsewhere.
Result<> remove_unfinished_file(const std::string& path) {
  const FileDescriptor leftover(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!leftover) {
    if (errno == ENOENT) return {};
    return errno_fail(errno, "cannot replace the unfinished archive", path, "remove it by hand");
  }
  if (auto locked = lock_partial(leftover.get(), path); !locked) return locked;
  struct stat status {};
  if (::fstat(leftover.get(), &status) != 0) return errno_fail(errno, "cannot look at", path);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::usage, "exists and is not a regular file", path,
                "remove it or choose another name");
  }
  if (!is_same_file(leftover.get(), path)) return {};
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return errno_fail(errno, "cannot remove the unfinished archive", path);
  }
  return {};
}

namespace {

Result<FileDescriptor> create_partial(const std::string& path) {
  for (int attempt = 0; attempt < kCreateAttemptsMax; ++attempt) {
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kFileMode));
    if (file) {
      if (auto locked = lock_partial(file.get(), path); !locked) return tl::unexpected<Error>(locked.error());
      if (is_same_file(file.get(), path)) return file;
      continue;  // taken for a leftover before we had the lock
    }
    if (errno == ENOENT || errno == ENOTDIR) {
      return errno_fail(errno, "cannot create", path, "create the folder first");
    }
    if (errno != EEXIST) return errno_fail(errno, "cannot create", path);
    if (auto removed = remove_unfinished_file(path); !removed) return tl::unexpected<Error>(removed.error());
  }
  return fail(ErrorCode::io, "cannot create: others keep creating it", path, "choose another name");
}

// So that a full disk is found before the backup begins, not when its first megabytes are on their way.
// fallocate(2): what a file system without it says does not matter.
Result<> reserve_first_page(int fd, const std::string& path) {
  constexpr off_t kPageBytes = 4096;
  if (::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, kPageBytes) == 0) return {};
  if (errno != ENOSPC && errno != EDQUOT && errno != EFBIG) return {};
  return errno_fail(errno, "cannot write", path);
}

}  // namespace

LocalFileSink::LocalFileSink(std::string path, FileChoice choice, FileDescriptor file)
    : path_(std::move(path)),
      partial_path_(path_ + kPartialSuffix),
      choice_(choice),
      file_(std::move(file)),
      direct_(choice.sync ? DirectWriter::make(file_.get()) : nullptr) {}

LocalFileSink::~LocalFileSink() {
  discard();
}

Result<std::unique_ptr<format::Sink>> LocalFileSink::create(const std::string& path, FileChoice choice) {
  if (path.ends_with('/'))
    return fail(ErrorCode::usage, "is a folder's name", path, "give the name of a file");
  if (auto valid = check_new_name(path); !valid) return tl::unexpected<Error>(valid.error());
  if (auto free = check_target(path, choice.overwrite); !free) return tl::unexpected<Error>(free.error());
  auto file = create_partial(path + kPartialSuffix);
  if (!file) return tl::unexpected<Error>(std::move(file).error());
  const int fd = file->get();
  auto sink = std::unique_ptr<LocalFileSink>(new LocalFileSink(path, choice, std::move(*file)));
  if (auto room = reserve_first_page(fd, sink->partial_path_); !room)
    return tl::unexpected<Error>(room.error());
  return std::unique_ptr<format::Sink>(std::move(sink));
}

Result<> LocalFileSink::write_at(std::uint64_t offset, ByteSpan data) {
  if (direct_) return write_pieces_at(offset, {&data, 1});
  int failed = write_all_at(file_.get(), offset, data);
  if (failed == 0 && choice_.sync) failed = write_behind_.wrote(file_.get(), data.size());
  return failed == 0 ? Result<>{} : errno_fail(failed, "cannot write", partial_path_);
}

Result<> LocalFileSink::write_pieces_at(std::uint64_t offset, std::span<const ByteSpan> pieces) {
  if (!direct_) return Sink::write_pieces_at(offset, pieces);
  const int failed = direct_->write_at(offset, pieces);
  return failed == 0 ? Result<>{} : errno_fail(failed, "cannot write", partial_path_);
}

// Without `overwrite` the kernel refuses a target that has appeared meanwhile; a file system that cannot
// do that (EINVAL) gets the check and the rename apart.
Result<> LocalFileSink::rename_to_target() {
  if (!is_same_file(file_.get(), partial_path_)) {
    return fail(ErrorCode::io, "somebody has removed or replaced the unfinished archive", partial_path_,
                "run the backup again");
  }
  if (!choice_.overwrite) {
    if (::renameat2(AT_FDCWD, partial_path_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0)
      return {};
    if (errno != EINVAL && errno != ENOSYS && errno != EEXIST)
      return errno_fail(errno, "cannot rename", partial_path_);
    if (auto free = check_target(path_, false); !free) return free;
  } else if (auto ours = check_target(path_, true); !ours) {
    return ours;
  }
  if (::rename(partial_path_.c_str(), path_.c_str()) == 0) return {};
  return errno_fail(errno, "cannot rename", partial_path_);
}

// The name changes while the lock is still held; a close that fails afterwards cannot lose what fsync has
// stored.
Result<> LocalFileSink::commit() {
  if (direct_) {
    if (const int failed = direct_->flush(); failed != 0)
      return errno_fail(failed, "cannot write", partial_path_);
  }
  if (choice_.sync && ::fsync(file_.get()) != 0) return errno_fail(errno, "cannot sync", partial_path_);
  if (auto renamed = rename_to_target(); !renamed) return renamed;
  if (const int failed = file_.close(); failed != 0) return errno_fail(failed, "cannot close", path_);
  return choice_.sync ? sync_folder_of(path_) : Result<>{};
}

void LocalFileSink::discard() {
  if (!file_) return;
  direct_.reset();  // before the descriptor is somebody else's
  if (is_same_file(file_.get(), partial_path_)) ::unlink(partial_path_.c_str());
  file_.close();
}

Result<std::unique_ptr<format::Source>> LocalFileSource::open(const std::string& path) {
  // O_NONBLOCK: opening a pipe must not wait for its writer.
  return use(path, FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)));
}

Result<std::unique_ptr<format::Source>> LocalFileSource::use(const std::string& path, FileDescriptor file) {
  if (!file) {
    const char* hint = errno == ENOENT   ? "check the path"
                       : errno == EACCES ? "check the file's permissions"
                                         : "";
    return errno_fail(errno, "cannot open the archive", path, hint);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return errno_fail(errno, "cannot look at", path);
  if (S_ISDIR(status.st_mode)) return fail(ErrorCode::usage, "is a directory, not an archive", path);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::usage, "is not a regular file", path,
                "an archive is read from its end: store it in a file first");
  }
  if (path.ends_with(kPartialSuffix)) return tl::unexpected<Error>(unfinished_archive(path));
  return std::unique_ptr<format::Source>(new LocalFileSource(path, std::move(file)));
}

std::unique_ptr<format::Source> LocalFileSource::adopt(std::string name, FileDescriptor file) {
  return std::unique_ptr<format::Source>(new LocalFileSource(std::move(name), std::move(file)));
}

Result<std::uint64_t> LocalFileSource::size() const {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return errno_fail(errno, "cannot look at", path_);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<> LocalFileSource::read_at(std::uint64_t offset, MutableByteSpan out) const {
  while (!out.empty()) {
    const std::size_t wanted = std::min(out.size(), kTransferBytesMax);
    const ssize_t got = ::pread(file_.get(), out.data(), wanted, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_fail(errno, "cannot read", path_);
    if (got == 0) {
      Error error;
      error.code = ErrorCode::archive_damaged;
      error.message = "the file ends early";
      error.object = path_;
      error.offset = offset;
      return tl::unexpected<Error>(std::move(error));
    }
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

}  // namespace pgark::storage
