#include "restore/transaction_room.hpp"

#include <utility>

#include "base/lock_room.hpp"

namespace pgark::restore {

namespace {

// A table brings a TOAST table with an index along.
std::int64_t locks_of(const format::TocEntry& entry) {
  if (entry.kind == "TABLE" || entry.kind == "MATERIALIZED VIEW") return 3;
  return entry.kind == "INDEX" || entry.kind == "CONSTRAINT" || entry.kind == "SEQUENCE" ||
                 entry.kind == "VIEW" || entry.kind == "FOREIGN TABLE"
             ? 1
             : 0;
}

}  // namespace

boost::asio::awaitable<void> check_transaction_room(protocol::Connection& connection, const format::Toc& toc,
                                                    const Selection& selection, bool must_fit,
                                                    EventSink& events) {
  std::int64_t needed = 0;
  for (const format::TocEntry& entry : toc.entries) {
    if (selection.contains(entry.id)) needed += locks_of(entry);
  }
  const wire::ResultSet row = co_await connection.query(lock_room_sql());
  const LockRoom room{row.integer(0, 0), row.integer(0, 1), row.integer(0, 2)};
  if (needed <= room.left()) co_return;
  Error error = not_enough_lock_room(room, needed, "one transaction for everything");
  if (!must_fit) {
    events.message(Severity::warning, error.to_string() + "; " + error.hint, {});
    co_return;
  }
  error.hint += "; or rehearse in a new database, with --create-as; nothing has been changed";
  throw Exception(std::move(error));
}

}  // namespace pgark::restore
