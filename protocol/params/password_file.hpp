// The password file: lines of hostname:port:database:username:password, the first match counts.
// Source: PostgreSQL documentation, "The Password File".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace pgark::params {

struct PasswordQuery {
  std::string host;  // name or numeric address; "localhost" for a Unix socket in a default directory
  std::string port;
  std::string database;
  std::string user;
};

class PasswordFile {
 public:
  PasswordFile() = default;  // no entries
  explicit PasswordFile(std::string text) : text_(std::move(text)) {}

  // Reads the file. One that is absent, unsafe (readable by group or others) or not a plain file yields no
  // entries; the latter two add a warning, and so does an absent one when `required`.
  static PasswordFile load(const std::string& path, bool required, std::vector<std::string>& warnings);

  // The password of the first matching line; empty when there is none.
  std::string find(const PasswordQuery& query) const;

 private:
  std::string text_;
};

}  // namespace pgark::params
