// Destinations that remember the SHA-256 of each file that goes through them.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "format/io.hpp"
#include "storage/catalogue/metadata.hpp"

namespace pgark::storage {

// What the committed files turned out to be. Thread safe. A digest that is empty has to be read (sha256_of).
class FileRecord {
 public:
  void add(FileFacts file);
  // By name.
  std::vector<FileFacts> files() const;

 private:
  mutable std::mutex mutex_;
  std::vector<FileFacts> files_;
};

// `name`: in the record, when the file is committed.
std::unique_ptr<format::Sink> hashing_sink(std::unique_ptr<format::Sink> sink, std::string name,
                                           std::shared_ptr<FileRecord> record);
// Of all files in it: "<name>/<file>".
std::unique_ptr<format::SinkFolder> hashing_folder(std::unique_ptr<format::SinkFolder> folder,
                                                   std::string name, std::shared_ptr<FileRecord> record);

}  // namespace pgark::storage
