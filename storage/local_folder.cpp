#include "storage/local_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
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

// Removes an archive's files and the folder. Anything else in it stays, and so does the folder then.
Result<> remove_archive(const std::string& path) {
  const auto names = names_in(path);
  if (!names) return tl::unexpected<Error>(names.error());
  for (const std::string& name : *names) {
    if (!is_archive_file(name)) return fail(ErrorCode::usage, "cannot be replaced", path, kOtherFilesHint);
  }
  for (const std::string& name : *names) {
    const std::string file = path + "/" + name;
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) return errno_fail(errno, "cannot remove", file);
  }
  if (::rmdir(path.c_str()) != 0 && errno != ENOENT) return errno_fail(errno, "cannot remove", path);
  return {};
}

// A target that is there must be an archive's folder to be replaced. The commit checks again.
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
  const auto names = names_in(path);
  if (!names) return tl::unexpected<Error>(names.error());
  const bool ours = std::ranges::all_of(*names, is_archive_file) &&
                    std::ranges::find(*names, format::layout::kTocFile) != names->end();
  if (!ours && !names->empty()) return fail(ErrorCode::usage, "cannot be replaced", path, kOtherFilesHint);
  return {};
}

FileDescriptor open_folder(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
}

// Of a dead run; whoever holds the lock is the only one that may.
Result<> remove_leftover(const std::string& path) {
  const FileDescriptor leftover = open_folder(path);
  if (!leftover) {
    if (errno == ENOENT) return {};
    return errno_fail(errno, "cannot replace the unfinished archive", path, "remove it by hand");
  }
  if (auto locked = lock_partial(leftover.get(), path); !locked) return locked;
  if (!is_same_file(leftover.get(), path)) return {};
  return remove_archive(path);
}

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
    if (auto removed = remove_leftover(path); !removed) return tl::unexpected<Error>(removed.error());
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

// A folder with files in it cannot be renamed over: the old one and the new one change places, and the old
// one is removed under the new one's name.
Result<> LocalFolderSink::rename_to_target() {
  if (!is_same_file(folder_.get(), partial_path_)) {
    return fail(ErrorCode::io, "somebody has removed or replaced the unfinished archive", partial_path_,
                "run the backup again");
  }
  if (auto free = check_target(path_, choice_.overwrite); !free) return free;
  if (::renameat2(AT_FDCWD, partial_path_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EEXIST && choice_.overwrite) {
    if (::renameat2(AT_FDCWD, partial_path_.c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0)
      return remove_archive(partial_path_);
  } else if ((errno == EINVAL || errno == ENOSYS) && ::rename(partial_path_.c_str(), path_.c_str()) == 0) {
    return {};  // a file system without the flags
  }
  return errno_fail(errno, "cannot rename", partial_path_, "remove or rename what is there");
}

Result<> LocalFolderSink::commit() {
  if (choice_.sync && ::fsync(folder_.get()) != 0 && errno != EINVAL)
    return errno_fail(errno, "cannot sync the folder", partial_path_);
  if (auto renamed = rename_to_target(); !renamed) return renamed;
  folder_.close();
  return choice_.sync ? sync_folder_of(path_) : Result<>{};
}

void LocalFolderSink::discard() {
  if (!folder_) return;
  if (is_same_file(folder_.get(), partial_path_)) static_cast<void>(remove_archive(partial_path_));
  folder_.close();
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_archive_folder(const std::string& path) {
  struct stat status {};
  return ::stat((path + "/" + format::layout::kTocFile).c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

Result<std::unique_ptr<format::Source>> LocalFolderSource::open(const std::string& file) const {
  auto source = LocalFileSource::open(path_ + "/" + file);
  if (source || ::access((path_ + "/" + file).c_str(), F_OK) == 0) return source;
  return fail(ErrorCode::archive_damaged, "a file of the archive is missing: " + file, path_,
              "take another copy of this archive");
}

}  // namespace pgark::storage
