// Where archive bytes go to and come from. storage/ implements these for files and object stores;
// tests implement them in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::format {

// Destination of one archive file under construction. write_at and position-free use are thread safe.
class Sink {
 public:
  virtual ~Sink() = default;  // without commit() the unfinished file is discarded or left as .partial
  // Writes all of `data` or fails. Ranges never overlap; a streaming sink may demand ascending offsets (see
  // sequential()).
  virtual Result<> write_at(std::uint64_t offset, ByteSpan data) = 0;
  // The same of many pieces that are to stand one behind the other. Unless overridden, they are joined to
  // blocks that are worth a call each.
  virtual Result<> write_pieces_at(std::uint64_t offset, std::span<const ByteSpan> pieces);
  // True when writes must come in ascending, gapless order (pipe, multipart upload).
  virtual bool sequential() const { return false; }
  // Makes the file durable and gives it its final name. Only after this has succeeded is the archive reported
  // as written.
  virtual Result<> commit() = 0;
  // Removes what was written.
  virtual void discard() = 0;
  virtual std::string name() const = 0;
};

// Destination of an archive of several files: a folder, or what an object store has in its place.
class SinkFolder {
 public:
  virtual ~SinkFolder() = default;  // without commit() what was written is discarded
  // Begins a file. Each is finished by its own commit(). Thread safe; the files must not outlive the folder.
  virtual Result<std::unique_ptr<Sink>> create(const std::string& file) = 0;
  // Gives the folder its final name, when all files are committed.
  virtual Result<> commit() = 0;
  virtual void discard() = 0;
  virtual std::string name() const = 0;
};

// A finished archive file. All methods are thread safe.
class Source {
 public:
  virtual ~Source() = default;
  virtual Result<std::uint64_t> size() const = 0;
  // Fills all of `out`, or fails (archive_damaged when the file ends early).
  virtual Result<> read_at(std::uint64_t offset, MutableByteSpan out) const = 0;
  virtual std::string name() const = 0;
};

// A finished archive of several files. All methods are thread safe.
class SourceFolder {
 public:
  virtual ~SourceFolder() = default;
  // Fails with archive_damaged when there is no such file.
  virtual Result<std::unique_ptr<Source>> open(const std::string& file) const = 0;
  virtual std::string name() const = 0;
};

}  // namespace pgark::format
