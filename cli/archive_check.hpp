// Reads a whole archive, with a progress display.
#pragma once

#include "cli/console.hpp"
#include "format/reader.hpp"
#include "format/verifier.hpp"

namespace pgark::cli {

// Throws interrupted when a signal comes. `decode`: as in VerifyOptions.
format::VerifyReport read_whole_archive(const format::ArchiveReader& archive, unsigned threads,
                                        Console& console, bool decode = true);
// archive_damaged, saying of how many chunks. REQUIRES: the report is not sound.
Error damage_error(const format::ArchiveReader& archive, const format::VerifyReport& report);
// What follows counts anew.
void reset_progress(Console& console);
// Before something is destroyed that the archive is to replace: throws damage_error.
void require_sound(const format::ArchiveReader& archive, Console& console);

}  // namespace pgark::cli
