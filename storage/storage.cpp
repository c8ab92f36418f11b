#include "storage/storage.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "storage/local_file.hpp"
#include "storage/local_folder.hpp"
#include "storage/stdout_sink.hpp"

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

}  // namespace

Result<> check_name(const std::string& path) {
  if (path.empty()) return fail(ErrorCode::usage, "the path is empty");
  if (const auto scheme = scheme_of(path); !scheme.empty()) {
    // Only the scheme is quoted: what follows may hold a password.
    return fail(ErrorCode::usage, fmt::format("unknown storage scheme \"{}://\"", scheme), {},
                "give the path of a local file");
  }
  return {};
}

Result<std::unique_ptr<format::Sink>> create_archive_file(const std::string& path, FileChoice choice) {
  if (auto valid = check_name(path); !valid) return tl::unexpected<Error>(valid.error());
  if (path == "-") return StdoutSink::open(STDOUT_FILENO, StdoutSink::Content::archive);
  return LocalFileSink::create(path, choice);
}

Result<std::unique_ptr<format::SinkFolder>> create_archive_folder(const std::string& path,
                                                                  FileChoice choice) {
  if (auto valid = check_name(path); !valid) return tl::unexpected<Error>(valid.error());
  if (path == "-") {
    return fail(ErrorCode::usage, "a folder cannot go to standard output", {}, "name it with -o");
  }
  return LocalFolderSink::create(path, choice);
}

Result<std::unique_ptr<format::ArchiveReader>> open_archive(const std::string& name) {
  if (is_folder(name)) {
    std::string path = name;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    auto folder = LocalFolderSource::open_folder(path);
    if (!folder) return tl::unexpected<Error>(std::move(folder).error());
    return format::ArchiveReader::open(std::move(*folder));
  }
  auto source = open_archive_file(name);
  if (!source) return tl::unexpected<Error>(std::move(source).error());
  return format::ArchiveReader::open(std::move(*source));
}

Result<std::unique_ptr<format::Sink>> create_text_file(const std::string& path, FileChoice choice) {
  if (auto valid = check_name(path); !valid) return tl::unexpected<Error>(valid.error());
  if (path == "-") return StdoutSink::open(STDOUT_FILENO, StdoutSink::Content::text);
  return LocalFileSink::create(path, choice);
}

Result<std::unique_ptr<format::Source>> open_archive_file(const std::string& path) {
  if (auto valid = check_name(path); !valid) return tl::unexpected<Error>(valid.error());
  if (path == "-") {
    return fail(ErrorCode::usage, "an archive cannot be read from standard input", {},
                "an archive is read from its end: store it in a file first");
  }
  return LocalFileSource::open(path);
}

}  // namespace pgark::storage
