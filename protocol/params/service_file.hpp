// The connection service file: named sets of connection parameters in an INI-like file.
// Source: PostgreSQL documentation, "The Connection Service File".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "protocol/params/connect_params.hpp"
#include "protocol/params/settings.hpp"

namespace pgark::params {

// The section [service] of `text`, or nullopt when there is none. Of a keyword written twice the first one
// counts, so it comes out once. `path` is for messages.
Result<std::optional<Assignments>> parse_service_file(std::string_view text, std::string_view service,
                                                      const std::string& path);

struct ServiceDefinition {
  Assignments assignments;
  std::string path;
};
// Looks in the user's file (`user_file` when given, else ~/.pg_service.conf when it exists), then in the
// system-wide one. Fails when neither defines the service.
Result<ServiceDefinition> find_service(std::string_view service, const std::optional<std::string>& user_file,
                                       const Environment& environment);

}  // namespace pgark::params
