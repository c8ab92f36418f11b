#include "cli/exit_code.hpp"

namespace pgark::cli {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::internal: return 1;
    case ErrorCode::usage: return 2;
    case ErrorCode::connect: return 3;
    case ErrorCode::auth: return 4;
    case ErrorCode::server: return 5;
    case ErrorCode::connection_lost: return 6;
    case ErrorCode::protocol: return 7;
    case ErrorCode::io: return 8;
    case ErrorCode::no_space: return 9;
    case ErrorCode::archive_damaged: return 10;
    case ErrorCode::archive_unsupported: return 11;
    case ErrorCode::target_not_empty: return 12;
    case ErrorCode::mismatch: return 13;
    case ErrorCode::incomplete: return 14;
    case ErrorCode::snapshot: return 15;
    case ErrorCode::interrupted: return 130;
  }
  return 1;
}

}  // namespace pgark::cli
