// An archive of several files in memory, for tests of the format layer.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/memory_file.hpp"

namespace pgark::test {

struct MemoryFolder {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<MemoryFile>> files;
  bool committed = false;
  bool discarded = false;
  std::size_t fail_after_bytes = static_cast<std::size_t>(-1);  // of each file

  // What the committed files hold.
  std::map<std::string, std::vector<std::byte>> contents() {
    std::map<std::string, std::vector<std::byte>> result;
    for (const auto& [name, file] : files) {
      if (file->committed) result[name] = file->bytes;
    }
    return result;
  }
};

class MemorySinkFolder final : public format::SinkFolder {
 public:
  explicit MemorySinkFolder(std::shared_ptr<MemoryFolder> folder) : folder_(std::move(folder)) {}
  Result<std::unique_ptr<format::Sink>> create(const std::string& file) override {
    const std::lock_guard lock(folder_->mutex);
    auto memory = std::make_shared<MemoryFile>();
    memory->fail_after_bytes = folder_->fail_after_bytes;
    folder_->files[file] = memory;
    return std::unique_ptr<format::Sink>(std::make_unique<MemorySink>(memory));
  }
  Result<> commit() override {
    folder_->committed = true;
    return {};
  }
  void discard() override { folder_->discarded = true; }
  std::string name() const override { return "memory"; }

 private:
  std::shared_ptr<MemoryFolder> folder_;
};

class MemorySourceFolder final : public format::SourceFolder {
 public:
  explicit MemorySourceFolder(std::map<std::string, std::vector<std::byte>> files)
      : files_(std::move(files)) {}
  Result<std::unique_ptr<format::Source>> open(const std::string& file) const override {
    const auto found = files_.find(file);
    if (found == files_.end()) return fail(ErrorCode::archive_damaged, "a file is missing", file);
    return std::unique_ptr<format::Source>(std::make_unique<MemorySource>(found->second));
  }
  std::string name() const override { return "memory"; }

 private:
  const std::map<std::string, std::vector<std::byte>> files_;
};

}  // namespace pgark::test
