#include "support/temp_directory.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace pgark::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "pgark-test-";

// The process in the name of one of our folders; 0 when it is not ours.
pid_t owner_of(const std::string& name) {
  if (!name.starts_with(kPrefix)) return 0;
  pid_t owner = 0;
  const char* first = name.data() + kPrefix.size();
  const auto [end, error] = std::from_chars(first, name.data() + name.size(), owner);
  return error == std::errc{} && end != name.data() + name.size() && *end == '-' ? owner : 0;
}

void sweep_leftovers(const fs::path& base) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(base, ignored)) {
    const pid_t owner = owner_of(entry.path().filename().string());
    if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

TempDirectory::TempDirectory(std::string_view label, fs::path base) {
  if (base.empty()) base = fs::temp_directory_path();
  static std::set<fs::path> swept;
  if (swept.insert(base).second) sweep_leftovers(base);
  std::string pattern =
      (base / kPrefix).string() + std::to_string(::getpid()) + "-" + std::string(label) + "-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make the folder " + pattern);
  }
  path_ = pattern;
  ::chmod(pattern.c_str(), 0755);  // servers and clients may run as another user
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

TempDirectory::TempDirectory(TempDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}

}  // namespace pgark::test
