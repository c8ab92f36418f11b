#include "protocol/params/password_file.hpp"

#include "protocol/params/text_file.hpp"

namespace pgark::params {
namespace {

// Takes one field off `rest`, with \: and \\ resolved. False: the line ends before a colon.
bool take_field(std::string_view& rest, std::string& field, bool& wildcard) {
  wildcard = rest.starts_with("*:");
  field.clear();
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == ':') {
      rest.remove_prefix(i + 1);
      return true;
    }
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    field += rest[i];
  }
  return false;
}

// The rest of the line up to an unescaped colon.
std::string unescape_password(std::string_view rest) {
  std::string password;
  for (std::size_t i = 0; i < rest.size() && rest[i] != ':'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    password += rest[i];
  }
  return password;
}

}  // namespace

PasswordFile PasswordFile::load(const std::string& path, bool required, std::vector<std::string>& warnings) {
  const FileStatus status = file_status(path);
  const auto ignored = [&](const std::string& reason) {
    warnings.push_back("password file " + path + " is ignored: " + reason);
    return PasswordFile{};
  };
  if (status.kind == FileKind::absent) return required ? ignored("it does not exist") : PasswordFile{};
  if (status.kind == FileKind::other) return ignored("it is not a plain file");
  if ((status.permissions & 077u) != 0) {
    return ignored("group or others have access to it; its permissions should be u=rw (0600) or less");
  }
  auto text = read_text_file(path);
  if (!text) return ignored(text.error().message);
  return PasswordFile(std::move(*text));
}

std::string PasswordFile::find(const PasswordQuery& query) const {
  const std::string* wanted[] = {&query.host, &query.port, &query.database, &query.user};
  for (const std::string_view line : split_lines(text_)) {
    if (line.empty() || line.front() == '#') continue;
    std::string_view rest = line;
    bool matches = true;
    std::string field;
    for (const std::string* text : wanted) {
      bool wildcard = false;
      matches = matches && take_field(rest, field, wildcard) && (wildcard || field == *text);
    }
    if (matches) return unescape_password(rest);
  }
  return {};
}

}  // namespace pgark::params
