#include "base/lock_room.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pgark {
namespace {

constexpr std::int64_t kRoundTo = 16;

}  // namespace

std::int64_t LockRoom::left() const {
  return std::max<std::int64_t>(per_transaction * sessions - held, 0);
}

std::int64_t LockRoom::setting_for(std::int64_t needed) const {
  const std::int64_t all = std::max<std::int64_t>(sessions, 1);
  const std::int64_t exact = (needed + held + all - 1) / all;
  return (exact + kRoundTo - 1) / kRoundTo * kRoundTo;
}

std::string lock_room_sql() {
  // Locks of the fast path stand outside the shared table; several holders of one lock share an entry.
  return "SELECT pg_catalog.current_setting('max_locks_per_transaction'),"
         " pg_catalog.current_setting('max_connections')::pg_catalog.int8 +"
         " pg_catalog.current_setting('max_prepared_transactions')::pg_catalog.int8,"
         " (SELECT pg_catalog.count(DISTINCT (l.locktype, l.database, l.relation, l.page, l.tuple,"
         " l.virtualxid, l.transactionid::pg_catalog.text, l.classid, l.objid, l.objsubid))"
         " FROM pg_catalog.pg_locks l WHERE NOT l.fastpath AND l.pid IS DISTINCT FROM"
         " pg_catalog.pg_backend_pid())";
}

Error not_enough_lock_room(const LockRoom& room, std::int64_t needed, std::string what) {
  Error error;
  error.code = ErrorCode::snapshot;
  error.message = fmt::format(
      "{} needs {} locks at once and the server has room for {}: set max_locks_per_transaction = {} (now {}) "
      "and restart the server",
      what, needed, room.left(), room.setting_for(needed), room.per_transaction);
  return error;
}

Error explain_full_lock_table(Error error) {
  if (!error.server || error.server->sqlstate != "53200") return error;
  error.code = ErrorCode::snapshot;
  error.message = "the server's lock table is full: raise max_locks_per_transaction and restart the server";
  error.statement.clear();
  return error;
}

}  // namespace pgark
