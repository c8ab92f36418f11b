// Archives of several files in the local file system: a folder each.
#pragma once

#include <memory>
#include <string>

#include "base/error.hpp"
#include "format/io.hpp"
#include "storage/file_descriptor.hpp"
#include "storage/local_file.hpp"

namespace pgark::storage {

// Makes "<path>.partial", which only its owner may enter, and renames it when everything in it is on disk. It
// is locked meanwhile, like a file under construction (LocalFileSink). A folder that is replaced must hold an
// archive and nothing else; while somebody reads that (LocalFolderSource) it stays, under the other name.
class LocalFolderSink final : public format::SinkFolder {
 public:
  // Errors: usage (the target exists, or another pgark is writing it), io, no_space.
  static Result<std::unique_ptr<format::SinkFolder>> create(std::string path, FileChoice choice);
  ~LocalFolderSink() override;  // removes an uncommitted folder

  Result<std::unique_ptr<format::Sink>> create(const std::string& file) override;
  Result<> commit() override;
  void discard() override;
  std::string name() const override { return path_; }

 private:
  LocalFolderSink(std::string path, FileChoice choice, FileDescriptor folder);
  Result<> rename_to_target();
  Result<> change_places();

  const std::string path_;
  const std::string partial_path_;
  const FileChoice choice_;
  FileDescriptor folder_;
  FileDescriptor replaced_;  // the old one, from the commit on
  bool is_replaced_locked_ = false;
};

// Removes the folder that a run which has died left at "<...>.partial"; nothing there is no error. Errors:
// usage (somebody is writing it, or it holds something else than an archive's files), io.
Result<> remove_unfinished_folder(const std::string& path);

// The path leads to a folder.
bool is_folder(const std::string& path);

// Holds the folder open and marks it as being read (a shared flock). Thread safe.
class LocalFolderSource final : public format::SourceFolder {
 public:
  // Errors: usage (not an archive's folder), io, archive_damaged (unfinished, or no table of contents).
  static Result<std::unique_ptr<format::SourceFolder>> open_folder(const std::string& path);

  Result<std::unique_ptr<format::Source>> open(const std::string& file) const override;
  std::string name() const override { return path_; }

 private:
  LocalFolderSource(std::string path, FileDescriptor folder)
      : path_(std::move(path)), folder_(std::move(folder)) {}

  const std::string path_;
  const FileDescriptor folder_;
};

}  // namespace pgark::storage
