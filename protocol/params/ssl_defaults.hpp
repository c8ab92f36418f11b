// The TLS parameters that depend on each other or on files in ~/.postgresql.
// Source: PostgreSQL documentation, "SSL Support".
#pragma once

#include "base/error.hpp"
#include "protocol/params/keywords.hpp"

namespace pgark::params {

// Completes draft.params.ssl: the mode, default paths, and the combinations that libpq refuses.
Result<> complete_ssl(Draft& draft, const Environment& environment);

}  // namespace pgark::params
