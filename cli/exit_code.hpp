// Exit statuses. Frozen: docs/exit-codes.md is the table people script against.
#pragma once

#include "base/error.hpp"

namespace pgark::cli {

inline constexpr int kExitOk = 0;
// Of pgark status: it was told what there is, and that is not enough.
inline constexpr int kExitObjectiveMissed = 16;
int exit_code(ErrorCode code);

}  // namespace pgark::cli
