#include "storage/partial_name.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "storage/file_descriptor.hpp"

namespace pgark::storage {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

tl::unexpected<Error> errno_fail(int errno_value, std::string_view action, const std::string& path,
                                 std::string hint) {
  Error error = errno_error(errno_value, action, path);
  if (error.hint.empty()) error.hint = std::move(hint);
  return tl::unexpected<Error>(std::move(error));
}

Result<> check_new_name(const std::string& path) {
  const std::string last = path.substr(path.find_last_of('/') + 1);
  if (last == "." || last == "..")
    return fail(ErrorCode::usage, "is not a name for an archive", path, "give the archive a name of its own");
  if (!path.ends_with(kPartialSuffix)) return {};
  return fail(ErrorCode::usage, "the name ends in .partial, which marks unfinished archives", path,
              "choose another name");
}

Error unfinished_archive(const std::string& path) {
  return fail(ErrorCode::archive_damaged, "is an unfinished archive", path,
              "the backup that wrote it is still running or was interrupted: use another archive")
      .value();
}

bool is_same_file(int fd, const std::string& path) {
  struct stat by_fd {};
  struct stat by_name {};
  return ::fstat(fd, &by_fd) == 0 && ::lstat(path.c_str(), &by_name) == 0 && by_fd.st_dev == by_name.st_dev &&
         by_fd.st_ino == by_name.st_ino;
}

Result<> lock_partial(int fd, const std::string& path) {
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) {
      return fail(ErrorCode::usage, "is in use: another pgark writes it, or reads what it is to replace",
                  path, "wait until that has finished, or choose another name");
    }
    return errno_fail(errno, "cannot lock", path);
  }
  return {};
}

Result<> sync_folder_of(const std::string& path) {
  const std::string folder = folder_of(path);
  const FileDescriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle) return errno_fail(errno, "cannot open the folder", folder);
  if (::fsync(handle.get()) != 0 && errno != EINVAL)
    return errno_fail(errno, "cannot sync the folder", folder);
  return {};
}

}  // namespace pgark::storage
