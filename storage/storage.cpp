#include "storage/storage.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "storage/local_file.hpp"
#include "storage/local_folder.hpp"
#include "storage/local_store.hpp"
#include "storage/remote.hpp"
#include "storage/stdin_source.hpp"
#include "storage/stdout_sink.hpp"
#include "storage/store_folder.hpp"

namespace pgark::storage {
namespace {

// "s3" of "s3://bucket/key"; empty for a path. RFC 3986, section 3.1.
std::string_view scheme_of(std::string_view name) {
  const std::size_t end = name.find("://");
  if (end == std::string_view::npos) return {};
  const std::string_view scheme = name.substr(0, end);
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
  };
  const bool valid = !scheme.empty() && std::isalpha(static_cast<unsigned char>(scheme[0])) != 0 &&
                     std::ranges::all_of(scheme, allowed);
  return valid ? scheme : std::string_view{};
}

// The place of a remote archive, whose name must have a key.
Result<RemotePlace> open_place(const std::string& name) {
  auto place = open_remote(name, process_context());
  if (!place) return place;
  while (place->key.ends_with('/')) place->key.pop_back();
  if (!place->key.empty()) return place;
  return fail(ErrorCode::usage, "names a bucket, not an archive", name, "put a key behind it: BUCKET/KEY");
}

Result<std::unique_ptr<format::Sink>> create_object(const std::string& name, FileChoice choice) {
  const auto place = open_place(name);
  if (!place) return tl::unexpected<Error>(place.error());
  return place->store->create(place->key, choice.overwrite);
}

// A file or a folder: what is not there as the one is looked for as the other. Where keys may not be listed,
// the store forbids what is not there.
Result<std::unique_ptr<format::ArchiveReader>> open_remote_archive(const std::string& name) {
  const auto place = open_place(name);
  if (!place) return tl::unexpected<Error>(place.error());
  auto source = place->store->open(place->key);
  if (source) return format::ArchiveReader::open(std::move(*source));
  if (source.error().code != ErrorCode::io && source.error().code != ErrorCode::auth)
    return tl::unexpected<Error>(std::move(source).error());
  auto folder = StoreFolderSource::open_folder(place->store, place->key);
  if (folder) return format::ArchiveReader::open(std::move(*folder));
  return tl::unexpected<Error>(std::move(source).error());
}

}  // namespace

Result<> check_local_name(const std::string& path) {
  if (path.empty()) return fail(ErrorCode::usage, "the path is empty");
  if (const auto scheme = scheme_of(path); !scheme.empty()) {
    // Only the scheme is quoted: what follows may hold a password.
    return fail(ErrorCode::usage, fmt::format("unknown storage scheme \"{}://\"", scheme), {},
                "give the path of a local file, s3://BUCKET/KEY, gs://BUCKET/KEY or az://CONTAINER/KEY");
  }
  return {};
}

Result<> check_name(const std::string& path) {
  return is_remote(path) ? Result<>() : check_local_name(path);
}

Result<std::unique_ptr<Store>> open_store(const std::string& place, bool sync) {
  if (is_remote(place)) return open_remote_store(place, process_context());
  constexpr std::string_view kFile = "file://";
  const std::string path = place.starts_with(kFile) ? place.substr(kFile.size()) : place;
  if (place.starts_with(kFile) && !path.starts_with('/')) {
    return fail(ErrorCode::usage, "names no folder", place, "write file:///path/of/the/folder");
  }
  if (auto valid = check_name(path); !valid) return tl::unexpected<Error>(valid.error());
  return std::make_unique<LocalStore>(path, sync);
}

Result<std::unique_ptr<format::Sink>> create_archive_file(const std::string& path, FileChoice choice) {
  if (auto valid = check_name(path); !valid) return tl::unexpected<Error>(valid.error());
  if (path == "-") return StdoutSink::open(STDOUT_FILENO, StdoutSink::Content::archive);
  if (is_remote(path)) return create_object(path, choice);
  return LocalFileSink::create(path, choice);
}

Result<std::unique_ptr<format::SinkFolder>> create_archive_folder(const std::string& path,
                                                                  FileChoice choice) {
  if (auto valid = check_name(path); !valid) return tl::unexpected<Error>(valid.error());
  if (path == "-") {
    return fail(ErrorCode::usage, "a folder cannot go to standard output", {}, "name it with -o");
  }
  if (is_remote(path)) {
    const auto place = open_place(path);
    if (!place) return tl::unexpected<Error>(place.error());
    return StoreFolderSink::create(place->store, place->key, choice.overwrite);
  }
  return LocalFolderSink::create(path, choice);
}

Result<std::unique_ptr<format::ArchiveReader>> open_archive(const std::string& name) {
  if (is_remote(name)) return open_remote_archive(name);
  if (is_folder(name)) {
    auto folder = open_archive_folder(name);
    if (!folder) return tl::unexpected<Error>(std::move(folder).error());
    return format::ArchiveReader::open(std::move(*folder));
  }
  auto source = open_archive_file(name);
  if (!source) return tl::unexpected<Error>(std::move(source).error());
  return format::ArchiveReader::open(std::move(*source));
}

Result<std::unique_ptr<format::SourceFolder>> open_archive_folder(const std::string& name) {
  if (!is_remote(name)) {
    std::string path = name;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return LocalFolderSource::open_folder(path);
  }
  const auto place = open_place(name);
  if (!place) return tl::unexpected<Error>(place.error());
  return StoreFolderSource::open_folder(place->store, place->key);
}

Result<std::unique_ptr<format::Sink>> create_text_file(const std::string& path, FileChoice choice) {
  if (auto valid = check_name(path); !valid) return tl::unexpected<Error>(valid.error());
  if (path == "-") return StdoutSink::open(STDOUT_FILENO, StdoutSink::Content::text);
  if (is_remote(path)) return create_object(path, choice);
  return LocalFileSink::create(path, choice);
}

Result<std::unique_ptr<format::SequentialSource>> open_stream() {
  return StdinSource::open(STDIN_FILENO);
}

Result<std::unique_ptr<format::Source>> open_archive_file(const std::string& path) {
  if (auto valid = check_name(path); !valid) return tl::unexpected<Error>(valid.error());
  if (path == "-") {
    return fail(ErrorCode::usage, "an archive cannot be read from standard input", {},
                "an archive is read from its end: store it in a file first");
  }
  if (is_remote(path)) {
    const auto place = open_place(path);
    if (!place) return tl::unexpected<Error>(place.error());
    return place->store->open(place->key);
  }
  return LocalFileSource::open(path);
}

}  // namespace pgark::storage
