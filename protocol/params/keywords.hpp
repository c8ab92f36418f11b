// The one table of connection parameters: keyword, environment variable, and what a value does.
// Source: PostgreSQL 18 documentation, "Parameter Key Words" and "Environment Variables".
//
// Every keyword that libpq 13 to 18 knows is in the table. One that pgark cannot honour refuses its value by
// name, unless ignoring it is what libpq itself does (sslcompression) or it only describes an authentication
// that pgark never starts (krbsrvname). PGDATESTYLE, PGTZ and PGGEQO are not parameters but session settings,
// which a dump pins itself.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "protocol/params/connect_params.hpp"

namespace pgark::params {

// Parameters that are finished only when all of them are known (host_list.hpp, ssl_defaults.hpp,
// resolve.cpp).
struct Draft {
  ConnectParams params;
  std::string host, hostaddr, port;  // comma separated
  std::string password, password_file;
  std::string fallback_application_name;
  std::optional<SslMode> ssl_mode;
  bool ssl_cert_disabled = false;
};

struct Keyword {
  std::string_view name;
  std::string_view variable;  // empty: has none
  bool secret;                // the value is never shown
  // Called with non-empty values only. The error names the keyword and, unless it is secret, the value.
  Result<> (*set)(Draft& draft, const Keyword& self, std::string_view value);
};

std::span<const Keyword> all_keywords();
const Keyword* find_keyword(std::string_view name);  // nullptr: unknown

// find_keyword, or an error that names the word. `hide`: the word may be a piece of a secret.
Result<const Keyword*> check_keyword(std::string_view name, bool hide);

// The word in quotes when it looks like a keyword, else a stand-in: what does not look like one may be a
// secret or binary.
std::string quote_keyword(std::string_view word);

std::string_view ssl_mode_name(SslMode mode);

}  // namespace pgark::params
