// Keeps other replacing restores (--strategy, pgark rollback) out of a database while this one is at work.
#pragma once

#include <memory>
#include <string>

#include "cli/console.hpp"
#include "cli/runtime.hpp"
#include "protocol/connection.hpp"
#include "protocol/params/connect_params.hpp"

namespace pgark::cli {

// Two idle connections, one into the database and one beside it (restore/replace/exclusion.hpp).
// Thread rule: that of the command.
class ReplaceGuard {
 public:
  // `doing`: "pgark restore --strategy swap"; `role`: SET ROLE, may be empty. Throws target_not_empty, naming
  // the other, when one is at work. A database that cannot be reached is guarded by the other lock alone (it
  // may be gone, and only what stood beside it be there); where no other database lets this role in, none can
  // be renamed either, and the lock in the database itself is enough.
  ReplaceGuard(const params::ConnectParams& target, const std::string& role, std::string doing,
               Console& console);

  // Before what cannot be taken back: throws connection_lost when the locks are not ours any more.
  void check();
  // For an exchange of names, which ends every session in the database: the other lock stays.
  void leave_database();

 private:
  const std::string database_;
  LastingRuntime runtime_;
  std::unique_ptr<protocol::Connection> inside_, outside_;
};

}  // namespace pgark::cli
