#include "storage/s3/profile.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>

namespace pgark::storage::s3 {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{4} << 20;

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// "[default]", "[profile name]" in the one file; "[name]" in the other.
bool is_section_of(std::string_view line, ProfileFile kind, std::string_view name) {
  const std::size_t end = line.find(']');
  std::string_view title = trim(line.substr(1, end == std::string_view::npos ? end : end - 1));
  const bool prefixed = title.starts_with("profile ") || title.starts_with("profile\t");
  if (kind == ProfileFile::config && prefixed) return trim(title.substr(8)) == name;
  if (kind == ProfileFile::config && name != "default") return false;
  return title == name;
}

// An empty text when there is no such file.
Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return std::string();
    return tl::unexpected<Error>(errno_error(errno, "cannot open", path));
  }
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad()) return fail(ErrorCode::usage, "cannot be read", path);
  if (text.size() > kFileBytesMax) return fail(ErrorCode::usage, "is too large for a file of profiles", path);
  return text;
}

std::string place_of(const Variables& variables, const char* variable, const char* file) {
  if (const auto given = variables(variable)) return *given;
  const auto home = variables("HOME");
  return home ? *home + "/.aws/" + file : std::string();
}

}  // namespace

bool read_profile(std::string_view text, ProfileFile kind, const std::string& name, Profile& profile) {
  bool found = false;
  bool inside = false;
  std::string parent;  // of nested settings
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::string_view content = trim(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') continue;
    if (content.front() == '[') {
      inside = is_section_of(content, kind, name);
      found = found || inside;
      parent.clear();
      continue;
    }
    const std::size_t equals = content.find('=');
    if (!inside || equals == std::string_view::npos) continue;
    const std::string key(trim(content.substr(0, equals)));
    const std::string value(trim(content.substr(equals + 1)));
    const bool nested = line.front() == ' ' || line.front() == '\t';
    if (!nested) parent = value.empty() ? key : std::string();
    if (nested && !parent.empty()) {
      profile.try_emplace(parent + "." + key, value);
    } else if (!value.empty()) {
      profile.try_emplace(key, value);
    }
  }
  return found;
}

Result<Profile> load_profile(const Variables& variables) {
  const auto named = variables("AWS_PROFILE");
  const std::string name = named.value_or("default");
  Profile profile;
  bool found = false;
  const std::string credentials = place_of(variables, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
  const std::string config = place_of(variables, "AWS_CONFIG_FILE", "config");
  for (const auto& [path, kind] :
       {std::pair(credentials, ProfileFile::credentials), std::pair(config, ProfileFile::config)}) {
    if (path.empty()) continue;
    const auto text = read_file(path);
    if (!text) return tl::unexpected<Error>(text.error());
    found = read_profile(*text, kind, name, profile) || found;
  }
  if (found || !named) return profile;
  return fail(ErrorCode::usage,
              "AWS_PROFILE names the profile \"" + name + "\", which is in neither file of AWS", config,
              "write it there, or set AWS_PROFILE to another");
}

}  // namespace pgark::storage::s3
