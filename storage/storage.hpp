// Opens archives by the name that a person gives: a path, "-" for standard output, "s3://bucket/key",
// "gs://bucket/key" or "az://container/key" (remote.hpp). Names with another scheme are refused with
// ErrorCode::usage.
#pragma once

#include <memory>
#include <string>

#include "base/error.hpp"
#include "format/io.hpp"
#include "format/reader.hpp"
#include "format/stream_reader.hpp"
#include "storage/local_file.hpp"
#include "storage/store.hpp"

namespace pgark::storage {

// Refuses what names no place, as all of the following do: nothing, or an unknown scheme.
Result<> check_name(const std::string& path);
// Refuses what is no local path.
Result<> check_local_name(const std::string& path);

// A place with backups: a folder, also as "file:///path", or what lies below a name in
// object storage. A folder need not be there yet. `sync`: as in FileChoice.
Result<std::unique_ptr<Store>> open_store(const std::string& place, bool sync = true);

// Begins an archive. A file is written as "<path>.partial" until it is committed; an existing target is
// refused unless the choice says otherwise, and then replaced only by the commit. "-" writes to standard
// output, which must not be a terminal.
Result<std::unique_ptr<format::Sink>> create_archive_file(const std::string& path, FileChoice choice);

// Begins an archive of several files, a folder, in the same way; "-" is refused.
Result<std::unique_ptr<format::SinkFolder>> create_archive_folder(const std::string& path, FileChoice choice);

// Begins a text file in the same way; standard output may be a terminal.
Result<std::unique_ptr<format::Sink>> create_text_file(const std::string& path, FileChoice choice);

// Opens a finished archive, a file or a folder, and checks what ArchiveReader::open checks.
Result<std::unique_ptr<format::ArchiveReader>> open_archive(const std::string& path);

// Standard input, for an archive that is restored as it comes. Refuses a terminal.
Result<std::unique_ptr<format::SequentialSource>> open_stream();

// Opens a finished archive of several files, without a look into them.
Result<std::unique_ptr<format::SourceFolder>> open_archive_folder(const std::string& path);

// Opens the file of a finished archive. Refuses "-" (an archive is read from its end), ".partial" files,
// directories and devices.
Result<std::unique_ptr<format::Source>> open_archive_file(const std::string& path);

}  // namespace pgark::storage
