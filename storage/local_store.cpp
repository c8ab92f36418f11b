#include "storage/local_store.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "storage/local_file.hpp"
#include "storage/local_folder.hpp"
#include "storage/partial_name.hpp"

namespace pgark::storage {
namespace {

constexpr mode_t kFolderMode = S_IRWXU;
// Deeper than any place of ours; it bounds the work when somebody names "/".
constexpr int kDepthMax = 16;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// What a walk finds below the root.
struct Found {
  std::vector<ObjectInfo> finished;
  std::vector<std::string> partial;  // likewise keys, without the suffix
};

std::chrono::system_clock::time_point time_of(const timespec& time) {
  const auto since_epoch = std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(since_epoch));
}

// One may begin with the other: the folder is on the way to the prefix, or below it.
bool is_on_the_way(const std::string& folder_key, const std::string& prefix) {
  const std::size_t common = std::min(folder_key.size(), prefix.size());
  return folder_key.compare(0, common, prefix, 0, common) == 0;
}

class Walk {
 public:
  Walk(const std::string& root, const std::string& prefix) : root_(root), prefix_(prefix) {}

  Result<> look(const std::string& key, int depth) {
    const std::string path = key.empty() ? root_ : root_ + "/" + key;
    const std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));
    // The place itself is to be read; a folder in it that is not ours ("lost+found"), or goes, is not missed.
    if (!folder && errno == ENOENT) return {};
    if (!folder && errno == EACCES && depth > 0) return {};
    if (!folder) return errno_fail(errno, "cannot read the folder", path);
    errno = 0;
    while (const dirent* entry = ::readdir(folder.get())) {
      const std::string_view name = static_cast<const char*>(entry->d_name);
      if (name != "." && name != "..") {
        const std::string below = key.empty() ? std::string(name) : key + "/" + std::string(name);
        if (auto seen = see(below, depth); !seen) return seen;
      }
      errno = 0;
    }
    return errno == 0 ? Result<>() : errno_fail(errno, "cannot read the folder", path);
  }
  Found take() { return std::move(found_); }

 private:
  Result<> see(const std::string& key, int depth) {
    if (key.ends_with(kPartialSuffix)) {
      const std::string whole = key.substr(0, key.size() - std::string_view(kPartialSuffix).size());
      if (whole.starts_with(prefix_)) found_.partial.push_back(whole);
      return {};
    }
    const std::string path = root_ + "/" + key;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return {};  // gone meanwhile
    if (S_ISDIR(status.st_mode))
      return is_on_the_way(key + "/", prefix_) && depth < kDepthMax ? look(key, depth + 1) : Result<>();
    if (S_ISLNK(status.st_mode) && ::stat(path.c_str(), &status) != 0) return {};
    if (S_ISREG(status.st_mode) && key.starts_with(prefix_)) {
      found_.finished.push_back({key, static_cast<std::uint64_t>(status.st_size), time_of(status.st_mtim)});
    }
    return {};
  }

  const std::string& root_;
  const std::string& prefix_;
  Found found_;
};

// Makes the folder and those above it, each durable in the one that holds it.
Result<> make_folders(const std::string& path, bool sync) {
  if (is_folder(path)) return {};
  if (::mkdir(path.c_str(), kFolderMode) != 0) {
    if (errno == ENOENT) {
      if (auto above = make_folders(folder_of(path), sync); !above) return above;
      if (::mkdir(path.c_str(), kFolderMode) == 0) return sync ? sync_folder_of(path) : Result<>();
    }
    if (errno == EEXIST && is_folder(path)) return {};
    return errno_fail(errno, "cannot make the folder", path, "make it by hand, or name another one");
  }
  return sync ? sync_folder_of(path) : Result<>();
}

// Every part of a key is a file's name.
bool is_key(std::string_view key) {
  if (key.empty() || key.find('\0') != std::string_view::npos) return false;
  for (std::size_t at = 0; at <= key.size();) {
    const std::size_t end = std::min(key.find('/', at), key.size());
    const std::string_view part = key.substr(at, end - at);
    if (part.empty() || part == "." || part == "..") return false;
    at = end + 1;
  }
  return true;
}

}  // namespace

LocalStore::LocalStore(std::string root, bool sync)
    : root_([&root] {
        while (root.size() > 1 && root.ends_with('/')) root.pop_back();
        return std::move(root);
      }()),
      sync_(sync) {}

std::string LocalStore::name(const std::string& key) const {
  if (key.empty()) return root_;
  return root_ == "/" ? root_ + key : root_ + "/" + key;
}

