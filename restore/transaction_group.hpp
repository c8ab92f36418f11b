// Transactions that hold many entries each: --single-transaction and --transaction-size.
//
// What fails inside takes the whole transaction along, so whoever works in a group stops at the first
// failure. Lifetime: the connection outlives it. Thread rule: the connection's executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>

#include "protocol/connection.hpp"

namespace pgark::restore {

class TransactionGroup {
 public:
  // `entries_max` per transaction; 0: all in one.
  TransactionGroup(protocol::Connection& connection, std::size_t entries_max)
      : connection_(connection), entries_max_(entries_max) {}

  boost::asio::awaitable<void> begin();
  // So many entries more are restored: when the transaction is full, commits it and begins the next.
  boost::asio::awaitable<void> add(std::size_t entries);
  boost::asio::awaitable<void> commit();
  // Entries that the transaction still takes; at least one.
  std::size_t room() const;

 private:
  protocol::Connection& connection_;
  const std::size_t entries_max_;
  std::size_t entries_ = 0;
};

}  // namespace pgark::restore
