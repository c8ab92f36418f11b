// A second place for an archive: the same bytes under another name, in the same form.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "format/io.hpp"
#include "storage/local_file.hpp"
#include "storage/store.hpp"

namespace pgark::storage {

class Replica {
 public:
  // Looks whether it can be made there; nothing is written yet. `in_packs`: the archive is a folder. "-" is
  // refused. Errors: usage (it exists and is not to be replaced), and those of the place.
  static Result<std::unique_ptr<Replica>> begin(const std::string& destination, bool in_packs,
                                                FileChoice choice);

  // The same in a place, under the archive's key there.
  static Result<std::unique_ptr<Replica>> begin_in(Store& place, const std::string& key, bool in_packs,
                                                   bool overwrite);

  // Copies the archive, which has so many packs (0: it is one file), and commits. `on_bytes` is told of each
  // piece; false stops with ErrorCode::interrupted. Without success nothing stays there.
  Result<> copy(const std::string& archive, std::uint32_t packs,
                const std::function<bool(std::uint64_t bytes)>& on_bytes);
  const std::string& destination() const { return destination_; }

 private:
  explicit Replica(std::string destination) : destination_(std::move(destination)) {}

  const std::string destination_;
  std::unique_ptr<format::Sink> file_;          // null: a folder
  std::unique_ptr<format::SinkFolder> folder_;  // null: a file
};

}  // namespace pgark::storage
