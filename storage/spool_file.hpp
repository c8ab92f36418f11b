// An archive without a name, for what is written once and read once by the same program.
#pragma once

#include <memory>
#include <string>

#include "base/error.hpp"
#include "format/io.hpp"

namespace pgark::storage {

// The two ends of one file. The source is read when the sink is committed. The space is given back when both
// are gone, however the program ends.
struct Spool {
  std::unique_ptr<format::Sink> sink;
  std::unique_ptr<format::Source> source;
};

// Makes the file in `folder`, readable by nobody else. Errors: io, no_space.
Result<Spool> create_spool(const std::string& folder);

// Where a spool for `path` goes: beside it, because there is meant to be room; for standard output and
// object storage $TMPDIR (as given, may be null), else /var/tmp, which is not memory.
std::string spool_folder(const std::string& path, const char* tmpdir);

}  // namespace pgark::storage
