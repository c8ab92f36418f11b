#include "storage/store.hpp"

#include <memory>

#include "storage/store_folder.hpp"

namespace pgark::storage {

// The folder must not outlive the place, so that nothing is to be owned.
Result<std::unique_ptr<format::SinkFolder>> Store::create_folder(const std::string& key) {
  return StoreFolderSink::create(std::shared_ptr<Store>(std::shared_ptr<void>(), this), key,
                                 /*overwrite=*/false);
}

Result<std::unique_ptr<format::SourceFolder>> Store::open_folder(const std::string& key) const {
  return StoreFolderSource::open_folder(std::shared_ptr<const Store>(std::shared_ptr<const void>(), this),
                                        key);
}

Result<std::vector<std::string>> Store::list_unfinished(const std::string&) const {
  return std::vector<std::string>();
}

Result<bool> Store::remove_unfinished(const std::string&) {
  return false;
}

}  // namespace pgark::storage
