// A folder that lives as long as its object. Folders of programs which died without removing theirs are swept
// when the first object of a later program is made, so that a crashed test does not fill the disk.
//
// Not thread safe.
#pragma once

#include <filesystem>
#include <string_view>

namespace pgark::test {

class TempDirectory {
 public:
  // Made under `base` (default TMPDIR, else /tmp), named pgark-test-PID-LABEL-XXXXXX, readable by everybody.
  explicit TempDirectory(std::string_view label = "files", std::filesystem::path base = {});
  ~TempDirectory();
  TempDirectory(TempDirectory&& other) noexcept;
  TempDirectory& operator=(TempDirectory&&) = delete;
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;  // empty after a move
};

}  // namespace pgark::test
