// The two spellings of a connection string, taken apart into keyword/value pairs. Every keyword returned is
// one of keywords.hpp; values are not looked at. Errors never quote a value, nor a word that may be a piece
// of a password. Source: PostgreSQL documentation, "Connection Strings".
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "protocol/params/settings.hpp"

namespace pgark::params {

inline constexpr std::size_t kConnectionStringBytesMax = std::size_t{64} << 10;

// What the argument of -d is: psql's rule, plus a refusal of foreign URI schemes, which as a database name
// would carry their password into the server's error message.
enum class ConnectionStringKind { database_name, keyword_value, uri };
Result<ConnectionStringKind> classify_connection_string(std::string_view text);

// "host=db1 password='a b\'c'"
Result<Assignments> parse_keyword_value(std::string_view text);
// "postgresql://user:password@host1:5432,[::1]/database?sslmode=require"
Result<Assignments> parse_uri(std::string_view text);

// Classifies, then parses; a plain name becomes dbname.
Result<Assignments> parse_connection_string(std::string_view text);

}  // namespace pgark::params
