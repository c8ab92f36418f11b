// Archive files in the local file system.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "format/io.hpp"
#include "storage/direct_writer.hpp"
#include "storage/file_descriptor.hpp"
#include "storage/partial_name.hpp"
#include "storage/write_behind.hpp"

namespace pgark::storage {

struct FileChoice {
  bool overwrite = false;  // replace an existing target when the new file is complete
  bool sync = true;        // on disk before it gets its name; without, a crash of the machine may lose it
};

// Writes "<path>.partial", readable by its owner only, and renames it when everything is on disk. A lock
// (flock) is held on it meanwhile, so that a second backup to the same path is refused and the leftover of a
// dead one is recognised and replaced. Thread safe except commit() and discard(), which come last.
class LocalFileSink final : public format::Sink {
 public:
  // Errors: usage (the target exists, or another pgark is writing it), io, no_space.
  static Result<std::unique_ptr<format::Sink>> create(const std::string& path, FileChoice choice);
  ~LocalFileSink() override;  // removes an uncommitted file

  Result<> write_at(std::uint64_t offset, ByteSpan data) override;
  Result<> write_pieces_at(std::uint64_t offset, std::span<const ByteSpan> pieces) override;
  Result<> commit() override;
  void discard() override;
  std::string name() const override { return path_; }

 private:
  LocalFileSink(std::string path, FileChoice choice, FileDescriptor file);
  Result<> rename_to_target();

  const std::string path_;
  const std::string partial_path_;
  const FileChoice choice_;
  FileDescriptor file_;
  // What syncs goes past the page cache where the file system can, else through it with its writing pushed.
  std::unique_ptr<DirectWriter> direct_;
  WriteBehind write_behind_;
};

// Removes the file that a run which has died left at "<...>.partial"; nothing there is no error. Errors:
// usage (somebody is writing it, or it is no file), io.
Result<> remove_unfinished_file(const std::string& path);

// Reads a regular file. Thread safe.
class LocalFileSource final : public format::Source {
 public:
  // Errors: io (missing, no permission), usage (directory, device), archive_damaged (a .partial file).
  static Result<std::unique_ptr<format::Source>> open(const std::string& path);
  // A file that is open already; `name` is for messages.
  static std::unique_ptr<format::Source> adopt(std::string name, FileDescriptor file);

  Result<std::uint64_t> size() const override;
  Result<> read_at(std::uint64_t offset, MutableByteSpan out) const override;
  std::string name() const override { return path_; }

 private:
  static Result<std::unique_ptr<format::Source>> use(const std::string& path, FileDescriptor file);
  LocalFileSource(std::string path, FileDescriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  const std::string path_;
  const FileDescriptor file_;
};

}  // namespace pgark::storage
