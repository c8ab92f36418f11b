#include "storage/local_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <vector>

#include "format/layout.hpp"
#include "storage/partial_name.hpp"

namespace pgark::storage {
namespace {

constexpr mode_t kFolderMode = S_IRWXU;
constexpr const char* kOtherFilesHint = "it holds other files than an archive's: choose another name";

// "archive.toc" or "pack-000001", finished or not.
bool is_archive_file(std::string_view name) {
  if (name.ends_with(kPartialSuffix)) name.remove_suffix(std::string_view(kPartialSuffix).size());
  if (name == format::layout::kTocFile) return true;
  constexpr std::string_view kPack = "pack-";
  if (!name.starts_with(kPack) || name.size() == kPack.size()) return false;
  return std::ranges::all_of(name.substr(kPack.size()), [](char c) { return c >= '0' && c <= '9'; });
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// The names in a folder but "." and "..".
Result<std::vector<std::string>> names_in(const std::string& path) {
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));
  if (!folder) return errno_fail(errno, "cannot read the folder", path);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return errno_fail(errno, "cannot read the folder", path);
  return names;
}

// What is in a folder that may be replaced: an archive's files, or nothing. A link counts as a file, which is
// removed, not what it leads to.
Result<> check_content(const std::string& path, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    struct stat status {};
    const bool removable = is_archive_file(name) && ::lstat((path + "/" + name).c_str(), &status) == 0 &&
                           !S_ISDIR(status.st_mode);
    if (!removable) return fail(ErrorCode::usage, "cannot be replaced", path, kOtherFilesHint);
  }
  return {};
}

// Removes an archive's files and the folder. REQUIRES: `folder` is the one at `path`, and locked by us.
// Anything else in it stays, and so does the folder then.
Result<> remove_archive(const FileDescriptor& folder, const std::string& path) {
  const auto names = names_in(path);
  if (!names) return tl::unexpected<Error>(names.error());
  if (auto ours = check_content(path, *names); !ours) return ours;
  for (const std::string& name : *names) {
    if (::unlinkat(folder.get(), name.c_str(), 0) != 0 && errno != ENOENT)
      return errno_fail(errno, "cannot remove", path + "/" + name);
  }
  if (::rmdir(path.c_str()) != 0 && errno != ENOENT) return errno_fail(errno, "cannot remove", path);
  return {};
}

// A target that is there must be an archive's folder to be replaced, and ours to change. The commit checks
// again.
Result<> check_target(const std::string& path, bool overwrite) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return errno_fail(errno, "cannot create the archive", path);
  }
  if (!overwrite) {
    return fail(ErrorCode::usage, "exists already", path, "choose another name or remove it first");
  }
  if (!S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::usage, "exists and is not a folder", path, "choose another name");
  }
  if (::access(path.c_str(), W_OK | X_OK) != 0) return errno_fail(errno, "cannot replace", path);
  const auto names = names_in(path);
  if (!names) return tl::unexpected<Error>(names.error());
  const bool has_toc = std::ranges::find(*names, format::layout::kTocFile) != names->end();
  if (!has_toc && !names->empty()) return fail(ErrorCode::usage, "cannot be replaced", path, kOtherFilesHint);
  return check_content(path, *names);
}

FileDescriptor open_folder(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
}

}  // namespace

// Of a dead run; whoever holds the lock is the only one that may.
Result<> remove_unfinished_folder(const std::string& path) {
  const FileDescriptor leftover = open_folder(path);
  if (!leftover) {
    if (errno == ENOENT) return {};
    // A file, perhaps one that is being written.
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file) {
      if (auto locked = lock_partial(file.get(), path); !locked) return locked;
    }
    return errno_fail(ENOTDIR, "cannot replace the unfinished archive", path, "remove it by hand");
  }
  if (auto locked = lock_partial(leftover.get(), path); !locked) return locked;
  if (!is_same_file(leftover.get(), path)) return {};
  return remove_archive(leftover, path);
}

namespace {

Result<FileDescriptor> create_partial(const std::string& path) {
  for (int attempt = 0; attempt < kCreateAttemptsMax; ++attempt) {
    if (::mkdir(path.c_str(), kFolderMode) == 0) {
      FileDescriptor folder = open_folder(path);
      if (!folder) continue;  // taken for a leftover before we had the lock
      if (auto locked = lock_partial(folder.get(), path); !locked)
        return tl::unexpected<Error>(locked.error());
      if (is_same_file(folder.get(), path)) return folder;
      continue;
    }
    if (errno == ENOENT || errno == ENOTDIR) {
      return errno_fail(errno, "cannot create the archive", path,
                        "create the folder it is to stand in first");
    }
    if (errno != EEXIST) return errno_fail(errno, "cannot create the archive", path);
    if (auto removed = remove_unfinished_folder(path); !removed)
      return tl::unexpected<Error>(removed.error());
  }
  return fail(ErrorCode::io, "cannot create the archive: others keep creating it", path,
              "choose another name");
}

}  // namespace

LocalFolderSink::LocalFolderSink(std::string path, FileChoice choice, FileDescriptor folder)
    : path_(std::move(path)),
      partial_path_(path_ + kPartialSuffix),
      choice_(choice),
      folder_(std::move(folder)) {}

LocalFolderSink::~LocalFolderSink() {
  discard();
}

