// By what the schema is known in which a restore keeps its record in the target (restore/journal), so that a
// backup of that database can leave it out.
#pragma once

#include <string_view>

namespace pgark::restore_record {

inline constexpr std::string_view kSchema = "pgark_restore";
// Its comment is one of these; a schema of that name with another is somebody else's.
inline constexpr std::string_view kComment =
    "a restore that has not come to its end: pgark restore --resume goes on";
inline constexpr std::string_view kLiveComment =
    "a restore from a running backup that has not come to its end: begin anew with --clean";

}  // namespace pgark::restore_record
