// A place that holds named objects: a folder on this machine, a bucket, a container. Backups, their side
// files and the records of drills live in one.
//
// Blocking, like Source and Sink: call it from a thread that may wait (the CPU pool), never from the I/O
// thread. Keys are relative to the place, with "/" between their parts, and are taken as bytes. All methods
// are thread safe. Errors: io, no_space, connect, auth, interrupted, ...; none ever holds a credential.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "format/io.hpp"

namespace pgark::storage {

struct ObjectInfo {
  std::string key;
  std::uint64_t size_bytes = 0;
  std::chrono::system_clock::time_point modified;
};

class Store {
 public:
  virtual ~Store() = default;
  // The finished objects whose keys begin with `prefix`, ordered by key. An empty place is no error; one that
  // does not exist is an empty folder, but an error for a bucket.
  virtual Result<std::vector<ObjectInfo>> list(const std::string& prefix) const = 0;
  // A small object, whole; fails when it has more than `limit_bytes`.
  virtual Result<std::string> read_small(const std::string& key, std::uint64_t limit_bytes) const = 0;
  // A small object, at once: a reader sees the old or the new one, never a part.
  virtual Result<> write_small(const std::string& key, const std::string& content) = 0;
  // Reads by ranges. Fails when there is no such object.
  virtual Result<std::unique_ptr<format::Source>> open(const std::string& key) const = 0;
  // Begins a large object, which is there only after its commit(). An existing one is refused unless
  // `overwrite`.
  virtual Result<std::unique_ptr<format::Sink>> create(const std::string& key, bool overwrite) = 0;
  // Removing what is not there is no error.
  virtual Result<> remove(const std::string& key) = 0;

  // Archives of several files: objects whose keys begin with "<key>/". Unless overridden, each is an object
  // that is there from its own commit on; the table of contents, which makes them an archive, comes last. An
  // existing one is refused. The folder must not outlive the place.
  virtual Result<std::unique_ptr<format::SinkFolder>> create_folder(const std::string& key);
  virtual Result<std::unique_ptr<format::SourceFolder>> open_folder(const std::string& key) const;
  // The keys, below `prefix`, of objects that were begun and are not there yet. Unless overridden there are
  // none that a later run could see.
  virtual Result<std::vector<std::string>> list_unfinished(const std::string& prefix) const;
  // Removes what a run that has died left of such an object; false when somebody may be writing it.
  virtual Result<bool> remove_unfinished(const std::string& key);

  // As a person names the object ("" for the place itself): "/var/backups/x.pgark",
  // "s3://bucket/nightly/x.pgark".
  virtual std::string name(const std::string& key) const = 0;
};

}  // namespace pgark::storage
