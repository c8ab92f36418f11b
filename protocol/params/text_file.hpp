// Small configuration files: read at once, bounded, cut into lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace pgark::params {

inline constexpr std::size_t kTextFileBytesMax = std::size_t{4} << 20;

enum class FileKind : std::uint8_t { absent, plain, other };
struct FileStatus {
  FileKind kind = FileKind::absent;
  unsigned permissions = 0;  // the rwx bits of user, group and others
};
// Follows links. A file that cannot be examined (permission of a folder) counts as absent.
FileStatus file_status(const std::string& path);

// Fails with ErrorCode::usage, naming the file, when it cannot be read or is larger than kTextFileBytesMax.
Result<std::string> read_text_file(const std::string& path);

// Lines without their end (LF or CR LF). Views into `text`.
std::vector<std::string_view> split_lines(std::string_view text);

}  // namespace pgark::params