Result<std::string> LocalStore::path_of(const std::string& key) const {
  if (!is_key(key)) return fail(ErrorCode::usage, "is no name of a file in a folder", name(key));
  return name(key);
}

// The folder that the new file is to stand in is there then.
Result<std::string> LocalStore::new_path(const std::string& key) const {
  auto path = path_of(key);
  if (!path) return path;
  if (auto made = make_folders(folder_of(*path), sync_); !made) return tl::unexpected<Error>(made.error());
  return path;
}

Result<std::vector<ObjectInfo>> LocalStore::list(const std::string& prefix) const {
  Walk walk(root_, prefix);
  if (auto looked = walk.look({}, 0); !looked) return tl::unexpected<Error>(looked.error());
  std::vector<ObjectInfo> objects = walk.take().finished;
  std::ranges::sort(objects, {}, &ObjectInfo::key);
  return objects;
}

Result<std::string> LocalStore::read_small(const std::string& key, std::uint64_t limit_bytes) const {
  const auto source = open(key);
  if (!source) return tl::unexpected<Error>(source.error());
  const auto size = (*source)->size();
  if (!size) return tl::unexpected<Error>(size.error());
  if (*size > limit_bytes) {
    return fail(ErrorCode::io, "is larger than such a file may be (" + std::to_string(*size) + " bytes)",
                name(key));
  }
  std::string content(*size, '\0');
  const MutableByteSpan out(reinterpret_cast<std::byte*>(content.data()), content.size());
  if (auto read = (*source)->read_at(0, out); !read) return tl::unexpected<Error>(read.error());
  return content;
}

Result<> LocalStore::write_small(const std::string& key, const std::string& content) {
  const auto sink = create(key, /*overwrite=*/true);
  if (!sink) return tl::unexpected<Error>(sink.error());
  if (auto written = (*sink)->write_at(0, as_bytes(content)); !written) return written;
  return (*sink)->commit();
}

Result<std::unique_ptr<format::Source>> LocalStore::open(const std::string& key) const {
  const auto path = path_of(key);
  if (!path) return tl::unexpected<Error>(path.error());
  return LocalFileSource::open(*path);
}

Result<std::unique_ptr<format::Sink>> LocalStore::create(const std::string& key, bool overwrite) {
  const auto path = new_path(key);
  if (!path) return tl::unexpected<Error>(path.error());
  return LocalFileSink::create(*path, {.overwrite = overwrite, .sync = sync_});
}

Result<> LocalStore::remove(const std::string& key) {
  const auto path = path_of(key);
  if (!path) return tl::unexpected<Error>(path.error());
  if (::unlink(path->c_str()) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return errno_fail(errno, "cannot remove", *path, "check the folder's permissions");
  }
  if (sync_) {
    if (auto synced = sync_folder_of(*path); !synced) return synced;
  }
  const std::size_t slash = key.rfind('/');
  if (slash != std::string::npos) static_cast<void>(::rmdir(name(key.substr(0, slash)).c_str()));
  return {};
}

Result<std::unique_ptr<format::SinkFolder>> LocalStore::create_folder(const std::string& key) {
  const auto path = new_path(key);
  if (!path) return tl::unexpected<Error>(path.error());
  return LocalFolderSink::create(*path, {.overwrite = false, .sync = sync_});
}

Result<std::unique_ptr<format::SourceFolder>> LocalStore::open_folder(const std::string& key) const {
  const auto path = path_of(key);
  if (!path) return tl::unexpected<Error>(path.error());
  return LocalFolderSource::open_folder(*path);
}

Result<std::vector<std::string>> LocalStore::list_unfinished(const std::string& prefix) const {
  Walk walk(root_, prefix);
  if (auto looked = walk.look({}, 0); !looked) return tl::unexpected<Error>(looked.error());
  std::vector<std::string> keys = walk.take().partial;
  std::ranges::sort(keys);
  return keys;
}

// Somebody who is writing holds a lock on what he writes, which the removal needs.
Result<bool> LocalStore::remove_unfinished(const std::string& key) {
  const auto path = path_of(key);
  if (!path) return tl::unexpected<Error>(path.error());
  const std::string partial = *path + kPartialSuffix;
  const Result<> gone =
      is_folder(partial) ? remove_unfinished_folder(partial) : remove_unfinished_file(partial);
  if (!gone && gone.error().code == ErrorCode::usage) return false;
  return gone ? Result<bool>(true) : tl::unexpected<Error>(gone.error());
}

}  // namespace pgark::storage
