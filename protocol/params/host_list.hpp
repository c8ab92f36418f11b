// host, hostaddr and port, each a list, become the hosts to try.
// Source: PostgreSQL documentation, "Specifying Multiple Hosts".
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "protocol/params/connect_params.hpp"
#include "protocol/params/keywords.hpp"

namespace pgark::params {

// The hosts without their passwords. hostaddr, when given, decides how many there are; host must then match
// it, and a single port serves all of them.
Result<std::vector<HostAddress>> build_host_list(const Draft& draft, const Environment& environment);

// What a password file calls this host.
std::string password_file_host(const HostAddress& host, const Environment& environment);

}  // namespace pgark::params
