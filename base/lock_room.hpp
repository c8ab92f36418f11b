// How many locks the server's shared lock table has room for, and what to say when that is not enough. Used
// by both directions: a backup locks every table it saves, a restore everything that one transaction makes or
// drops. Pure; any thread. PostgreSQL documentation, "Lock Management": max_locks_per_transaction.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"

namespace pgark {

struct LockRoom {
  std::int64_t per_transaction = 64;  // max_locks_per_transaction
  std::int64_t sessions = 100;        // max_connections + max_prepared_transactions
  std::int64_t held = 0;              // objects that other sessions hold in the shared table now

  // Locks that the settings promise and nobody holds; never negative. The server may find room for some more.
  std::int64_t left() const;
  // The least max_locks_per_transaction with room for `needed` more, rounded up to a multiple of 16.
  std::int64_t setting_for(std::int64_t needed) const;
};

// One row: max_locks_per_transaction, sessions, held. Needs no privilege.
std::string lock_room_sql();

// ErrorCode::snapshot with one line that says which setting needs which value. `what` reads "the backup".
Error not_enough_lock_room(const LockRoom& room, std::int64_t needed, std::string what);

// The server's "out of shared memory" (53200) said with the setting that helps; other errors are unchanged.
Error explain_full_lock_table(Error error);

}  // namespace pgark
