// What a restore has finished, kept in the target: each unit of definitions and each run of chunks is
// recorded in the transaction that does it, so that what is recorded is there, and what is not is not. A
// restore that was cut off goes on from it (--resume); one that comes to its end removes it.
//
// The record is a schema of its own, `pgark_restore`. Every connection of a restore holds a shared advisory
// lock, so that nobody goes on while a server process of the earlier attempt may still finish what it was at.
//
// Lifetime: outlives the connections that record in it. Thread rule: the SQL from any thread, the rest as
// Connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/events.hpp"
#include "base/restore_record.hpp"
#include "protocol/connection.hpp"
#include "restore/plan.hpp"
#include "restore/statements.hpp"

namespace pgark::restore {

class Journal {
 public:
  static constexpr std::string_view kSchema = restore_record::kSchema;

  // Stands for the statements and rows that a restore is made of: whoever goes on must mean the same.
  static std::string identity(const format::Toc& toc, const Selection& selection,
                              const RestoreOptions& options, int target_version_num);

  // live: interrupted, and of a restore that cannot be resumed; foreign: a schema of that name which is not
  // ours.
  enum class Found : std::uint8_t { none, interrupted, live, running, foreign };
  // Looks for a record in the database of the connection, which is idle and in no transaction.
  static boost::asio::awaitable<Found> look(protocol::Connection& connection);

  // Throws target_not_empty when there is one of a restore that was cut off; or of any, when `alone`.
  static boost::asio::awaitable<void> check_none(protocol::Connection& connection, bool alone);
  // Makes an empty record. Otherwise says why there is none, so that this restore cannot be resumed: the
  // server refuses (privileges, an event trigger), another restore is at work, a schema of somebody else's
  // has its name, or subscribers would get its rows.
  // `resumable`: else it says only that the restore has not come to its end.
  boost::asio::awaitable<std::optional<std::string>> create(protocol::Connection& connection,
                                                            std::string identity, bool resumable);
  // For --clean, before anything else is dropped: what is dropped must not be taken for done. Throws
  // target_not_empty while a restore is at work. Foreign keys that the record holds are named with their SQL.
  static boost::asio::awaitable<void> drop_left_behind(protocol::Connection& connection, EventSink& events);
  // Reads the record of an interrupted restore, after its last server process has ended. Throws usage when
  // there is none, or when it is of another restore.
  boost::asio::awaitable<void> resume(protocol::Connection& connection, std::string identity,
                                      const format::Toc& toc, EventSink& events);
  // For the connection that takes the place of the one which called create() or resume().
  static boost::asio::awaitable<void> claim_again(protocol::Connection& connection);
  // Drops it; a failure is a warning, also within a transaction, which can go on.
  static boost::asio::awaitable<void> remove(protocol::Connection& connection, EventSink& events);
  // For every connection that works on.
  static boost::asio::awaitable<void> hold(protocol::Connection& connection);

  // What resume() read.
  bool has(const format::TocEntry& entry, std::uint32_t unit) const {
    return units_.contains({entry.id, unit});
  }
  const LoadedRuns& loaded() const { return loaded_; }
  bool has_run(const Step& step) const;

  // To be run in the transaction that does what they record; empty when that is nothing.
  static std::string record_sql(std::span<const DdlUnit> units);
  static std::string record_sql(const Step& step);
  // The error of a restore whose record refuses to be written, from the server's; that of a full disk stays.
  static Error lost(Error refused);
  // Of an entry whose rows were taken back.
  static std::string forget_sql(format::EntryId entry);

 private:
  static boost::asio::awaitable<std::optional<std::string>> make_schema(protocol::Connection& connection,
                                                                        std::string identity, bool resumable);
  static boost::asio::awaitable<bool> lock_soon(protocol::Connection& connection, std::int64_t key);
  boost::asio::awaitable<void> forget_unlogged(protocol::Connection& connection, const format::Toc& toc);

  std::set<std::pair<format::EntryId, std::uint32_t>> units_;
  LoadedRuns loaded_;
};

}  // namespace pgark::restore
