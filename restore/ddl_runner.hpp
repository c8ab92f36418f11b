// Runs units of DDL on one connection, many statements per round trip.
//
// A pipeline without an explicit transaction is one implicit transaction, so a failing statement takes the
// statements before it in the same batch back. The runner then repeats those before the failing unit, tries
// the failing one again at the front of a batch, where its failure is its own, and goes on behind it with
// smaller batches. A failure so costs two more round trips, never a wrong attribution.
//
// Lifetime: the connection and the entries outlive it. Thread rule: the connection's executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "protocol/connection.hpp"
#include "restore/statements.hpp"
#include "restore/transaction_group.hpp"

namespace pgark::restore {

class DdlRunner {
 public:
  // In a group of transactions nothing is tried again, and run() ends with the first failure.
  // Each unit is recorded with its effects when `recorded` (Journal), not in a group.
  explicit DdlRunner(protocol::Connection& connection, TransactionGroup* transactions = nullptr,
                     bool recorded = false)
      : connection_(&connection),
        transactions_(transactions),
        recorded_(recorded && transactions == nullptr) {}

  // From here on each batch is a part of an open transaction and leaves it usable when it fails.
  void use_savepoints() { savepoints_ = true; }

  struct Callbacks {
    // Asked just before a unit is tried; false: it is left out. May be empty.
    std::function<bool(const DdlUnit&)> wanted;
    // Once per unit that was tried: nullopt = its effects are committed.
    std::function<void(const DdlUnit&, std::optional<Error>)> settled;
  };
  // Runs `units` in their order. Throws only when the connection cannot be used any more.
  boost::asio::awaitable<void> run(std::vector<DdlUnit> units, Callbacks callbacks);

  // Runs one unit; its error, or nullopt. When `retry`, a deadlock or a concurrent update of the same catalog
  // row is tried once more (D7.10).
  boost::asio::awaitable<std::optional<Error>> run_one(DdlUnit unit, bool retry);

 private:
  struct Attempt {
    std::optional<Error> error;
    std::size_t failed_unit = 0;  // index into the batch
  };
  boost::asio::awaitable<Attempt> attempt(std::span<const DdlUnit> batch);
  boost::asio::awaitable<void> undo_batch();

  protocol::Connection* connection_;
  TransactionGroup* transactions_;  // may be null
  bool recorded_;
  bool savepoints_ = false;
  SessionState state_;
};

// True when the failure concerns one statement and the connection is as good as before.
bool is_statement_failure(const Error& error, const protocol::Connection& connection);

}  // namespace pgark::restore
