// A folder of this machine as a place with objects: keys are the paths of files below it.
//
// Files are readable by their owner only, and what is made of folders may be entered by him only. What ends
// in ".partial" is under construction (LocalFileSink, LocalFolderSink) and no object. Links are followed for
// files, never for folders.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/store.hpp"

namespace pgark::storage {

class LocalStore final : public Store {
 public:
  // The folder need not be there: the first object makes it. `sync`: as in FileChoice.
  explicit LocalStore(std::string root, bool sync = true);

  Result<std::vector<ObjectInfo>> list(const std::string& prefix) const override;
  Result<std::string> read_small(const std::string& key, std::uint64_t limit_bytes) const override;
  Result<> write_small(const std::string& key, const std::string& content) override;
  Result<std::unique_ptr<format::Source>> open(const std::string& key) const override;
  Result<std::unique_ptr<format::Sink>> create(const std::string& key, bool overwrite) override;
  // A folder that this leaves empty goes as well. The removal is durable when this returns.
  Result<> remove(const std::string& key) override;
  Result<std::unique_ptr<format::SinkFolder>> create_folder(const std::string& key) override;
  Result<std::unique_ptr<format::SourceFolder>> open_folder(const std::string& key) const override;
  Result<std::vector<std::string>> list_unfinished(const std::string& prefix) const override;
  Result<bool> remove_unfinished(const std::string& key) override;
  std::string name(const std::string& key) const override;

 private:
  Result<std::string> path_of(const std::string& key) const;
  Result<std::string> new_path(const std::string& key) const;

  const std::string root_;  // without a "/" at its end, unless it is "/"
  const bool sync_;
};

}  // namespace pgark::storage
