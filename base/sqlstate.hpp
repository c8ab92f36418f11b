// SQLSTATEs that mean something to more than one place. PostgreSQL documentation, appendix "PostgreSQL Error
// Codes".
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace pgark::sqlstate {

inline constexpr std::string_view kInsufficientPrivilege = "42501";
inline constexpr std::string_view kCheckViolation = "23514";
inline constexpr std::string_view kQueryCanceled = "57014";
inline constexpr std::string_view kLockNotAvailable = "55P03";
inline constexpr std::string_view kDeadlockDetected = "40P01";
inline constexpr std::string_view kDiskFull = "53100";

// True for an error that came from the server with this state.
inline bool is(const Error& error, std::string_view state) {
  return error.server && error.server->sqlstate == state;
}

}  // namespace pgark::sqlstate