Result<std::unique_ptr<format::SinkFolder>> LocalFolderSink::create(std::string path, FileChoice choice) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (auto valid = check_new_name(path); !valid) return tl::unexpected<Error>(valid.error());
  if (auto free = check_target(path, choice.overwrite); !free) return tl::unexpected<Error>(free.error());
  auto folder = create_partial(path + kPartialSuffix);
  if (!folder) return tl::unexpected<Error>(std::move(folder).error());
  return std::unique_ptr<format::SinkFolder>(
      new LocalFolderSink(std::move(path), choice, std::move(*folder)));
}

Result<std::unique_ptr<format::Sink>> LocalFolderSink::create(const std::string& file) {
  return LocalFileSink::create(partial_path_ + "/" + file, {.overwrite = false, .sync = choice_.sync});
}

// Puts the new folder where the old one stands, and the old one where the new one stood; without a moment
// without either where the file system can.
Result<> LocalFolderSink::change_places() {
  const char* const fresh = partial_path_.c_str();
  if (::renameat2(AT_FDCWD, fresh, AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return errno_fail(errno, "cannot rename", partial_path_);
  const std::string aside = path_ + ".old" + kPartialSuffix;
  if (::rename(path_.c_str(), aside.c_str()) != 0) return errno_fail(errno, "cannot rename", path_);
  if (::rename(fresh, path_.c_str()) != 0) {
    const int failed = errno;
    static_cast<void>(::rename(aside.c_str(), path_.c_str()));
    return errno_fail(failed, "cannot rename", partial_path_);
  }
  if (::rename(aside.c_str(), fresh) != 0) return errno_fail(errno, "cannot rename", aside);
  return {};
}

Result<> LocalFolderSink::rename_to_target() {
  if (!is_same_file(folder_.get(), partial_path_)) {
    return fail(ErrorCode::io, "somebody has removed or replaced the unfinished archive", partial_path_,
                "run the backup again");
  }
  if (auto free = check_target(path_, choice_.overwrite); !free) return free;
  replaced_ = open_folder(path_);
  if (replaced_ && choice_.overwrite) {
    // From here on nobody takes the old one for a leftover; a reader keeps it until he is done.
    is_replaced_locked_ = ::flock(replaced_.get(), LOCK_EX | LOCK_NB) == 0;
    return change_places();
  }
  if (::renameat2(AT_FDCWD, partial_path_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0) return {};
  const bool no_flags = errno == EINVAL || errno == ENOSYS;
  if (no_flags && ::rename(partial_path_.c_str(), path_.c_str()) == 0) return {};
  return errno_fail(errno, "cannot rename", partial_path_, "remove or rename what is there");
}

// The old archive goes when the new one's name is on disk. One that somebody reads stays under the name of an
// unfinished one, and is removed by the next run.
Result<> LocalFolderSink::commit() {
  if (choice_.sync && ::fsync(folder_.get()) != 0 && errno != EINVAL)
    return errno_fail(errno, "cannot sync the folder", partial_path_);
  if (auto renamed = rename_to_target(); !renamed) return renamed;
  folder_.close();
  if (choice_.sync) {
    if (auto synced = sync_folder_of(path_); !synced) return synced;
  }
  if (!is_replaced_locked_ || !is_same_file(replaced_.get(), partial_path_)) return {};
  auto removed = remove_archive(replaced_, partial_path_);
  if (removed) return removed;
  Error error = std::move(removed).error();
  error.message = "the new archive is complete, but the one it replaces stays: " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

void LocalFolderSink::discard() {
  if (!folder_) return;
  if (is_same_file(folder_.get(), partial_path_)) static_cast<void>(remove_archive(folder_, partial_path_));
  folder_.close();
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

Result<std::unique_ptr<format::SourceFolder>> LocalFolderSource::open_folder(const std::string& path) {
  if (path.ends_with(kPartialSuffix)) return tl::unexpected<Error>(unfinished_archive(path));
  FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return errno_fail(errno, "cannot open the archive", path, "check the folder's permissions");
  // Keeps whoever replaces the archive from removing what is being read.
  static_cast<void>(::flock(folder.get(), LOCK_SH | LOCK_NB));
  if (::faccessat(folder.get(), format::layout::kTocFile, F_OK, 0) != 0) {
    if (errno != ENOENT)
      return errno_fail(errno, "cannot open the archive", path, "check the folder's permissions");
    const auto names = names_in(path);
    if (!names) return tl::unexpected<Error>(names.error());
    if (std::ranges::any_of(*names, is_archive_file))
      return fail(ErrorCode::archive_damaged, "the archive's table of contents is missing: archive.toc", path,
                  "take another copy of this archive");
    return fail(ErrorCode::usage, "is a folder, but not an archive's", path, "it holds no archive.toc");
  }
  return std::unique_ptr<format::SourceFolder>(new LocalFolderSource(path, std::move(folder)));
}

Result<std::unique_ptr<format::Source>> LocalFolderSource::open(const std::string& file) const {
  FileDescriptor opened(::openat(folder_.get(), file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const std::string path = path_ + "/" + file;
  const auto damaged = [&](const std::string& what) {
    return fail(ErrorCode::archive_damaged, what + file, path_, "take another copy of this archive");
  };
  if (!opened) {
    if (errno == ENOENT) return damaged("a file of the archive is missing: ");
    return errno_fail(errno, "cannot open the archive", path, "check the file's permissions");
  }
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0) return errno_fail(errno, "cannot look at", path);
  if (!S_ISREG(status.st_mode)) return damaged("what stands for a file of the archive is none: ");
  return LocalFileSource::adopt(path, std::move(opened));
}

}  // namespace pgark::storage
