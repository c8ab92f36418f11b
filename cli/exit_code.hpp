// Exit statuses. Frozen: docs/exit-codes.md is the table people script against.
#pragma once

#include "base/error.hpp"

namespace pgark::cli {

inline constexpr int kExitOk = 0;
int exit_code(ErrorCode code);

}  // namespace pgark::cli
