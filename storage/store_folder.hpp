// Archives of several files in a place with objects: "<key>/pack-000001", ..., "<key>/archive.toc".
//
// Objects cannot be renamed, so the files get their names at once; the table of contents comes last, and
// without it the others are no archive.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "format/io.hpp"
#include "storage/store.hpp"

namespace pgark::storage {

class StoreFolderSink final : public format::SinkFolder {
 public:
  // Refuses a folder with an archive in it, which could not be replaced at once; one with files of an
  // unfinished archive unless `overwrite`. Errors: usage and those of the store.
  static Result<std::unique_ptr<format::SinkFolder>> create(std::shared_ptr<Store> store,
                                                            const std::string& key, bool overwrite);
  ~StoreFolderSink() override;

  Result<std::unique_ptr<format::Sink>> create(const std::string& file) override;
  Result<> commit() override;
  void discard() override;
  std::string name() const override { return store_->name(key_); }

 private:
  StoreFolderSink(std::shared_ptr<Store> store, std::string key)
      : store_(std::move(store)), key_(std::move(key)) {}

  const std::shared_ptr<Store> store_;
  const std::string key_;
  bool ended_ = false;
  std::mutex mutex_;  // guards what follows
  std::vector<std::string> begun_;
};

class StoreFolderSource final : public format::SourceFolder {
 public:
  // Fails when there is no table of contents.
  static Result<std::unique_ptr<format::SourceFolder>> open_folder(std::shared_ptr<const Store> store,
                                                                   const std::string& key);

  Result<std::unique_ptr<format::Source>> open(const std::string& file) const override;
  std::string name() const override { return store_->name(key_); }

 private:
  using SourcePointer = std::shared_ptr<const format::Source>;
  StoreFolderSource(std::shared_ptr<const Store> store, std::string key)
      : store_(std::move(store)), key_(std::move(key)) {}

  const std::shared_ptr<const Store> store_;
  const std::string key_;
  mutable std::mutex mutex_;  // guards what follows
  // A pack is opened for each of its chunks; its size is asked for once.
  mutable std::map<std::string, SourcePointer> opened_;
};

}  // namespace pgark::storage
